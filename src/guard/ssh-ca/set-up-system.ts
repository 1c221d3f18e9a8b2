import type { Keys } from '#kit/crypto/index.ts';
import { TargetError, type Connector, type Target, type Targets, type WantedTrust } from '#connectors/port.ts';
import { sql, type Tx } from '#kit/db/index.ts';
import { AppError, invalid } from '#kit/errors/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import { newKeyPair, parsePublicKey } from '#kit/ssh-certificates/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { requireSystem } from '#spine/graph/index.ts';
import type { Ctx, JobCtx } from '#spine/operations/index.ts';
import { trustAsked, trustFailed, trustRefreshed, trustSetUp } from './events.ts';
import { ensureAuthorities } from './keep-authorities.ts';
import { canBePrincipal, HOST_CERTIFICATE_DAYS, principalOf, SKEW_MS, type Authority, type Trust } from './model.ts';
import { SET_UP } from './queue-refresh.ts';
import { revocationList } from './revocation-list.ts';
import { signCertificate } from './sign-certificate.ts';
import { accountNames, authorities, getHost, getTrust } from './store.ts';

/** What setting up works with. */
export interface SetUpEdges {
  readonly keys: Keys;
  readonly targets: Targets;
}

/** How certificates of a system are. */
export interface TrustTerms {
  readonly longestSeconds?: number | undefined;
  readonly extensions?: readonly string[] | undefined;
  readonly sourceAddress?: boolean | undefined;
}

/** Asks for a system to be set up, or only to be checked. The job does it; what came of it is told by the system's trust. */
export async function askSetUp(
  edges: Pick<SetUpEdges, 'keys'>,
  ctx: Ctx,
  permit: Permit,
  input: TrustTerms & { readonly systemId: string; readonly check: boolean },
): Promise<Trust> {
  const system = await requireSystem(ctx.tx, input.systemId);
  if (system.kind !== 'linux')
    throw invalid(
      '/systemId',
      `${system.name} is of kind ${system.kind}, which knows no SSH certificates`,
      'choose a Linux host',
    );
  const before = await getTrust(ctx.tx, system.id);
  if (input.check && before?.setUpAt == null)
    throw new AppError({
      code: 'ssh_ca.not_set_up',
      status: 409,
      detail: `${system.name} is not set up, so there is nothing to check`,
      fix: `reeve ca set-up ${system.name}`,
    });
  await ensureAuthorities(edges.keys, ctx, permit, 'user');
  await ensureAuthorities(edges.keys, ctx, permit, 'host');
  const scope = before?.scope ?? (await freeScope(ctx.tx, system));
  await ctx.tx.run(sql`
    insert into ssh_trust (system_id, scope, state, asked_by, asked_at) values (${system.id}, ${scope}, 'asked', ${ctx.principal.id}, ${ctx.now})
    on conflict on constraint ssh_trust_pk do update set state = 'asked', problem = null, asked_by = ${ctx.principal.id}, asked_at = ${ctx.now}`);
  await ctx.tx.run(sql`
    update ssh_trust set longest_seconds = coalesce(${input.longestSeconds ?? null}::int, longest_seconds),
      extensions = coalesce(${input.extensions === undefined ? null : sql.array(input.extensions)}::text[], extensions),
      source_address = coalesce(${input.sourceAddress ?? null}::boolean, source_address) where system_id = ${system.id}`);
  await ctx.record(permit, { event: trustAsked, data: { systemId: system.id, scope, check: input.check } });
  await enqueue(ctx.tx, SET_UP, { systemId: system.id, check: input.check }, { key: `${SET_UP}:${system.id}` });
  return await requireTrustRow(ctx.tx, system.id);
}

/** The system's name, unless another had it when it was set up: what opens one must never open the other. */
async function freeScope(tx: Tx, system: { readonly id: string; readonly name: string }): Promise<string> {
  const taken = await tx.maybe(sql`select system_id from ssh_trust where scope = ${system.name}`);
  return taken === undefined ? system.name : `${system.name}-${system.id.slice(-8)}`;
}

