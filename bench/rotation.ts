import { connectors } from '#connectors/index.ts';
import type { Connector, Target } from '#connectors/port.ts';
import { credentialRotations, planRotation, rotationModule, runRotation } from '#guard/rotation/index.ts';
import { createSecret, createTargets, vaultModule } from '#guard/vault/index.ts';
import { randomSecret, type Keys } from '#kit/crypto/index.ts';
import { sql, type Db } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { findMariadb, startHosts, startMariadb, startPostgres } from '#lab/index.ts';
import type { Spine } from '#spine/assemble.ts';
import { decideModule } from '#spine/decide/index.ts';
import { changeSystem, graphModule, registerSystem } from '#spine/graph/index.ts';
import { massChangesModule } from '#spine/mass-changes/index.ts';
import { benchMay, withHouse } from './house/index.ts';
import type { BenchLine } from './report.ts';

/** Accounts of each target, and how many are worked on at once. */
const SCALE = { accounts: Number(process.env['REEVE_BENCH_ACCOUNTS'] ?? '40'), atOnce: 4 };

interface Real {
  readonly target: Target;
  stop(): Promise<unknown>;
}

/**
 * Passwords rotated on real targets: sealed, set, proved by logging in, made current, the old one tried once more and
 * refused, every step committed with its record (fsync on). Beside them, in turns in one run, the least that changes a
 * password and proves it: the connector's `set_password` and one log-on, with nothing kept of either.
 */
export async function run(): Promise<readonly BenchLine[]> {
  let kept: { readonly keys: Keys; readonly targets: ReturnType<typeof createTargets> } | undefined;
  let spineOf: Spine | undefined;
  return await withHouse(
    ({ decide, keys }) => {
      const targets = createTargets({
        keys,
        connectors: connectors({ exchangeDir: '/nonexistent' }),
        job: () => {
          if (spineOf === undefined) throw new Error('not assembled yet');
          return spineOf.operator.jobCtx('connector');
        },
      });
      kept = { keys, targets };
      return [
        graphModule,
        decideModule({ decide }),
        vaultModule({ keys }),
        massChangesModule([credentialRotations({ keys })]),
        rotationModule({ keys, targets, decide }),
        benchMay('bench.arrange', 'account.rotate'),
      ];
    },
    async (spine, db) => {
      spineOf = spine;
      if (kept === undefined) throw new Error('a house has keys');
      const lines: BenchLine[] = [];
      for (const start of [postgres, mariadb, linux]) {
        const real = await start();
        if (real === undefined) continue;
        try {
          lines.push(...(await measure({ spine, db, ...kept }, real.target)));
        } finally {
          await real.stop();
        }
      }
      return lines;
    },
  );
}

async function postgres(): Promise<Real> {
  const lab = await startPostgres({ plan: { name: 'orders', roles: [], databases: [] } });
  const { username, password } = lab.superuser;
  const pinned = [lab.tls === undefined ? 'tls:none' : `tls-sha256:${lab.tls.fingerprint256}`];
  return {
    target: targetOf('postgres', lab, pinned, { kind: 'password', username, password }),
    stop: () => lab.stop(),
  };
}

async function mariadb(): Promise<Real | undefined> {
  if (findMariadb() === undefined) return undefined;
  const lab = await startMariadb();
  const { username, password } = lab.management;
  const pinned = [`tls-sha256:${lab.tls.fingerprint256}`];
  return { target: targetOf('mysql', lab, pinned, { kind: 'password', username, password }), stop: () => lab.stop() };
}

async function linux(): Promise<Real | undefined> {
  const hosts = await startHosts({ names: ['web1'] });
  const host = hosts.hosts.get('web1');
  if (host === undefined) return undefined;
  const { username, privateKey } = host.management;
  const credential = { kind: 'ssh_key', username, privateKey } as const;
  return { target: targetOf('linux', host, [host.hostKeyFingerprint], credential), stop: () => hosts.stop() };
}

