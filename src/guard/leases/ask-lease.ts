import { open, randomSecret, seal, type Keys } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { AppError, conflict, denied, invalid, notFound } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import { enforceVerdict, sodVerdictOnUse } from '#spine/decide/index.ts';
import { onlyInSessions } from '#spine/graph/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { refuseWhenLocked } from '#spine/locks/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { lastEnd, meetControls, type AdmissionEdges, type JustifyingGrant } from '#guard/sessions/index.ts';
import { leaseAsked, leaseRenewed, leaseTaken } from './events.ts';
import { requireTemplate } from './keep-templates.ts';
import { accountOf, passwordContext, type Lease } from './model.ts';
import { queueEnd, queueWork } from './queue-work.ts';
import { getLease, getTemplate, grantsOfEntitlement, lockLease, runningLeases } from './store.ts';

/** What leases are given with. */
export interface LeaseEdges {
  readonly keys: Keys;
  readonly publicUrl: string;
  readonly lastSignIn: AdmissionEdges['lastSignIn'];
}

/** What passwords are sealed for until they are taken. */
export const PASSWORDS = 'passwords of leases';
const sealing = (keys: Keys): ReturnType<Keys['sealing']> => keys.sealing(PASSWORDS);

/** What every event of a lease tells. */
export const facts = (lease: Pick<Lease, 'id' | 'templateId' | 'systemId' | 'account'>) => ({
  leaseId: lease.id,
  templateId: lease.templateId,
  systemId: lease.systemId,
  account: lease.account,
});

/**
 * Asks for a database user. The lease is written, with its end and its sealed password, before anything is made on the target:
 * killed at any later step, the row knows which user must not stay.
 */
export async function askLease(
  edges: LeaseEdges,
  ctx: Ctx,
  permit: Permit,
  input: { readonly templateId: string; readonly seconds?: number | undefined; readonly reason: string },
): Promise<Lease> {
  const template = await requireTemplate(ctx, input.templateId);
  const seconds = input.seconds ?? template.defaultSeconds;
  if (seconds > template.longestSeconds)
    throw invalid('/seconds', `${template.name} lasts ${template.longestSeconds} seconds at most`, 'ask for less');
  const identityId = ctx.principal.id;
  const grants = await grantsOfEntitlement(ctx.tx, { identityId, entitlementId: template.entitlementId });
  if (grants.length === 0)
    throw denied('lease.no_grant', `you may not have ${template.name} now`, `ask for it: ${edges.publicUrl}/request`);
  await refuseWhenLocked(ctx.tx, ctx.now, { systemId: template.systemId });
  const most = await mayHave(edges, ctx, permit, grants);
  const id = newId(ctx.now.getTime());
  const account = accountOf(template.prefix, id);
  const latestAt = earliest(later(ctx.now, Math.min(template.longestSeconds, most ?? Infinity)), lastEnd(grants));
  const endsAt = earliest(later(ctx.now, seconds), latestAt);
  const password = randomSecret(24).toString('base64url');
  await ctx.tx.run(sql`
    insert into lease (id, template_id, system_id, identity_id, grant_ids, account, sealed_password, state, asked_at, ends_at, latest_at)
    values (${id}, ${template.id}, ${template.systemId}, ${identityId}, ${sql.array(grants.map((g) => g.grantId))}::uuid[], ${account},
            ${seal(sealing(edges.keys), Buffer.from(password), passwordContext(id))}, 'asked', ${ctx.now}, ${endsAt}, ${latestAt})`);
  await ctx.record(permit, {
    event: leaseAsked,
    subject: identityId,
    data: {
      ...facts({ id, templateId: template.id, systemId: template.systemId, account }),
      grantIds: grants.map((g) => g.grantId),
      endsAt: endsAt.toISOString(),
      reason: input.reason,
    },
  });
  await queueWork(ctx.tx, id);
  await queueEnd(ctx.tx, id, endsAt.getTime() - ctx.now.getTime());
  return await requireLease(ctx, id);
}

/** Duties and controls as at the door of a session; returns the longest time a control allows. */
async function mayHave(
  edges: LeaseEdges,
  ctx: Ctx,
  permit: Permit,
  grants: readonly JustifyingGrant[],
): Promise<number | null> {
  const identityId = ctx.principal.id;
  const grantIds = grants.map((g) => g.grantId);
  const proposed = grants.map((g) => ({
    ...(g.entitlementId === null ? {} : { entitlementId: g.entitlementId }),
    ...(g.roleId === null ? {} : { roleId: g.roleId }),
    validFrom: ctx.now,
    validTo: g.validTo,
  }));
  const verdict = await sodVerdictOnUse(ctx.tx, identityId, proposed, { apart: { grantIds, holdings: [] } });
  await enforceVerdict(ctx, permit, { identityId, way: 'session', verdict });
  const controls = await meetControls(edges, ctx.tx, { identityId, grantIds });
  if (controls.oneSession && (await runningLeases(ctx.tx, { grantIds })).length > 0)
    throw conflict(
      'lease.one_at_a_time',
      'this access allows one user at a time, and you have one',
      'end the other lease first',
    );
  if (onlyInSessions(controls))
    throw denied(
      'lease.gateway_only',
      'this access is under controls that only a session keeps: an observer, or an end when it is idle',
      'ask for access that a session through the gateway uses',
    );
  return controls.sessionSeconds;
}

