import { seededChance } from '#test/fixtures/company/people/random.ts';
import type { Visitor } from './people.ts';
import type { Talking } from './talking.ts';
import { startWorld, type World } from './world.ts';

/** How long sessions of one protocol lived on after access was taken away, sorted, in milliseconds. */
export interface EndRow {
  readonly protocol: string;
  readonly how: 'lock' | 'revoke';
  readonly tookMs: readonly number[];
}

const ENDED_WITHIN_MS = 10_000;

/**
 * Locks people and revokes their access on a node beside, while the process that runs API and jobs is killed and started
 * again all the time, until `endings` sessions on two gateways ended. Measured from the moment the first of the calls was answered.
 */
export async function runRevocations(input: {
  readonly endings: number;
  readonly seed: number;
  readonly visitors: number;
  readonly say: (line: string) => void;
}): Promise<{ readonly rows: readonly EndRow[]; readonly apiKills: number }> {
  const { endings, seed, say } = input;
  const world = await startWorld({ visitors: input.visitors });
  const killing = keepKilling(world, seed);
  try {
    const took = new Map<string, EndRow & { readonly tookMs: number[] }>();
    const chance = seededChance(seed);
    let count = 0;
    while (count < endings) {
      const visitor = chance.pick(world.visitors);
      const how = chance.pick(['lock', 'revoke'] as const);
      const talks = await openBoth(world, visitor);
      const over = talks.find((talk) => talk.isOver());
      if (over !== undefined) throw new Error(`${over.protocol} ended by itself; told: ${over.told()}`);
      const { from, again } = how === 'lock' ? await lock(world, visitor) : await revoke(world, visitor);
      const ends = talks.flatMap((talk) => [
        { talk, name: talk.protocol, ended: talk.ended },
        ...(talk.also ?? []).map(({ name, ended }) => ({ talk, name, ended: ended() })),
      ]);
      for (const { talk, name, ended } of ends) {
        const row = took.get(`${name} ${how}`) ?? { protocol: name, how, tookMs: [] };
        row.tookMs.push(Math.max(0, (await inTime(talk, name, ended, how)) - from));
        took.set(`${name} ${how}`, row);
      }
      count += talks.length;
      await again();
      say(`${how.padEnd(6)}  ${count} of ${endings} sessions ended, the API was killed ${killing.kills()} times`);
    }
    const rows = [...took.values()].map((row) => ({ ...row, tookMs: row.tookMs.toSorted((a, b) => a - b) }));
    return { rows, apiKills: killing.kills() };
  } finally {
    await killing.stop();
    await world.stop();
  }
}

/** The moment a session ended; throws where it did not. */
async function inTime(talk: Talking, name: string, ended: Promise<number>, how: string): Promise<number> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((done) => {
    timer = setTimeout(() => done(undefined), ENDED_WITHIN_MS);
  });
  const at = await Promise.race([ended, late]);
  clearTimeout(timer);
  if (at === undefined) throw new Error(`${name} was not ended by a ${how}; told: ${talk.told()}`);
  return at;
}

/** Kills the process with API and jobs while it comes up, or a little later, over and over. */
function keepKilling(world: World, seed: number): { kills(): number; stop(): Promise<void> } {
  const chance = seededChance(seed + 1);
  const stopping = new AbortController();
  let kills = 0;
  const going = (async () => {
    for (;;) {
      await world.api.kill9();
      kills += 1;
      if (stopping.signal.aborted) return;
      world.api.restart().catch(() => undefined);
      await new Promise((done) => setTimeout(done, chance.between(200, 5_000)));
    }
  })();
  going.catch(() => undefined);
  return {
    kills: () => kills,
    stop: async () => {
      stopping.abort();
      await going;
    },
  };
}

const openBoth = (world: World, visitor: Visitor): Promise<readonly Talking[]> =>
  Promise.all(
    world.gateways.flatMap((gateway) =>
      [...world.protocols, ...world.busy].map((protocol) => protocol.talk(visitor, gateway)),
    ),
  );

/** When access was taken away, and what gives it back. */
interface Taken {
  readonly from: number;
  readonly again: () => Promise<void>;
}

async function lock({ beside, officer }: World, visitor: Visitor): Promise<Taken> {
  const { id } = await beside.perform<{ id: string }>(
    'locks.place',
    { scope: 'identity', subject: visitor.name, reason: 'chaos' },
    officer,
  );
  const from = performance.now();
  return { from, again: async () => void (await beside.perform('locks.lift', { id, because: 'chaos' }, officer)) };
}

async function revoke({ beside, administrator }: World, visitor: Visitor): Promise<Taken> {
  let from = Number.POSITIVE_INFINITY;
  await Promise.all(
    visitor.grants.map(async (id) => {
      await beside.perform('grants.end', { id, because: 'chaos' }, administrator);
      from = Math.min(from, performance.now());
    }),
  );
  return { from, again: () => visitor.give() };
}