const targetOf = (
  kind: string,
  { host, port }: { readonly host: string; readonly port: number },
  pinned: readonly string[],
  credential: Target['credential'],
): Target => ({ systemId: kind, kind, host, port, settings: {}, pinned, credential });

interface World {
  readonly spine: Spine;
  readonly db: Db;
  readonly keys: Keys;
  readonly targets: ReturnType<typeof createTargets>;
}

async function measure(world: World, target: Target): Promise<BenchLine[]> {
  const connector = connectors({ exchangeDir: '/nonexistent' }).get(target.kind);
  if (connector === undefined) throw new Error(`no connector of kind ${target.kind}`);
  const names = Array.from({ length: SCALE.accounts }, (_, i) => `bench${i}`);
  for (const account of names) await connector.apply(target, { do: 'create_account', account, fullName: account });
  const ids = await register(world, target, names);
  // Twice: the first has no value before it, and what is warm then is warm for both.
  await rotateAll(world, ids);
  const bare = await timed(names, (account) => bareRotation(connector, target, account));
  const rotated = await rotateAll(world, ids);
  const { open } = await world.db.one<{ open: number }>(
    sql`select count(*)::int as open from rotation where state <> 'done' and account_id = any(${sql.array(ids)}::uuid[])`,
  );
  if (open > 0) throw new Error(`${open} rotations on ${target.kind} are not done`);
  const bench = 'rotation';
  const name = `${target.kind}, ${SCALE.accounts} accounts, ${SCALE.atOnce} at once`;
  return [
    {
      bench,
      case: name,
      metric: 'rotations_per_second',
      value: rotated,
      unit: '1/s',
      baseline: bare,
      ratio: rotated / bare,
    },
  ];
}

async function bareRotation(connector: Connector, target: Target, account: string): Promise<void> {
  const password = randomSecret(24).toString('base64url');
  await connector.apply(target, { do: 'set_password', account, password });
  if (!(await connector.verify(target, { kind: 'password', username: account, password })))
    throw new Error(`${account} cannot log in on ${target.kind}`);
}

/** The target as a system with its credential in the vault, and its accounts. */
async function register({ spine, keys }: World, target: Target, names: readonly string[]): Promise<string[]> {
  const { kind, host, port, settings, pinned, credential } = target;
  const value =
    credential.kind === 'password' ? credential.password : credential.kind === 'ssh_key' ? credential.privateKey : '';
  return await spine.operator.jobCtx('bench').act({ action: 'bench.arrange' }, async (ctx, permit) => {
    const { id: systemId } = await registerSystem(ctx, permit, { name: kind, kind, host, port, settings, pinned });
    const secret = await createSecret(keys, ctx, permit, {
      name: `connections/${kind}`,
      kind: credential.kind === 'password' ? 'password' : 'ssh_key',
      purpose: 'connection',
      systemId,
      username: credential.username,
      value: Buffer.from(value),
    });
    await changeSystem(ctx, permit, { systemId, credentialSecretId: secret.id });
    const ids = names.map(() => newId());
    for (const [i, id] of ids.entries())
      await ctx.tx.run(sql`
        insert into account (id, system_id, native_id, name, valid_from)
        values (${id}, ${systemId}, ${names[i] ?? ''}, ${names[i] ?? ''}, ${ctx.now})`);
    return ids;
  });
}

async function rotateAll({ spine, keys, targets }: World, ids: readonly string[]): Promise<number> {
  return await timed(ids, async (accountId) => {
    const { rotation } = await spine.operator
      .jobCtx('bench')
      .act({ action: 'account.rotate', resource: { type: 'Account', id: accountId } }, (ctx, permit) =>
        planRotation(keys, ctx, permit, { accountId, because: 'measured' }),
      );
    await runRotation({ keys, targets }, spine.operator.jobCtx('rotation'), rotation.id);
  });
}

/** How many a second, so many at once. */
async function timed<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<number> {
  const waiting = [...all];
  const start = performance.now();
  await Promise.all(
    Array.from({ length: SCALE.atOnce }, async () => {
      for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) await work(one);
    }),
  );
  return all.length / ((performance.now() - start) / 1000);
}