async function requireTrustRow(tx: Tx, systemId: string): Promise<Trust> {
  const trust = await getTrust(tx, systemId);
  if (trust === undefined) throw new Error('the trust of a system is gone');
  return trust;
}

/** Everything a target is to trust now. */
async function wantedNow(
  tx: Tx,
  trust: Trust,
  management: string,
): Promise<{ wanted: WantedTrust; trusts: Authority[]; number: bigint }> {
  const trusts = await authorities(tx, 'user');
  const { bytes, number } = await revocationList(tx, tx.now);
  const names = [...new Set([...(await accountNames(tx, trust.systemId)), management])].filter(canBePrincipal);
  return {
    wanted: {
      userAuthorities: trusts.map(({ publicKey }) => publicKey),
      principals: new Map(names.map((name) => [name, principalOf(name, trust.scope)])),
      revoked: bytes,
    },
    trusts,
    number,
  };
}

/**
 * Sets a system up, or checks it, and proves it by logging on with a fresh certificate as Reeve's own account there, and by
 * being refused with one for another system. What fails is told, and the target is as it was.
 */
export async function setUpSystem(
  edges: SetUpEdges,
  job: JobCtx,
  input: { readonly systemId: string; readonly check: boolean },
): Promise<void> {
  const { systemId, check } = input;
  const trust = await job.db.tx((tx) => getTrust(tx, systemId), { readOnly: true });
  if (trust?.state !== 'asked') return;
  try {
    const done = await edges.targets.use(systemId, (connector, target) =>
      trustOn(edges, job, { trust, check, connector, target }),
    );
    await job.act({ action: 'ssh_ca.set_up' }, async (ctx, permit) => {
      await ctx.tx.run(sql`
        update ssh_trust set state = case when asked_at = ${trust.askedAt} then 'set_up' else state end, problem = null, checked_at = ${ctx.now},
          set_up_at = case when ${check} then set_up_at else ${ctx.now} end,
          trusts = case when ${check} then trusts else ${sql.array(done.trusts)}::uuid[] end,
          revoked_number = case when ${check} then revoked_number else ${String(done.number)}::bigint end,
          host_key = ${done.hostKey}, behind_since = case when ${check} then behind_since end
         where system_id = ${systemId}`);
      await ctx.record(permit, { event: trustSetUp, data: { systemId, changed: done.changed, checked: check } });
    });
  } catch (error) {
    if (!(error instanceof TargetError) && !(error instanceof AppError)) throw error;
    const problem = error.message;
    await job.act({ action: 'ssh_ca.set_up' }, async (ctx, permit) => {
      // what was asked since is not answered by this: its own job still finds it asked
      await ctx.tx.run(sql`
        update ssh_trust set state = 'failed', problem = ${problem}, checked_at = ${ctx.now}
         where system_id = ${systemId} and asked_at = ${trust.askedAt}`);
      await ctx.record(permit, { event: trustFailed, data: { systemId, problem } });
    });
  }
}

async function trustOn(
  edges: SetUpEdges,
  job: JobCtx,
  on: { readonly trust: Trust; readonly check: boolean; readonly connector: Connector; readonly target: Target },
): Promise<{ changed: boolean; trusts: readonly string[]; number: bigint; hostKey: string }> {
  const { trust, check, connector, target } = on;
  const { sshTrust } = connector;
  if (sshTrust === undefined)
    throw new TargetError('unsupported', `a target of kind ${target.kind} trusts no certificates`);
  const look = await sshTrust.look(target);
  const { wanted, trusts, number } = await job.db.tx((tx) => wantedNow(tx, trust, target.credential.username));
  const prove = (): Promise<void> => proveLogOn(edges, job, { trust, connector, target, authority: trusts[0] });
  if (check) {
    if (!look.setUp)
      throw new TargetError('failed', `sshd of ${trust.systemName} does not read what Reeve keeps there (any more)`);
    await prove();
    return { changed: false, trusts: trust.trusts, number: BigInt(trust.revokedNumber), hostKey: look.hostKey };
  }
  const hostCertificate = await job.act({ action: 'ssh_ca.sign_for_host' }, async (ctx, permit) => {
    const host = await getHost(ctx.tx, trust.systemId);
    const [authority] = await ensureAuthorities(edges.keys, ctx, permit, 'host');
    const signed = await signCertificate(edges.keys, ctx, permit, {
      kind: 'host',
      authority,
      key: parsePublicKey(look.hostKey, '/hostKey'),
      systemId: trust.systemId,
      identityId: null,
      accountIds: [],
      grantIds: [],
      principals: host?.names ?? [...new Set([trust.systemName, target.host])],
      validFrom: new Date(ctx.now.getTime() - SKEW_MS),
      validTo: new Date(ctx.now.getTime() + HOST_CERTIFICATE_DAYS * 86_400_000),
      extensions: [],
    });
    return signed.line;
  });
  const { changed } = await sshTrust.setUp(target, { ...wanted, hostCertificate }, prove);
  return { changed, trusts: trusts.map(({ id }) => id), number, hostKey: look.hostKey };
}

