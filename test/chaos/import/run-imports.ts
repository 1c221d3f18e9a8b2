import {
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { enrolActor, until, type Actor } from '#lab/demo/cast.ts';
import { startReeve, type Reeve } from '#lab/reeve/start-reeve.ts';
import { generatePeople } from '#test/fixtures/company/index.ts';
import { seededChance } from '#test/fixtures/company/people/random.ts';
import { auditWrong } from '../crash/check-house.ts';
import { exportPeople } from './export-people.ts';

interface Run {
  readonly id: string;
  readonly state: string;
  readonly rows: number;
  readonly plannedRows: number;
  readonly appliedRows: number;
}

/** What killing Reeve while it imported came to. */
export interface ImportOutcome {
  readonly kills: number;
  /** The same, of the import nobody disturbed and of the one that was killed. */
  readonly whole: string;
  readonly killed: string;
  readonly lines: number;
}

const DROP = 'hr/people.csv';
const MINUTE_MS = 60_000;

/**
 * Imports a feed of so many people, and then one in which a tenth of them moved, in two Reeves: one is left alone, the
 * other is killed with SIGKILL again and again, while it reads and plans and while it applies. Both must end with the
 * same people, byte for byte, and each run applied once. Throws at what differs.
 */
export async function runImports(input: {
  readonly people: number;
  readonly kills: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}): Promise<ImportOutcome> {
  const { people, kills, seed, say } = input;
  const folder = mkdtempSync(join(tmpdir(), 'reeve-imports-'));
  try {
    const feeds = [0, 0.1].map((changed, i) => {
      const file = join(folder, `feed-${i}.csv`);
      const out = openSync(file, 'w');
      for (const piece of generatePeople({ count: people, seed: 1, changed })) writeSync(out, piece);
      closeSync(out);
      return file;
    });
    const whole = await importAll(feeds, join(folder, 'whole.jsonl'), () => Promise.resolve(0));
    say(`left alone: ${whole.lines} lines, ${whole.sha256}`);
    const chance = seededChance(seed);
    let done = 0;
    const killed = await importAll(feeds, join(folder, 'killed.jsonl'), async (house, from) => {
      // Half of them while it reads and plans, half while it applies; the most part of either is its database's work.
      const each = Math.ceil(kills / 4);
      for (let i = 0; i < each; i += 1) {
        await nextLook();
        const after = chance.between(50, Math.max(2_000, people / 25));
        await new Promise((d) => setTimeout(d, after));
        say(`killed ${after} ms after it looked for the file, run ${await from.now()}`);
        await again(house);
        done += 1;
      }
      await from.planned();
      for (let i = 0; i < each; i += 1) {
        const share = (i + chance.next()) / each;
        const run = await from.applied(share);
        say(`killed when ${run.appliedRows} of ${run.plannedRows} rows were applied (${run.state})`);
        await again(house);
        done += 1;
      }
      return done;
    });
    say(`killed ${done} times: ${killed.lines} lines, ${killed.sha256}`);
    if (killed.sha256 !== whole.sha256) {
      const [kept, other] = ['whole.jsonl', 'killed.jsonl'].map((name) => join(tmpdir(), `reeve-${name}`));
      copyFileSync(join(folder, 'whole.jsonl'), kept ?? '');
      copyFileSync(join(folder, 'killed.jsonl'), other ?? '');
      throw new Error(`the import that was killed ended otherwise: compare ${kept} and ${other}`);
    }
    return { kills: done, whole: whole.sha256, killed: killed.sha256, lines: whole.lines };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What is known of the feed under way, asked of Reeve. */
interface Progress {
  now(): Promise<string>;
  /** Waits until the run is planned. */
  planned(): Promise<void>;
  /** Waits until such a share of the plan is applied. */
  applied(share: number): Promise<Run>;
}

async function importAll(
  feeds: readonly string[],
  exported: string,
  disturb: (house: Reeve, progress: Progress) => Promise<number>,
): Promise<{ readonly sha256: string; readonly lines: number }> {
  const house = await startReeve({ timeoutMs: 90_000 });
  try {
    const administrator = await enrolActor(house.url, house.firstToken(), 'first-administrator', 'First Administrator');
    await administrator.put('/v1/sources/hr', { timeZone: 'Europe/Amsterdam', dropFile: DROP });
    const there = join(house.dataDir, 'exchange', DROP);
    mkdirSync(dirname(there), { recursive: true });
    for (const [i, feed] of feeds.entries()) {
      put(feed, there);
      const progress = progressOf(administrator, i);
      await disturb(house, progress);
      const run = await waitFor(
        administrator,
        i,
        (r) => r?.state !== 'applying' && r !== undefined,
        'the end of the feed',
      );
      if (run?.state !== 'applied' || run.appliedRows !== run.plannedRows)
        throw new Error(`feed ${i} ended as ${JSON.stringify(run)}`);
    }
    const wrong = await auditWrong({ administrator, dataDir: house.dataDir });
    if (wrong !== undefined) throw new Error(wrong);
    await house.stop({ keep: true });
    return await exportPeople(house.dataDir, exported);
  } finally {
    await house.stop();
  }
}

/** Puts a file there whole, as it was written a while ago. */
function put(file: string, there: string): void {
  copyFileSync(file, `${there}.part`);
  const at = new Date(Date.now() - MINUTE_MS);
  utimesSync(`${there}.part`, at, at);
  renameSync(`${there}.part`, there);
}

async function again(house: Reeve): Promise<void> {
  await house.kill9();
  await house.restart();
}

/** The next moment at which Reeve looks for files. */
const nextLook = (): Promise<void> => new Promise((done) => setTimeout(done, MINUTE_MS - (Date.now() % MINUTE_MS)));

/** The run of the nth feed; each delivery is one. */
const runOf = async (administrator: Actor, nth: number): Promise<Run | undefined> => {
  const { items } = await administrator.get<{ items: readonly Run[] }>('/v1/sources/hr/runs?limit=50');
  return items.toReversed()[nth];
};

const waitFor = async (
  administrator: Actor,
  nth: number,
  fits: (run: Run | undefined) => boolean,
  what: string,
): Promise<Run | undefined> => await until(() => runOf(administrator, nth), fits, what, 30 * MINUTE_MS);

const progressOf = (administrator: Actor, nth: number): Progress => ({
  now: async () => (await runOf(administrator, nth))?.state ?? 'not planned',
  planned: async () => void (await waitFor(administrator, nth, (r) => r !== undefined, 'the plan of the feed')),
  applied: async (share) =>
    (await waitFor(
      administrator,
      nth,
      (r) => r !== undefined && (r.state !== 'applying' || r.appliedRows >= share * r.plannedRows),
      'a part of the feed',
    )) ?? { id: '', state: '', rows: 0, plannedRows: 0, appliedRows: 0 },
});
