import { seededChance } from '#test/fixtures/company/people/random.ts';
import { accessWrong, auditWrong, recordingWrong, type Looked } from './check-house.ts';
import type { Crash } from './crashing-reeve.ts';
import { Journal } from './journal.ts';
import { playRound, STEPS, type Round, type Step } from './play-round.ts';
import { startWorld, type World } from './world.ts';

/** What one crash did, as printed. */
export interface CrashRow {
  readonly round: number;
  readonly where: string;
  readonly ending: string;
  readonly upAgainMs: number;
  /** From up again until target, grants and sessions agreed. */
  readonly agreedMs: number;
  /** Of the recording, before the moment its session broke off. */
  readonly lostMs: number;
  readonly promises: number;
}

/** What a first guess says a step takes, until one was measured; ms. */
const FIRST_GUESS_MS = 400;
const KILLS_A_START_TOO = 0.1;
const CLIENT_GONE_WITHIN_MS = 5_000;

/**
 * Plays the story round after round and kills Reeve with SIGKILL once in each, at a random moment after a random step
 * began. Throws, naming round and moment, at the first thing found wrong.
 */
export async function runCrashes(input: {
  readonly rounds: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}): Promise<readonly CrashRow[]> {
  const { rounds, seed, say } = input;
  const rows: CrashRow[] = [];
  const journal = new Journal();
  const state = { number: 0, journalFrom: 0, round: { ending: undefined, sessions: [] } as Round };
  let world: World | undefined;

  const afterCrash = async (crash: Crash): Promise<void> => {
    if (world === undefined) throw new Error('there is no world yet');
    const looked = lookedAt(world);
    const started = performance.now();
    const wrong: string[] = [];
    const servers = world.house.servers();
    if (servers.length !== 1) wrong.push(`PostgreSQL servers on the data folder: ${servers.join(' | ')}`);
    wrong.push(...(await clientsLeft(state.round)));
    const promises = journal.size - state.journalFrom;
    wrong.push(...(await journal.broken(state.journalFrom)));
    wrong.push(...present(await accessWrong(looked)));
    const agreedMs = Math.round(performance.now() - started);
    wrong.push(...present(await auditWrong(looked)));
    let lostMs = 0;
    for (const session of state.round.sessions) {
      const checked = await recordingWrong(looked.administrator, session, crash.at);
      lostMs = Math.max(lostMs, checked.lostMs);
      wrong.push(...present(checked.wrong));
    }
    const where = crash.startsKilled > 0 ? `${crash.where}, and its next start` : crash.where;
    if (wrong.length > 0) throw new Error(`round ${state.number}, killed in ${where}:\n  ${wrong.join('\n  ')}`);
    const row = {
      round: state.number,
      where,
      ending: state.round.ending ?? '',
      upAgainMs: crash.upAgainMs,
      agreedMs,
      lostMs,
      promises,
    };
    rows.push(row);
    say(lineOf(row));
  };

  world = await startWorld(afterCrash);
  try {
    say(HEAD);
    const took = new Map<Step, number>();
    for (let number = 1; number <= rounds; number += 1) {
      const chance = seededChance(seed * 1_000 + number);
      const planned = chance.pick(STEPS);
      const share = chance.next();
      const startsToo = chance.holds(KILLS_A_START_TOO) ? chance.between(100, 3_000) : undefined;
      let armed = false;
      const arm = (step: string, most: number): void => {
        armed = true;
        const delay = Math.round(share * most);
        world?.house.killIn(delay, `${step} +${delay} ms`, startsToo);
      };
      let before: { readonly step: Step; readonly at: number } | undefined;
      const begins = (step: Step): void => {
        const now = performance.now();
        if (before !== undefined && !armed) took.set(before.step, now - before.at);
        before = { step, at: now };
        if (step === planned) arm(step, took.get(step) ?? FIRST_GUESS_MS);
      };
      const round = { number, ending: undefined, sessions: [], beside: planned };
      state.number = number;
      state.journalFrom = journal.size;
      state.round = round;
      await playRound(world, journal, chance, round, begins);
      if (!armed) arm('after the end', FIRST_GUESS_MS);
      await world.house.over();
      const wrong = await accessWrong(lookedAt(world));
      if (wrong !== undefined) throw new Error(`round ${number}, at its end: ${wrong}`);
    }
    const broken = await journal.broken();
    if (broken.length > 0) throw new Error(`after all rounds:\n  ${broken.join('\n  ')}`);
    say(`${journal.size} answers kept in the journal, every one still true after all ${rounds} crashes`);
    return rows;
  } finally {
    await world.stop();
  }
}

const lookedAt = (world: World): Looked => ({
  administrator: world.looking.administrator,
  lenaId: world.lena.identityId,
  dataDir: world.house.reeve.dataDir,
  onTarget: async (command) => (await world.web1.exec(command)).stdout,
});

const present = (wrong: string | undefined): string[] => (wrong === undefined ? [] : [wrong]);

/** Clients whose connection is still there though its gateway is dead. */
async function clientsLeft(round: Round): Promise<string[]> {
  const left: string[] = [];
  for (const session of round.sessions) {
    const late = new Promise<'late'>((done) => setTimeout(() => done('late'), CLIENT_GONE_WITHIN_MS));
    if ((await Promise.race([session.ended, late])) === 'late')
      left.push(`the client of ${session.id()} is still connected`);
  }
  return left;
}

const HEAD = 'round  up again  agreed   lost  promises  ended how                  killed in';
const lineOf = (r: CrashRow): string =>
  `${String(r.round).padStart(5)}  ${`${r.upAgainMs} ms`.padStart(8)}  ${`${r.agreedMs} ms`.padStart(8)}  ${`${r.lostMs} ms`.padStart(7)}  ${String(r.promises).padStart(6)}  ${r.ending.padEnd(27)}  ${r.where}`;
