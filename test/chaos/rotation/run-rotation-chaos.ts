import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { migrate, sql, startEmbedded } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { installJobs, startWorker } from '#kit/jobs/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { runScript, until } from '#kit/testing/index.ts';
import { ADMIN_ROLES, createIdentity, startGrant } from '#spine/graph/index.ts';
import { seededChance, type Chance } from '#test/fixtures/company/people/random.ts';
import { assemble, type Assembled } from './assemble.ts';
import { checkCredentials } from './check-credentials.ts';
import { vaultedTargets, type TargetKind, type VaultedTarget } from './vaulted-targets.ts';

const SCRIPT = fileURLToPath(new URL('./rotate-in-own-process.ts', import.meta.url));
const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/', import.meta.url));

export interface RotationChaos {
  readonly rotations: number;
  readonly done: number;
  readonly failed: number;
  readonly kills: number;
  /** In which states rotations were when they were killed. */
  readonly killedIn: Readonly<Record<string, number>>;
  readonly outages: number;
  readonly seconds: number;
  readonly credentials: number;
}

/**
 * Rotates credentials on real targets while Reeve is killed with SIGKILL and targets lose their power, at random. At the
 * end every credential in the vault logs in on its target, or is reported as one that does not. Throws what is not so.
 */
export async function runRotationChaos(options: {
  readonly rotations: number;
  readonly seed: number;
  readonly kinds: readonly TargetKind[];
  readonly accounts: number;
  /** Transactions a process lives for, from and to: the same on a slow machine as on a fast one. */
  readonly lives: readonly [number, number];
  readonly say: (line: string) => void;
}): Promise<RotationChaos> {
  const { say } = options;
  const dataDir = mkdtempSync(join(tmpdir(), 'reeve-chaos-'));
  mkdirSync(CACHE, { recursive: true });
  const bundles = mkdtempSync(join(CACHE, 'reeve-chaos-'));
  const script = join(bundles, 'rotate.mjs');
  const [server, targets] = await Promise.all([
    startEmbedded({ dataDir, log: silentLog, settings: { fsync: 'off', synchronous_commit: 'off' } }),
    vaultedTargets(options.kinds, options.accounts, say),
    // In one file it is up in a fraction of the time, and most of a test that kills is starting again.
    build({
      entryPoints: [SCRIPT],
      outfile: script,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'esm',
      packages: 'external',
      logLevel: 'warning',
    }),
  ]);
  let reeve: Assembled | undefined;
  try {
    await migrate({ url: server.url, log: silentLog });
    await installJobs({ url: server.url, log: silentLog });
    reeve = await assemble(server.url, 5);
    await vault(reeve, server.url, targets);
    say(`${targets.length} targets: ${targets.map((t) => `${t.name} (${t.accounts.length} accounts)`).join(', ')}`);
    const begun = performance.now();
    const played = await play({ url: server.url, script }, reeve, targets, {
      ...options,
      chance: seededChance(options.seed),
    });
    const seconds = (performance.now() - begun) / 1000;
    const { wrong, works } = await checkCredentials(reeve);
    if (wrong.length > 0) throw new Error(`${wrong.length} wrong: ${wrong.slice(0, 8).join('; ')}`);
    const { done, failed } = await reeve.db.one<{ done: number; failed: number }>(sql`
      select count(*) filter (where state = 'done')::int as done, count(*) filter (where state = 'failed')::int as failed
        from rotation where because = 'chaos'`);
    return { ...played, rotations: done + failed, done, failed, seconds, credentials: works };
  } finally {
    await reeve?.db.close();
    await Promise.all(targets.map((target) => target.stop()));
    await server.stop();
    for (const folder of [dataDir, bundles]) rmSync(folder, { recursive: true, force: true });
  }
}

