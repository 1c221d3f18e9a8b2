import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { csvConnector } from '#connectors/csv/index.ts';
import type { Targets } from '#connectors/port.ts';
import { discoveryModule } from '#guard/discovery/index.ts';
import { vaultModule } from '#guard/vault/index.ts';
import { systemClock } from '#kit/clock/index.ts';
import { keysOf, rootKeyOf } from '#kit/crypto/index.ts';
import { migrate, openDb, sql, startEmbedded, type Db } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { installJobs } from '#kit/jobs/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { assembleSpine, type Spine } from '#spine/assemble.ts';
import { applyChanges, graphModule, registerSystem, requireSystem, type SystemChanges } from '#spine/graph/index.ts';
import type { BenchLine } from './report.ts';

const ACCOUNTS = Number(process.env['REEVE_BENCH_ACCOUNTS'] ?? 1_000_000);
const HOLDINGS_EACH = 3;
const GROUPS = 10_000;
const CHANGES = 1_000;
/** What a node may hold while it reads a system of a million accounts, megabytes. */
const LIMIT_MB = 600;

const policies = `
@id("bench.arranges")
permit (principal == Reeve::Component::"bench", action == Reeve::Action::"bench.arrange", resource);
`;

/**
 * A system of a million accounts with three holdings each, half of them in one group, read from CSV files in pieces into
 * the graph on the embedded PostgreSQL with its ordinary settings (fsync on): the whole way of a reading, with findings
 * and events. Then read again unchanged, looked at for changes, read with a thousand changes, and told a thousand
 * changes. The peak of resident memory is that of this process over all of it; PostgreSQL has its own.
 */
export async function run(): Promise<readonly BenchLine[]> {
  const lines: BenchLine[] = [];
  const rows = GROUPS + 1 + ACCOUNTS * (1 + HOLDINGS_EACH);
  const size = `${ACCOUNTS / 1000}k accounts`;
  const line = (name: string, metric: string, value: number, unit: string, baseline: number | null = null): void => {
    const ratio = baseline === null ? null : Math.round((value / baseline) * 100) / 100;
    lines.push({ bench: 'reconcile', case: `${size}, ${name}`, metric, value, unit, baseline, ratio });
    if (process.env['REEVE_BENCH_VERBOSE'] === '1') console.error(`${name} ${metric} ${value} ${unit}`);
  };
  const seconds = (ms: number): number => Math.round(ms / 10) / 100;

  await withHouse(async (house) => {
    await house.write(0);
    for (const name of ['first reading', 'read again unchanged']) {
      const ms = await house.read();
      line(name, 'seconds', seconds(ms), 's');
      line(name, 'rows_per_second', Math.round(rows / (ms / 1000)), 'rows/s');
      await house.expect({ accounts: ACCOUNTS, holdings: ACCOUNTS * HOLDINGS_EACH, members: ACCOUNTS / 2 });
    }
    line('asked what changed, nothing did', 'milliseconds', Math.round(await house.look()), 'ms');
    await house.write(CHANGES);
    // The mark is of other files now, so the look asks for a whole reading.
    await house.look();
    line(`read with ${CHANGES} changed`, 'seconds', seconds(await house.read()), 's');
    await house.expect({ accounts: ACCOUNTS, holdings: ACCOUNTS * HOLDINGS_EACH, members: ACCOUNTS / 2 - CHANGES });
    line(`told ${CHANGES} changes`, 'seconds', seconds(await house.tell(CHANGES)), 's');
    await house.expect({ accounts: ACCOUNTS, holdings: ACCOUNTS * HOLDINGS_EACH, members: ACCOUNTS / 2 });
    line('all of it', 'peak_rss_mb', peakRssMb(), 'MB', LIMIT_MB);
  });
  return lines;
}

/** The most memory this process ever held, as the kernel counted it (proc(5), VmHWM). */
const peakRssMb = (): number =>
  Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024);

/** What account `n` holds: every other one is in the one large group, unless it was taken out. */
const holdingsOf = (n: number, changed: number): readonly string[] => {
  const large = n % 2 === 0 && n >= changed * 2;
  return [large ? 'everybody' : `g${n % GROUPS}`, `g${(n + 3_301) % GROUPS}`, `g${(n + 6_602) % GROUPS}`];
};

class House {
  readonly #db: Db;
  readonly #spine: Spine;
  readonly #folder: string;
  readonly #systemId: string;
  constructor(db: Db, spine: Spine, folder: string, systemId: string) {
    this.#db = db;
    this.#spine = spine;
    this.#folder = folder;
    this.#systemId = systemId;
  }