const later = (now: Date, seconds: number): Date => new Date(now.getTime() + seconds * 1000);
const earliest = (a: Date, b: Date | null): Date => (b === null || a < b ? a : b);

/** Throws 404 `lease.not_found`. */
export async function requireLease(ctx: Ctx, id: string): Promise<Lease> {
  const found = await getLease(ctx.tx, id);
  if (found === undefined) throw notFound('lease', id);
  return found;
}

/** Shows the password to its holder, once, and forgets it in the same transaction. */
export async function takePassword(
  edges: LeaseEdges,
  ctx: Ctx,
  permit: Permit,
  id: string,
): Promise<{ lease: Lease; password: string }> {
  const lease = await lockLease(ctx.tx, id);
  if (lease === undefined || lease.identityId !== ctx.principal.id) throw notFound('lease', id);
  if (lease.state === 'asked')
    throw new AppError({
      code: 'lease.not_ready',
      status: 409,
      detail: `the user is being made on ${lease.systemName}${lease.problem === null ? '' : `: ${lease.problem}`}`,
      fix: 'try again in a few seconds',
    });
  await refuseWhenLocked(ctx.tx, ctx.now, { systemId: lease.systemId });
  const { sealed } = await ctx.tx.one<{ sealed: Buffer | null }>(
    sql`select sealed_password as sealed from lease where id = ${id}`,
  );
  if (lease.state !== 'live' || sealed === null)
    throw conflict(
      'lease.taken',
      lease.state === 'live' ? 'the password was shown already' : 'this lease is over',
      'ask for another one',
    );
  await ctx.tx.run(sql`update lease set sealed_password = null, taken_at = ${ctx.now} where id = ${id}`);
  await ctx.record(permit, { event: leaseTaken, subject: lease.identityId, data: facts(lease) });
  return { lease, password: open(sealing(edges.keys), sealed, passwordContext(id)).toString('utf8') };
}

/** For the worker that makes the user. Undefined once it was shown or the lease is over. */
export const passwordOf = async (
  edges: Pick<LeaseEdges, 'keys'>,
  tx: Ctx['tx'],
  id: string,
): Promise<string | undefined> => {
  const row = await tx.maybe<{ sealed: Buffer | null }>(
    sql`select sealed_password as sealed from lease where id = ${id}`,
  );
  return row?.sealed == null ? undefined : open(sealing(edges.keys), row.sealed, passwordContext(id)).toString('utf8');
};

/** Puts the end later, within what the template and the access allow. The target follows. */
export async function renewLease(
  ctx: Ctx,
  permit: Permit,
  input: { readonly id: string; readonly seconds?: number | undefined },
): Promise<Lease> {
  const lease = await lockLease(ctx.tx, input.id);
  if (lease === undefined || lease.identityId !== ctx.principal.id) throw notFound('lease', input.id);
  if (lease.state !== 'live')
    throw conflict('lease.not_live', 'only a lease that is live is renewed', 'ask for another one');
  await refuseWhenLocked(ctx.tx, ctx.now, { systemId: lease.systemId });
  const template = await getTemplate(ctx.tx, lease.templateId);
  const grants =
    template === undefined
      ? []
      : await grantsOfEntitlement(ctx.tx, { identityId: lease.identityId, entitlementId: template.entitlementId });
  if (template === undefined || grants.length === 0)
    throw denied('lease.no_grant', 'the access it rests on is over', 'ask for it anew');
  const endsAt = earliest(
    earliest(later(ctx.now, input.seconds ?? template.defaultSeconds), lease.latestAt),
    lastEnd(grants),
  );
  if (endsAt <= lease.endsAt)
    throw conflict(
      'lease.no_longer',
      `it lasts until ${lease.endsAt.toISOString()} already, and no renewal goes beyond ${lease.latestAt.toISOString()}`,
      'ask for another one when it is over',
    );
  await ctx.tx.run(sql`
    update lease set ends_at = ${endsAt}, grant_ids = ${sql.array(grants.map((g) => g.grantId))}::uuid[] where id = ${lease.id}`);
  await ctx.record(permit, {
    event: leaseRenewed,
    subject: lease.identityId,
    data: { ...facts(lease), endsAt: endsAt.toISOString() },
  });
  await queueWork(ctx.tx, lease.id);
  await queueEnd(ctx.tx, lease.id, endsAt.getTime() - ctx.now.getTime());
  return await requireLease(ctx, lease.id);
}
