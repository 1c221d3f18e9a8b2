import type { Keys } from '#kit/crypto/index.ts';
import type { Db, Tx } from '#kit/db/index.ts';
import { AppError, denied, invalid, notFound } from '#kit/errors/index.ts';
import { parsePublicKey } from '#kit/ssh-certificates/index.ts';
import { accessHoursOf } from '#spine/calendars/index.ts';
import type { Decide } from '#spine/decide/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import {
  controlsOfGrants,
  findAccount,
  getAccount,
  getSystem,
  onlyInSessions,
  uniteControls,
  type Account,
} from '#spine/graph/index.ts';
import { refuseWhenLocked } from '#spine/locks/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import {
  justifyingGrants,
  lastEnd,
  meetControls,
  refuseWhenDutiesMeet,
  type AdmissionEdges,
  type JustifyingGrant,
} from '#guard/sessions/index.ts';
import { canBePrincipal, principalOf, SKEW_MS, type Authority, type Certificate, type Trust } from './model.ts';
import { signCertificate } from './sign-certificate.ts';
import { authorities, candidateAccounts, getTrust } from './store.ts';

/** What certificates are issued with: the same a session is admitted with. */
export interface IssueEdges {
  readonly keys: Keys;
  readonly decide: Decide;
  readonly publicUrl: string;
  readonly lastSignIn: AdmissionEdges['lastSignIn'];
  readonly judgeAgain: AdmissionEdges['judgeAgain'];
}

/** Somebody's key, to be certified for a system. */
export interface CertificateWanted {
  /** Id or name. */
  readonly system: string;
  readonly account?: string | undefined;
  readonly publicKey: string;
  readonly seconds?: number | undefined;
}

interface Reached {
  readonly account: Account;
  readonly grants: readonly JustifyingGrant[];
}

/** Judges what the certificate would rest on as things are now, before anything is decided about it, as at the door of a session. */
export async function judgeAgainFor(
  edges: IssueEdges,
  db: Db,
  identityId: string,
  wanted: CertificateWanted,
): Promise<void> {
  const reached = await db.tx((tx) => reachedAccounts(tx, identityId, wanted), { readOnly: true });
  await edges.judgeAgain([...new Set(reached.flatMap(({ grants }) => grants.map((g) => g.grantId)))]);
}

/**
 * Certifies somebody's key for the accounts of a system they may open now, each decided like a session on it. It lasts
 * minutes and never longer than the first of these accesses. What a certificate cannot keep (one session at a time, a
 * limited one) goes through the gateway only.
 */
export async function issueCertificate(
  edges: IssueEdges,
  ctx: Ctx,
  permit: Permit,
  wanted: CertificateWanted,
): Promise<{ certificate: Certificate; line: string; trust: Trust }> {
  const key = parsePublicKey(wanted.publicKey);
  const identityId = ctx.principal.id;
  const reached: Reached[] = [];
  let refusal: unknown;
  for (const one of await reachedAccounts(ctx.tx, identityId, wanted)) {
    try {
      await decideLikeSession(edges, ctx, permit, identityId, one);
      reached.push(one);
    } catch (error) {
      // Asked for by name, the reason is told; among several, the others are certified all the same.
      if (!(error instanceof AppError) || error.status >= 500 || wanted.account !== undefined) throw error;
      refusal ??= error;
    }
  }
  if (reached.length === 0) {
    if (refusal instanceof AppError) throw refusal;
    // What does not exist and what one may not open answer alike.
    throw denied(
      'session.no_grant',
      `you have no access to ${wanted.account ?? 'any account'} on ${wanted.system} now`,
      'ask for it',
    );
  }
  const trust = await requireTrust(ctx.tx, reached[0]?.account.systemId ?? '');
  const grants = reached.flatMap((one) => one.grants);
  const validTo = shortest(ctx.now, Math.min(wanted.seconds ?? 300, trust.longestSeconds), reached);
  const signed = await signCertificate(edges.keys, ctx, permit, {
    kind: 'user',
    authority: await signing(ctx.tx, trust),
    key,
    systemId: trust.systemId,
    identityId,
    accountIds: reached.map(({ account }) => account.id),
    grantIds: [...new Set(grants.map((g) => g.grantId))],
    principals: reached.map(({ account }) => principalOf(account.nativeId, trust.scope)),
    validFrom: new Date(ctx.now.getTime() - SKEW_MS),
    validTo,
    ...(trust.sourceAddress ? { critical: { 'source-address': addressOf(ctx) } } : {}),
    extensions: trust.extensions,
  });
  return { certificate: signed.certificate, line: signed.line, trust };
}