  /** Writes the export, as a stream: with so many members taken out of the large group. */
  async write(changed: number): Promise<void> {
    await this.#file('entitlements', 'entitlement_id,kind,name', function* () {
      yield 'everybody,group,everybody';
      for (let n = 0; n < GROUPS; n += 1) yield `g${n},group,group ${n}`;
    });
    await this.#file('accounts', 'account_id,account_name,display_name,email,kind', function* () {
      for (let n = 0; n < ACCOUNTS; n += 1) yield `u${n},user${n},Person Number ${n},user${n}@example.org,personal`;
    });
    await this.#file('holdings', 'account_id,entitlement_id', function* () {
      for (let n = 0; n < ACCOUNTS; n += 1) for (const held of holdingsOf(n, changed)) yield `u${n},${held}`;
    });
  }

  async #file(name: string, header: string, rows: () => Generator<string, void, void>): Promise<void> {
    const path = join(this.#folder, `${name}.csv`);
    const file = createWriteStream(`${path}.new`);
    let part = `${header}\n`;
    for (const row of rows()) {
      part += `${row}\n`;
      if (part.length < 65_536) continue;
      if (!file.write(part)) await once(file, 'drain');
      part = '';
    }
    file.end(part);
    await once(file, 'finish');
    renameSync(`${path}.new`, path);
  }

  async #run(task: string, payload: unknown): Promise<void> {
    const run = { id: '0', name: task, attempt: 1, maxAttempts: 1, signal: new AbortController().signal };
    await this.#spine.tasks[task]?.(payload, run);
  }

  /** Reads the system whole, from asking to the end; milliseconds. */
  async read(): Promise<number> {
    const start = performance.now();
    const operation = this.#spine.registry.operations.get('discovery.read');
    if (operation === undefined) throw new Error('there is no operation to read by');
    const principal = { kind: 'component', id: 'discovery' } as const;
    const asker = { principal, origin: { via: 'worker' }, trace: newId() } as const;
    const { output } = await this.#spine.operator.perform(operation, { id: this.#systemId }, asker);
    const { runId } = output as { runId: string };
    await this.#run('discovery.read', { runId });
    const { state, problem } = await this.#db.one<{ state: string; problem: string | null }>(
      sql`select state, problem from discovery_run where id = ${runId}`,
    );
    if (state !== 'done') throw new Error(`the reading is ${state}: ${problem ?? ''}`);
    return performance.now() - start;
  }

  /** Asks what changed, as the clock does every minute; milliseconds. */
  async look(): Promise<number> {
    const start = performance.now();
    await this.#run('discovery.read_changes', { systemId: this.#systemId });
    return performance.now() - start;
  }

  /** Brings in that so many accounts are in the large group again; milliseconds. */
  async tell(changed: number): Promise<number> {
    const at = await this.#db.one<{ mark: string; readAs: string }>(
      sql`select mark, read_as from reading_mark where system_id = ${this.#systemId}`,
    );
    const changes: SystemChanges = {
      accounts: [],
      goneAccounts: [],
      entitlements: [],
      goneEntitlements: [],
      holdingsOf: Array.from({ length: changed }, (_, i) => ({
        account: `u${i * 2}`,
        entitlements: holdingsOf(i * 2, 0),
      })),
      holdersOf: [],
      mark: 'told',
    };
    const start = performance.now();
    await this.#spine.operator.jobCtx('bench').act({ action: 'bench.arrange' }, (ctx, permit) =>
      applyChanges(ctx, permit, {
        systemId: this.#systemId,
        changes,
        since: at.mark,
        readAs: at.readAs,
        trusted: true,
      }),
    );
    return performance.now() - start;
  }

  async expect(wanted: {
    readonly accounts: number;
    readonly holdings: number;
    readonly members: number;
  }): Promise<void> {
    const found = await this.#db.one<typeof wanted>(sql`
      select (select count(*) from account where valid_to is null) as accounts,
             (select count(*) from holding h where h.valid_to is null) as holdings,
             (select count(*) from holding h join entitlement e on e.id = h.entitlement_id
               where e.native_id = 'everybody' and h.valid_to is null) as members`);
    if (JSON.stringify(found) !== JSON.stringify(wanted))
      throw new Error(`the graph has ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
  }
}

async function withHouse(work: (house: House) => Promise<void>): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'reeve-bench-'));
  const root = mkdtempSync(join(tmpdir(), 'reeve-bench-exchange-'));
  const folder = join(root, 'large');
  mkdirSync(folder, { recursive: true });
  const server = await startEmbedded({ dataDir, log: silentLog });
  try {
    await migrate({ url: server.url, log: silentLog });
    await installJobs({ url: server.url, log: silentLog });
    const db = await openDb({ url: server.url, clock: systemClock, log: silentLog });
    const keys = keysOf(rootKeyOf(Buffer.alloc(32, 7)));
    const connector = csvConnector({ root });
    const targets: Targets = {
      use: async (systemId, use) => {
        const { kind, host, port, settings, pinned } = await db.tx((tx) => requireSystem(tx, systemId));
        const credential = { kind: 'none', username: '' } as const;
        return await use(connector, { systemId, kind, host, port, settings, pinned, credential });
      },
    };
    const bench = { name: 'bench', policies };
    const spine = await assembleSpine({
      db,
      clock: systemClock,
      log: silentLog,
      keys,
      modules: () => [graphModule, vaultModule({ keys }), discoveryModule({ keys, targets }), bench],
    });
    try {
      const { id } = await spine.operator
        .jobCtx('bench')
        .act({ action: 'bench.arrange' }, (ctx, permit) =>
          registerSystem(ctx, permit, { name: 'large', kind: 'csv', settings: { path: folder } }),
        );
      await work(new House(db, spine, folder, id));
    } finally {
      await db.close();
    }
  } finally {
    await server.stop();
    for (const dir of [dataDir, root]) rmSync(dir, { recursive: true, force: true });
  }
}
