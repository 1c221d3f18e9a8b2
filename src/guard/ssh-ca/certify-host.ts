import { TargetError } from '#connectors/port.ts';
import { sql, type Queryable, type Tx } from '#kit/db/index.ts';
import { AppError, conflict, invalid } from '#kit/errors/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import { parsePublicKey } from '#kit/ssh-certificates/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { requireSystem, type System } from '#spine/graph/index.ts';
import type { Ctx, JobCtx } from '#spine/operations/index.ts';
import { hostAsked, hostCertified, hostFailed } from './events.ts';
import { ensureAuthorities } from './keep-authorities.ts';
import { HOST_CERTIFICATE_DAYS, SKEW_MS, type CertifiedHost } from './model.ts';
import { CERTIFY_HOST } from './queue-refresh.ts';
import type { SetUpEdges } from './set-up-system.ts';
import { signCertificate } from './sign-certificate.ts';
import { getHost } from './store.ts';

/** What clients may call a host by: a name of DNS, or an address. */
const HOST_NAME = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/u;
const ADDRESS = /^[0-9a-f:.]{2,45}$/u;

/**
 * Asks for a host to be certified for its names; the job signs, puts it there and connects to see it. Throws
 * `ssh_ca.name_of_another` for a name that leads elsewhere: whoever has this host's key could pass for that one.
 */
export async function askHost(
  edges: Pick<SetUpEdges, 'keys'>,
  ctx: Ctx,
  permit: Permit,
  input: { readonly systemId: string; readonly names?: readonly string[] | undefined },
): Promise<CertifiedHost> {
  const system = await requireSystem(ctx.tx, input.systemId);
  if (system.kind !== 'linux')
    throw invalid('/systemId', `${system.name} is of kind ${system.kind}, which has no sshd`, 'choose a Linux host');
  const before = await getHost(ctx.tx, system.id);
  const names = [...new Set((input.names ?? before?.names ?? ownNames(system)).map((name) => name.toLowerCase()))];
  await refuseNamesOfOthers(ctx.tx, system, names);
  await ensureAuthorities(edges.keys, ctx, permit, 'host');
  await ctx.tx.run(sql`
    insert into ssh_host (system_id, names, state, asked_by, asked_at)
    values (${system.id}, ${sql.array(names)}::text[], 'asked', ${ctx.principal.id}, ${ctx.now})
    on conflict on constraint ssh_host_pk do update
      set names = excluded.names, state = 'asked', problem = null, asked_by = excluded.asked_by, asked_at = excluded.asked_at`);
  await ctx.record(permit, { event: hostAsked, data: { systemId: system.id, names } });
  await enqueue(ctx.tx, CERTIFY_HOST, { systemId: system.id }, { key: `${CERTIFY_HOST}:${system.id}` });
  return await requireHost(ctx.tx, system.id);
}

/** What Reeve itself calls a host, as far as it is a name clients can use. */
export const ownNames = (system: Pick<System, 'name' | 'host'>): string[] =>
  [...new Set([system.name, system.host].map((name) => name.toLowerCase()))].filter(isHostName);

const isHostName = (name: string): boolean => HOST_NAME.test(name) || (name.includes(':') && ADDRESS.test(name));

async function refuseNamesOfOthers(tx: Tx, system: System, names: readonly string[]): Promise<void> {
  if (names.length === 0) throw invalid('/names', 'are none', 'say what clients call this host');
  for (const [i, name] of names.entries())
    if (!isHostName(name))
      throw invalid(`/names/${i}`, 'is no name of a host', 'write it as clients type it, without a *');
  const other = await tx.maybe<{ name: string; taken: string }>(sql`
    select s.name, n as taken from system s left join ssh_host h on h.system_id = s.id, unnest(${sql.array(names)}::text[]) as n
     where s.id <> ${system.id} and s.valid_to is null and n <> ${system.host.toLowerCase()} and (n in (lower(s.name), lower(s.host)) or n = any(h.names)) limit 1`);
  if (other !== undefined)
    throw conflict(
      'ssh_ca.name_of_another',
      `${other.taken} is what ${other.name} is called`,
      `certify ${system.name} for names of its own`,
    );
}

