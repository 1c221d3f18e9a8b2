import { sql } from '#kit/db/index.ts';
import { until } from '#kit/testing/until.ts';
import { seededChance } from '#test/fixtures/company/people/random.ts';
import { whatIsLeft } from './check-recording.ts';
import { measureLateness } from './measure-lateness.ts';
import type { Part } from './start-part.ts';
import type { Talking } from './talking.ts';
import { startWorld, type World } from './world.ts';

/** What one kill did, as printed. */
export interface KillRow {
  readonly round: number;
  readonly sessions: number;
  /** Until the last of its sessions was closed in the record. */
  readonly closedMs: number;
  /** How long before the kill a client first saw what its recording lacks, at most. */
  readonly lostMs: number;
  /** How long before the kill a recording ends, at most; how late the target was is in it. */
  readonly endsMs: number;
  /** How late the process with the clients was in that round, at most. */
  readonly lateMs: number;
}

const CLOSED_WITHIN_MS = 10_000;

/** So often both are killed, one soon after the other: then a process that is no gateway closes the records. */
const BOTH = 0.25;

/**
 * Kills a gateway with SIGKILL at a random moment, round after round, while many sessions on two of them write all the
 * time. Throws at the first thing that is wrong: a session not closed in ten seconds, a recording that does not open,
 * does not verify or lacks what its client saw a second before the kill, or a session of the other gateway that ended too.
 */
export async function runKills(input: {
  readonly rounds: number;
  readonly seed: number;
  /** Of each protocol, on each gateway. */
  readonly sessions: number;
  /** How often both are killed; 1: in each round. */
  readonly both?: number;
  /** Where it is played, if not in a world of its own. */
  readonly world?: World;
  /** No round begins after so many seconds. */
  readonly seconds?: number;
  readonly say: (line: string) => void;
}): Promise<readonly KillRow[]> {
  const { rounds, seed, sessions, say } = input;
  const end = performance.now() + (input.seconds ?? Infinity) * 1_000;
  const world = input.world ?? (await startWorld({ visitors: sessions }));
  const rows: KillRow[] = [];
  const lateness = measureLateness();
  try {
    const talks = new Map<Part, readonly Talking[]>();
    for (const gateway of world.gateways) talks.set(gateway, await openAll(world, gateway));
    say('round  sessions  closed in  most lost  ends before  clients late');
    for (let round = 1; round <= rounds; round += 1) {
      const chance = seededChance(seed * 1_000 + round);
      const order = world.gateways.toSorted(() => chance.next() - 0.5);
      const victims = chance.holds(input.both ?? BOTH) ? order : order.slice(0, 1);
      const killed: Promise<Omit<KillRow, 'lateMs'>>[] = [];
      lateness.mostMs();
      for (const victim of victims) {
        await new Promise((done) => setTimeout(done, chance.between(300, 2_000)));
        killed.push(killOne(world, victim, talks.get(victim) ?? [], round));
      }
      const came = await Promise.all(killed);
      const lateMs = lateness.mostMs();
      for (const row of came) {
        rows.push({ ...row, lateMs });
        say(
          `${String(round).padStart(5)}  ${String(row.sessions).padStart(8)}  ${`${row.closedMs} ms`.padStart(9)}  ${`${row.lostMs} ms`.padStart(9)}  ${`${row.endsMs} ms`.padStart(11)}  ${`${lateMs} ms`.padStart(12)}`,
        );
      }
      for (const [gateway, clients] of talks)
        if (victims.includes(gateway)) await Promise.all(clients.map(({ ended }) => ended));
        else if (clients.some((talk) => talk.isOver()))
          throw new Error(`round ${round}: a session of the gateway that lives ended too`);
      if (round === rounds || performance.now() > end) break;
      await Promise.all(victims.map((victim) => victim.restart()));
      for (const victim of victims) talks.set(victim, await openAll(world, victim));
    }
    await until(async () => (await lostNodes(world)) === rows.length, {
      timeoutMs: CLOSED_WITHIN_MS,
      what: `${rows.length} nodes to be said to be lost`,
    });
    return rows;
  } finally {
    lateness.stop();
    if (input.world === undefined) await world.stop();
  }
}

const lostNodes = async ({ beside }: World): Promise<number> =>
  (await beside.db.one<{ n: number }>(sql`select count(*)::int as n from node where state = 'lost'`)).n;

/** Every visitor in a session of each of them. */
const openAll = async (world: World, gateway: Part): Promise<readonly Talking[]> =>
  await Promise.all(
    world.protocols.flatMap((protocol) => world.visitors.map((visitor) => protocol.talk(visitor, gateway))),
  );

async function killOne(
  world: World,
  victim: Part,
  talks: readonly Talking[],
  round: number,
): Promise<Omit<KillRow, 'lateMs'>> {
  const { beside, officer } = world;
  const node = `%/${victim.node()}`;
  const killedAt = await victim.kill9();
  const died = await beside.db.many<{
    id: string;
    protocol: string;
    startedAt: Date;
    identityId: string;
  }>(
    sql`select id, protocol, started_at, identity_id from session where node like ${node} and (state = 'live' or ended_because = 'its gateway died')`,
  );
  const live = async (): Promise<number> =>
    (
      await beside.db.one<{ n: number }>(
        sql`select count(*)::int as n from session where node like ${node} and state = 'live'`,
      )
    ).n;
  await until(async () => (await live()) === 0, {
    timeoutMs: 2 * CLOSED_WITHIN_MS,
    what: 'the sessions of a dead gateway to be closed in the record',
  }).catch((error: unknown) => {
    const parts = [world.api, ...world.gateways].map((part) => `${part.roles}: ${part.output().slice(-2_000)}`);
    throw new Error(`round ${round}: ${String(error)}\n${parts.join('\n')}`);
  });
  const closedMs = Date.now() - killedAt;
  const wrong: string[] = closedMs > CLOSED_WITHIN_MS ? [`the last session was closed after ${closedMs} ms`] : [];
  const ended = await beside.db.many<{ because: string }>(
    sql`select distinct ended_because as because from session where id = any(${died.map(({ id }) => id)}::uuid[])`,
  );
  for (const { because } of ended) if (because !== 'its gateway died') wrong.push(`a session ended: ${because}`);
  for (const talk of talks) {
    const theirs = died.filter((one) => one.identityId === talk.visitor.id && one.protocol === talk.protocol);
    if (theirs.length !== 1) wrong.push(`${talk.visitor.name} had ${theirs.length} sessions of ${talk.protocol}`);
  }
  let [lostMs, endsMs] = [0, 0];
  for (const session of died) {
    const talk = talks.find(
      ({ visitor, protocol }) => visitor.id === session.identityId && protocol === session.protocol,
    );
    if (talk === undefined) throw new Error(`session ${session.id} is nobody's`);
    const left = await whatIsLeft(beside, officer, session, talk, killedAt);
    lostMs = Math.max(lostMs, left.lostMs);
    endsMs = Math.max(endsMs, left.endsMs);
    if (left.wrong !== undefined) wrong.push(left.wrong);
  }
  if (wrong.length > 0) throw new Error(`round ${round}:\n  ${wrong.join('\n  ')}`);
  return { round, sessions: died.length, closedMs, lostMs, endsMs };
}
