import { sql } from '#kit/db/index.ts';
import { findSecret, readVersion } from '#guard/vault/index.ts';
import { findAccount, getAccount, requireSystem } from '#spine/graph/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { credentialDrifted, credentialWorks } from '../events.ts';
import { isRotatedKind } from '../model.ts';
import { openVersion } from '../open-version.ts';
import { planRotation } from '../plan-rotation.ts';
import { policyOf } from '../policies/find-policy.ts';
import type { RotationEdges } from '../reach-target.ts';
import { logsIn } from '../set-credential.ts';
import { noteRefused, noteUnknown, noteWorks } from './store.ts';

const BEHIND = 'the target refuses it, though Reeve did not change it';

/**
 * Logs in with the current value of a secret. Where it is refused somebody else changed it: that is on the record, and
 * repaired by a rotation where the policy says so. One try: each counts against the account. Answers what it found;
 * undefined where there was nothing to try.
 */
export async function checkCredential(
  edges: RotationEdges,
  job: JobCtx,
  secretId: string,
): Promise<'works' | 'refused' | 'unknown' | undefined> {
  const found = await whatToTry(job, secretId);
  if (found === undefined) return undefined;
  const { secret, systemId, username, accountId } = found;
  const policy = await policyOf(job.db, { accountId, systemId });
  const place = { secretId, systemId, accountNativeId: username };
  const opened = await openVersion(edges.keys, job, place, { state: 'current' });
  if (opened === undefined) return undefined;
  const facts = { secretId, systemId, accountId: accountId ?? undefined, version: opened.version };
  const own = secret.purpose === 'connection';
  let opens: boolean;
  try {
    opens = await edges.targets.use(
      systemId,
      (connector, target) => logsIn(connector, target, own ? target.credential : opened.credential),
      own ? opened.credential : undefined,
    );
  } catch (error) {
    const problem = error instanceof Error ? error.message : 'it could not be tried';
    await job.db.tx((tx) => noteUnknown(tx, { secretId, version: opened.version, problem }));
    return 'unknown';
  }
  if (!(await isStillCurrent(job, secretId, opened.version))) return undefined;
  if (opens) {
    await job.act({ action: 'account.rotate', ...resourceOf(accountId) }, async (ctx, permit) => {
      const { before } = await noteWorks(ctx.tx, { secretId, version: opened.version, policy });
      if (before !== null && before !== 'works') await ctx.record(permit, { event: credentialWorks, data: facts });
    });
    return 'works';
  }
  const repair = policy.onDrift === 'repair' && accountId !== null;
  await job.act({ action: 'account.rotate', ...resourceOf(accountId) }, async (ctx, permit) => {
    const { before } = await noteRefused(ctx.tx, { secretId, version: opened.version, problem: BEHIND });
    if (before === 'refused') return;
    await ctx.record(permit, { event: credentialDrifted, data: { ...facts, repair } });
  });
  if (repair)
    await job.act({ action: 'account.rotate', ...resourceOf(accountId) }, (ctx, permit) =>
      planRotation(edges.keys, ctx, permit, {
        accountId,
        because: 'its credential was changed behind Reeve',
        cause: 'drift',
      }),
    );
  return 'refused';
}

const resourceOf = (accountId: string | null): { resource?: { type: string; id: string } } =>
  accountId === null ? {} : { resource: { type: 'Account', id: accountId } };

interface ToTry {
  readonly secret: { readonly purpose: string };
  readonly systemId: string;
  /** What one logs in as. */
  readonly username: string;
  /** The account it is of; null where the graph knows none of that name. */
  readonly accountId: string | null;
}

const whatToTry = (job: JobCtx, secretId: string): Promise<ToTry | undefined> =>
  job.db.tx(async (tx) => {
    const secret = await findSecret(tx, secretId);
    if (secret?.systemId == null || !isRotatedKind(secret.kind)) return undefined;
    const current = await readVersion(tx, secretId, { state: 'current' });
    const underWay = await tx.maybe(sql`select 1 from rotation where secret_id = ${secretId} and ended_at is null`);
    if (current === undefined || underWay !== undefined) return undefined;
    const system = await requireSystem(tx, secret.systemId);
    const account =
      secret.accountId === null
        ? await findAccount(tx, system.id, current.username ?? '')
        : await getAccount(tx, secret.accountId);
    if (secret.accountId !== null && (account === undefined || account.state !== 'active')) return undefined;
    const isOf = account !== undefined && (secret.accountId !== null || system.credentialSecretId === secretId);
    return {
      secret,
      systemId: system.id,
      username: account?.nativeId ?? current.username ?? '',
      accountId: isOf ? account.id : null,
    };
  });

/** Whether no rotation began meanwhile. */
const isStillCurrent = async (job: JobCtx, secretId: string, version: number): Promise<boolean> =>
  (await job.db.maybe(sql`
    select 1 from secret s where s.id = ${secretId} and s.current_version = ${version}
       and not exists (select from rotation r where r.secret_id = s.id and r.ended_at is null)`)) !== undefined;