async function requireHost(tx: Queryable, systemId: string): Promise<CertifiedHost> {
  const host = await getHost(tx, systemId);
  if (host === undefined) throw new Error('a host that is to be certified is gone');
  return host;
}

/**
 * Certifies the host key that is pinned, has sshd show the certificate, and connects to see that it does. Nothing is
 * signed for a key that is not pinned; what fails is told, and the host is as it was.
 */
export async function certifyHost(edges: SetUpEdges, job: JobCtx, systemId: string): Promise<void> {
  const host = await job.db.tx((tx) => getHost(tx, systemId), { readOnly: true });
  if (host?.state !== 'asked') return;
  try {
    const done = await edges.targets.use(systemId, async (connector, target) => {
      const { sshTrust } = connector;
      if (sshTrust === undefined) throw new TargetError('unsupported', `a target of kind ${target.kind} has no sshd`);
      const { hostKey } = await sshTrust.look(target);
      const signed = await job.act({ action: 'ssh_ca.sign_for_host' }, async (ctx, permit) => {
        // Since it was asked for, or last renewed, a name may have become another's.
        await refuseNamesOfOthers(ctx.tx, await requireSystem(ctx.tx, systemId), host.names);
        const [authority] = await ensureAuthorities(edges.keys, ctx, permit, 'host');
        return await signCertificate(edges.keys, ctx, permit, {
          kind: 'host',
          authority,
          key: parsePublicKey(hostKey, '/hostKey'),
          systemId,
          identityId: null,
          accountIds: [],
          grantIds: [],
          principals: host.names,
          validFrom: new Date(ctx.now.getTime() - SKEW_MS),
          validTo: new Date(ctx.now.getTime() + HOST_CERTIFICATE_DAYS * 86_400_000),
          extensions: [],
        });
      });
      await sshTrust.certifyHost(target, signed.line);
      return signed.certificate;
    });
    await job.act({ action: 'ssh_ca.certify_host' }, async (ctx, permit) => {
      await ctx.tx.run(sql`
        update ssh_host set state = case when asked_at = ${host.askedAt} then 'certified' else state end, problem = null,
               authority_id = ${done.authorityId}, certificate_id = ${done.id}, valid_to = ${done.validTo}, proved_at = ${ctx.now}
         where system_id = ${systemId}`);
      const { principals, validTo } = done;
      await ctx.record(permit, {
        event: hostCertified,
        data: { systemId, certificateId: done.id, names: [...principals], validTo: validTo.toISOString() },
      });
    });
  } catch (error) {
    if (!(error instanceof TargetError) && !(error instanceof AppError)) throw error;
    const problem = error.message;
    await job.act({ action: 'ssh_ca.certify_host' }, async (ctx, permit) => {
      // what was asked since is not answered by this: its own job still finds it asked
      await ctx.tx.run(sql`
        update ssh_host set state = 'failed', problem = ${problem}
         where system_id = ${systemId} and asked_at = ${host.askedAt}`);
      await ctx.record(permit, { event: hostFailed, data: { systemId, problem } });
    });
  }
}

/** Has every host certified again whose certificate ends before `before`, failed lately, or is of a key that another follows. */
export async function renewHosts(db: JobCtx['db'], before: Date): Promise<void> {
  const due = await db.many<{ systemId: string }>(sql`
    select h.system_id from ssh_host h
     where h.state <> 'asked' and (h.valid_to is null or h.valid_to < ${before} or h.authority_id <> (
       select id from ssh_authority where purpose = 'host' and ended_at is null order by generation desc limit 1))`);
  for (const { systemId } of due)
    await db.tx(async (tx) => {
      await tx.run(sql`update ssh_host set state = 'asked' where system_id = ${systemId}`);
      await enqueue(tx, CERTIFY_HOST, { systemId }, { key: `${CERTIFY_HOST}:${systemId}` });
    });
}

/** The line for `known_hosts` of clients that are to take any key the authority certified for these names. */
export const knownHostsLine = (host: Pick<CertifiedHost, 'names' | 'port'>, publicKey: string): string =>
  `@cert-authority ${host.names.map((name) => (host.port === 22 ? name : `[${name}]:${host.port}`)).join(',')} ${publicKey}`;