/** A certificate opens what it is for, and one for elsewhere does not: else nothing was proved. */
async function proveLogOn(
  edges: SetUpEdges,
  job: JobCtx,
  on: {
    readonly trust: Trust;
    readonly connector: Connector;
    readonly target: Target;
    readonly authority: Authority | undefined;
  },
): Promise<void> {
  const { trust, connector, target, authority } = on;
  if (authority === undefined) throw new TargetError('failed', 'there is no authority to prove a log-on with');
  const { username } = target.credential;
  const tryWith = async (scope: string): Promise<boolean> => {
    const pair = newKeyPair('reeve-proof');
    const certificate = await job.act({ action: 'ssh_ca.sign_for_host' }, async (ctx, permit) => {
      const signed = await signCertificate(edges.keys, ctx, permit, {
        kind: 'proof',
        authority,
        key: parsePublicKey(pair.publicKey),
        systemId: trust.systemId,
        identityId: null,
        accountIds: [],
        grantIds: [],
        principals: [principalOf(username, scope)],
        validFrom: new Date(ctx.now.getTime() - SKEW_MS),
        validTo: new Date(ctx.now.getTime() + 60_000),
        extensions: [],
      });
      return signed.line;
    });
    return connector.verify(target, { kind: 'ssh_certificate', username, privateKey: pair.privateKey, certificate });
  };
  if (!(await tryWith(trust.scope)))
    throw new TargetError(
      'failed',
      `${trust.systemName} does not let ${username} in with a fresh certificate (is its clock right?)`,
    );
  if (await tryWith(`${trust.scope}.elsewhere`))
    throw new TargetError('failed', `${trust.systemName} lets ${username} in with a certificate for another system`);
}

/** Brings a target up to date. Until it is, the status shows since when it is behind, and the job is tried again. */
export async function refreshSystem(edges: SetUpEdges, job: JobCtx, systemId: string): Promise<void> {
  const trust = await job.db.tx((tx) => getTrust(tx, systemId), { readOnly: true });
  if (trust?.setUpAt == null) return;
  try {
    const done = await edges.targets.use(systemId, async (connector, target) => {
      const now = await job.db.tx((tx) => wantedNow(tx, trust, target.credential.username));
      if (connector.sshTrust === undefined) throw new TargetError('unsupported', 'this kind trusts no certificates');
      await connector.sshTrust.refresh(target, now.wanted);
      return now;
    });
    await job.act({ action: 'ssh_ca.set_up' }, async (ctx, permit) => {
      await ctx.tx.run(sql`
        update ssh_trust set trusts = ${sql.array(done.trusts.map(({ id }) => id))}::uuid[],
          revoked_number = greatest(revoked_number, ${String(done.number)}::bigint),
          behind_since = case when ${String(done.number)}::bigint >= (select number from ssh_revocations) then null else behind_since end
         where system_id = ${systemId}`);
      await ctx.record(permit, { event: trustRefreshed, data: { systemId, number: String(done.number) } });
    });
  } catch (error) {
    await job.db.run(
      sql`update ssh_trust set behind_since = coalesce(behind_since, ${job.clock.now()}) where system_id = ${systemId}`,
    );
    throw error;
  }
}