/** Connects the targets, reads them, and takes their accounts into the vault, with nobody interfering. */
async function vault(reeve: Assembled, url: string, targets: readonly VaultedTarget[]): Promise<void> {
  const { db, spine } = reeve;
  const worker = await startWorker({ url, db, tasks: spine.tasks, log: silentLog, concurrency: 4 });
  const boss = await spine.operator.jobCtx('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    const { id } = await createIdentity(ctx, permit, {
      kind: 'person',
      facts: { displayName: 'Boss', username: 'boss' },
    });
    for (const role of ['administrator', 'security_officer'] as const)
      await startGrant(ctx, permit, {
        identityId: id,
        entitlementId: ADMIN_ROLES[role],
        origin: 'admin',
        reason: 'chaos',
      });
    return id;
  });
  const perform = async <T>(name: string, input: object): Promise<T> => {
    const operation = spine.registry.operations.get(name);
    if (operation === undefined) throw new Error(`no operation ${name}`);
    const { output } = await spine.operator.perform(operation, input, {
      principal: { kind: 'identity', id: boss },
      origin: { via: 'api' },
      trace: newId(),
    });
    return output as T;
  };
  for (const target of targets) {
    const { id } = await perform<{ id: string }>('systems.connect', { name: target.name, ...target.connection });
    await perform('discovery.read', { id });
    for (const { name, kind } of target.accounts) {
      const found = await until(
        () => db.maybe<{ id: string }>(sql`select id from account where system_id = ${id} and name = ${name}`),
        { timeoutMs: 60_000, what: `${name} on ${target.name} to be read` },
      );
      await perform('rotations.plan', { accountId: found.id, kind, because: 'into the vault' });
    }
  }
  await until(
    async () =>
      (await db.one<{ n: number }>(sql`select count(*)::int as n from rotation where state <> 'done'`)).n === 0,
    { timeoutMs: 180_000, what: 'every account to be in the vault' },
  ).catch(async (error: unknown) => {
    const left = await db.many(
      sql`select a.name, r.state, r.problem from rotation r join account a on a.id = r.account_id where r.state <> 'done' limit 5`,
    );
    throw new Error(`${String(error)}: ${JSON.stringify(left)}`, { cause: error });
  });
  await worker.stop(5_000);
}

/** Lets the process rotate and kills it, and cuts the power of targets, until it has come to its end. */
async function play(
  { url, script }: { readonly url: string; readonly script: string },
  { db }: Assembled,
  targets: readonly VaultedTarget[],
  options: {
    readonly rotations: number;
    readonly lives: readonly [number, number];
    readonly chance: Chance;
    readonly say: (line: string) => void;
  },
): Promise<Pick<RotationChaos, 'kills' | 'killedIn' | 'outages'>> {
  const { chance, say } = options;
  const killedIn: Record<string, number> = {};
  let [kills, outages, saidAt] = [0, 0, performance.now()];
  for (;;) {
    const own = runScript(script, [url, String(options.rotations)]);
    const over = (): boolean => own.child.exitCode !== null || own.child.signalCode !== null;
    await until(() => own.lines.includes('ready') || over(), { timeoutMs: 60_000, everyMs: 2, what: 'Reeve to be up' });
    const life = own.lines.length + chance.between(...options.lives);
    const out = kills === 1 || chance.between(0, 3) === 0 ? targets[chance.between(0, targets.length - 1)] : undefined;
    if (out !== undefined && !over()) {
      await out.down();
      outages += 1;
    }
    // Where all that is left waits for the target that is gone, nothing more comes.
    const patience = performance.now() + (out === undefined ? 60_000 : 3_000);
    await until(() => over() || own.lines.length >= life || performance.now() > patience, {
      timeoutMs: 120_000,
      everyMs: 1,
      what: 'its time',
    });
    await new Promise((done) => setTimeout(done, chance.between(0, 25))); // somewhere in what it began after that
    if (!over()) {
      await own.kill();
      kills += 1;
      const states = await db.many<{ state: string; n: number }>(
        sql`select state, count(*)::int as n from rotation where ended_at is null group by state`,
      );
      for (const { state, n } of states) killedIn[state] = (killedIn[state] ?? 0) + n;
    }
    await out?.up();
    if (own.lines.at(-1) === 'done') return { kills, killedIn, outages };
    if (own.child.exitCode !== null && own.child.exitCode !== 0) throw new Error(`it ended by itself: ${own.errors()}`);
    if (performance.now() - saidAt > 10_000) {
      saidAt = performance.now();
      const { n } = await db.one<{ n: number }>(
        sql`select count(*)::int as n from rotation where because = 'chaos' and ended_at is not null`,
      );
      say(`${n} rotations, killed ${kills} times, ${outages} outages`);
    }
  }
}