async function requireTrust(tx: Tx, systemId: string): Promise<Trust> {
  const trust = await getTrust(tx, systemId);
  if (trust?.setUpAt != null) return trust;
  const system = await getSystem(tx, systemId);
  if (system === undefined) throw notFound('system', systemId);
  throw new AppError({
    code: 'ssh_ca.not_set_up',
    status: 409,
    detail: `${system.name} does not trust certificates yet`,
    fix: `an administrator sets it up: reeve ca set-up ${system.name}; until then connect through the gateway`,
  });
}

/** The accounts asked for that a live grant reaches. */
async function reachedAccounts(tx: Tx, identityId: string, wanted: CertificateWanted): Promise<Reached[]> {
  const systemId = (await getSystem(tx, wanted.system))?.id;
  if (systemId === undefined) return [];
  const named = wanted.account === undefined ? undefined : await findAccount(tx, systemId, wanted.account);
  const candidates =
    wanted.account === undefined
      ? await candidateAccounts(tx, { identityId, systemId })
      : named === undefined
        ? []
        : [{ id: named.id }];
  const reached: Reached[] = [];
  for (const { id } of candidates) {
    const account = await getAccount(tx, id);
    if (account === undefined || account.state !== 'active' || !canBePrincipal(account.nativeId)) continue;
    const own = account.identityId === identityId;
    const grants = await justifyingGrants(tx, { identityId, accountId: id, systemId, own, now: tx.now });
    if (grants.length > 0) reached.push({ account, grants });
  }
  return reached;
}

/** The same question, duties and controls as at the gateway. */
async function decideLikeSession(
  edges: IssueEdges,
  ctx: Ctx,
  permit: Permit,
  identityId: string,
  { account, grants }: Reached,
): Promise<void> {
  const { decision } = await edges.decide.permit(ctx.tx, {
    principal: ctx.principal,
    action: 'session.open',
    resource: { type: 'Account', id: account.id },
    context: { protocol: 'ssh-certificate', grants: grants.length, own: account.identityId === identityId },
  });
  const unmet = decision.obligations.find(({ kind }) => kind !== 'record');
  const grantIds = grants.map((g) => g.grantId);
  const controls = uniteControls(grantIds.map(await controlsOfGrants(ctx.tx, grantIds)));
  const hasHours = (await accessHoursOf(ctx.tx, [identityId])).size > 0;
  if (
    unmet !== undefined ||
    controls.oneSession ||
    controls.sessionSeconds !== null ||
    hasHours ||
    onlyInSessions(controls)
  )
    throw new AppError({
      code: 'ssh_certificate.gateway_only',
      status: 403,
      detail: `access to ${account.name} is under controls that a certificate cannot keep`,
      fix: 'connect through the gateway: it ends and counts sessions',
    });
  await refuseWhenLocked(ctx.tx, ctx.now, { identityId, accountId: account.id, systemId: account.systemId });
  await refuseWhenDutiesMeet(ctx, permit, identityId, { account, grants });
  await meetControls(edges, ctx.tx, { identityId, grantIds });
}

function shortest(now: Date, seconds: number, reached: readonly Reached[]): Date {
  const ends = reached.flatMap(({ grants }) => lastEnd(grants) ?? []).map((end) => end.getTime());
  const validTo = new Date(Math.min(now.getTime() + seconds * 1000, ...ends));
  if (validTo.getTime() - now.getTime() < 1000)
    throw denied('session.no_grant', 'this access is just ending', 'ask for it anew');
  return validTo;
}

/** The newest authority that the target trusts. */
export async function signing(tx: Tx, trust: Pick<Trust, 'trusts' | 'systemName'>): Promise<Authority> {
  const found = (await authorities(tx, 'user')).find(({ id }) => trust.trusts.includes(id));
  if (found !== undefined) return found;
  throw new AppError({
    code: 'ssh_ca.not_trusted',
    status: 409,
    detail: `${trust.systemName} trusts none of the authorities there are`,
    fix: `reeve ca set-up ${trust.systemName}`,
  });
}

/** The address somebody asks from, as `source-address` names it. */
export function addressOf(ctx: Ctx, pointer = '/system'): string {
  const address = ctx.origin.address?.replace(/^::ffff:/u, '');
  if (address === undefined || !/^[0-9a-fA-F.:]+$/u.test(address))
    throw invalid(pointer, 'binds certificates to an address, and yours is not known', 'ask over HTTP');
  return `${address}/${address.includes(':') ? '128' : '32'}`;
}
