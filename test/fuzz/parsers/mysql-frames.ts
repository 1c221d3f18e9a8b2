import { BrokenFrame } from '#gateways/database/index.ts';
import { FollowCommands } from '#gateways/mysql/statements/follow-commands.ts';
import { COMMAND } from '#gateways/mysql/wire/commands.ts';
import { errorPacket, ERROR, packet } from '#gateways/mysql/wire/packets.ts';
import { PacketSplitter, packetsOf } from '#gateways/mysql/wire/packet-splitter.ts';
import { MemoryRecorder } from '#test/ssh-rig/fake-ports.ts';
import { eof } from '#test/mysql-rig/fake-target.ts';
import { command, query } from '#test/mysql-rig/raw-client.ts';
import { AT_ONCE, type Parser } from '../parser.ts';
import { inPieces, must, oneOf, type Random } from '../random.ts';

const REFUSED = 'select 2';
const CLIENT: readonly Buffer[] = [
  query('select 1'),
  query(''),
  query(REFUSED),
  query('use shop'),
  query('kill query 3000000000'),
  query("create user x identified by 'y'"),
  command(COMMAND.prepare, 'select ?'),
  command(COMMAND.prepare, REFUSED),
  command(COMMAND.execute, Buffer.from([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 8, 0]), Buffer.alloc(8, 1)),
  command(COMMAND.execute, Buffer.from([1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 253, 0, 3]), 'abc'),
  command(COMMAND.execute, Buffer.from([1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0])),
  command(COMMAND.execute, Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 1, 0, 0, 0, 1, 0])),
  command(COMMAND.sendLongData, Buffer.from([1, 0, 0, 0, 0, 0]), 'piece'),
  command(COMMAND.fetch, Buffer.from([1, 0, 0, 0, 9, 0, 0, 0])),
  command(COMMAND.closeStatement, Buffer.from([1, 0, 0, 0])),
  command(COMMAND.resetStatement, Buffer.from([1, 0, 0, 0])),
  command(COMMAND.initDb, 'shop'),
  command(COMMAND.fieldList, 't\0'),
  command(COMMAND.processKill, Buffer.from([7, 0, 0, 0])),
  command(COMMAND.resetConnection),
  command(COMMAND.statistics),
  command(COMMAND.ping),
  command(0x11, 'root\0'),
];
const column = Buffer.from('\x03def\x00\x00\x00\x01a\x00\x0c\x3f\0\x01\0\0\0\x08\x81\0\0\0\0', 'latin1');
const TARGET: readonly Buffer[] = [
  packet(1, Buffer.from([0, 0, 0, 2, 0, 0, 0])),
  packet(1, Buffer.from([0, 3, 0, 10, 0, 0, 0])),
  packet(1, Buffer.from([1])),
  packet(2, column),
  eof(3),
  eof(3, 0x42),
  packet(4, Buffer.from('\u00011')),
  packet(5, Buffer.from('\u0001\u0031')),
  eof(6),
  eof(6, 10),
  packet(1, Buffer.from([0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0])),
  packet(1, Buffer.from([0, 2, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0])),
  errorPacket(1, { ...ERROR.accessDenied, message: 'no' }),
  packet(1, Buffer.from('\xfbfile', 'latin1')),
  packet(1, Buffer.from('Uptime: 1')),
  packet(1),
  Buffer.concat([packet(1, Buffer.from([1])), packet(2, column), eof(3), packet(4, Buffer.from('\u00011')), eof(5)]),
];

const OK = packet(1, Buffer.from([0, 0, 0, 2, 0, 0, 0]));
const ROWS = Buffer.concat([
  packet(1, Buffer.from([1])),
  packet(2, column),
  eof(3),
  packet(4, Buffer.from('\u00011')),
  eof(5),
]);
const PREPARED = Buffer.concat([
  packet(1, Buffer.from([0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0])),
  packet(2, column),
  eof(3),
]);
const NO = errorPacket(1, { ...ERROR.accessDenied, message: 'no' });
const UNANSWERED: ReadonlySet<number> = new Set([COMMAND.closeStatement, COMMAND.sendLongData]);

/** What a server says to a command, as it would in order. */
function answerTo(random: Random, asked: Buffer): readonly Buffer[] {
  const kind = asked[4] ?? 0;
  if (UNANSWERED.has(kind)) return [];
  if (kind === COMMAND.prepare) return [oneOf(random, [PREPARED, PREPARED, NO])];
  if (kind === COMMAND.query || kind === COMMAND.execute) return [oneOf(random, [ROWS, ROWS, OK, NO])];
  if (kind === COMMAND.statistics) return [packet(1, Buffer.from('Uptime: 1'))];
  if (kind === COMMAND.fieldList) return [packet(1, column), eof(2)];
  return [oneOf(random, [OK, OK, OK, NO])];
}

/** Both sides in turn: mostly a client that asks and a server that answers it, now and then either saying whatever. */
function conversation(random: Random): Sides {
  const rate = oneOf(random, [14, 60, 300]);
  const sides: { from: 'client' | 'target'; bytes: Buffer }[] = [];
  for (let n = 1 + random(5); n > 0; n -= 1) {
    const asked = Array.from({ length: random(4) === 0 ? 1 + random(4) : 1 }, () => oneOf(random, CLIENT));
    if (random(8) > 0) sides.push({ from: 'client', bytes: stream(random, asked, rate) });
    const answered = random(6) === 0 ? [oneOf(random, TARGET)] : asked.flatMap((one) => answerTo(random, one));
    if (random(8) > 0) sides.push({ from: 'target', bytes: stream(random, answered, rate) });
  }
  return sides;
}

/** Packets, of which four in `rate` have something wrong with them. */
function stream(random: Random, packets: readonly Buffer[], rate: number): Buffer {
  const parts: Buffer[] = [];
  for (const sent of packets) {
    const one = Buffer.from(sent);
    const lie = random(rate);
    if (lie === 0 && one.length > 4) one[4 + random(one.length - 4)] = random(256);
    else if (lie === 1) one.writeUIntLE([0, 1, one.length, one.length - 3, 0xfffffe, 0xffffff][random(6)] ?? 0, 0, 3);
    else if (lie === 2) parts.push(one.subarray(0, random(one.length)));
    else if (lie === 3) one[3] = random(8);
    parts.push(one);
  }
  return Buffer.concat(parts);
}

interface Passed {
  readonly toTarget: string;
  readonly toClient: string;
  readonly record: string;
  readonly broken: string | undefined;
}

type Sides = readonly { readonly from: 'client' | 'target'; readonly bytes: Buffer }[];

/** One session of both sides' bytes in turn, each cut into pieces by `cut`. Whatever comes, it answers or says that it is broken. */
function relay(sides: Sides, cut: (bytes: Buffer) => readonly Buffer[]): Passed {
  const recorder = new MemoryRecorder();
  const follow = new FollowCommands(recorder.statements({ protocol: 'mysql', target: 't' }), {
    judge: () => (_raw, text) => (text === REFUSED ? 'no' : undefined),
    hide: (text) => ({ text, hidesValues: false }),
    stopsOthers: () => undefined,
    resolveKill: ({ id }) => (id < 2 ** 31 ? undefined : { refused: 'unknown' }),
    database: '',
  });
  const toTarget: Buffer[] = [];
  const toClient: Buffer[] = [];
  const fromClient = new PacketSplitter(1 << 20, {
    begins: (_length, _head, sequence) => {
      if (sequence !== 0) throw new BrokenFrame('not the first of its packets');
      return 'hold';
    },
    whole: (content) => {
      const fate = follow.client(content);
      if ('pass' in fate) toTarget.push(packetsOf(fate.pass, 0));
      else if ('answer' in fate) toClient.push(packetsOf(fate.answer, 1));
    },
    flows: () => {},
    flowed: () => {},
  });
  const fromTarget = new PacketSplitter(1 << 20, {
    begins: (length, head) => follow.targetBegins(length, head),
    flows: (buffer, start, end) => toClient.push(Buffer.from(buffer.subarray(start, end))),
    flowed: () => follow.targetFlowed(),
    whole: (content, sequence) => {
      follow.targetWhole(content);
      toClient.push(packetsOf(content, sequence));
    },
  });
  let waiting = Buffer.alloc(0);
  let broken: string | undefined;
  const goOn = (): void => {
    if (!follow.busy) waiting = waiting.subarray(fromClient.push(waiting, () => follow.busy));
  };
  try {
    for (const { from, bytes } of sides) {
      for (const piece of cut(bytes))
        if (from === 'target') fromTarget.push(piece);
        else {
          waiting = Buffer.concat([waiting, piece]);
          goOn();
        }
      goOn();
    }
  } catch (error) {
    if (!(error instanceof BrokenFrame)) throw error;
    broken = error.message;
  }
  follow.close({ in: 0, out: 0 });
  if (recorder.all.some((one) => one.ended === undefined)) throw new Error('a statement has no end on the record');
  return {
    toTarget: Buffer.concat(toTarget).toString('latin1'),
    toClient: Buffer.concat(toClient).toString('latin1'),
    record: JSON.stringify(recorder.all),
    broken,
  };
}

/** Texts among whole packets, read as a server would, by nothing of the gateway's. */
function textsIn(sent: string): string[] {
  const texts: string[] = [];
  for (let at = 0; at + 4 <= sent.length;) {
    const length = Buffer.from(sent.slice(at, at + 3), 'latin1').readUIntLE(0, 3);
    const content = sent.slice(at + 4, at + 4 + length);
    if (content.startsWith('\u0003') || content.startsWith('\u0016')) texts.push(content.slice(1));
    at += 4 + length;
  }
  return texts;
}

/**
 * A session of both sides' packets ends in order or is broken off; it is taken the same in whatever pieces it comes, a
 * refused statement does not go through, and no text reaches the target that is on no record.
 */
export const mysqlFrames: Parser = {
  name: 'mysql-frames',
  reads: 'packets of MySQL and MariaDB, both directions of a session in turn',
  mostMs: 100,
  beyond: 80,
  one: (random) => {
    const sides = conversation(random);
    const whole = relay(sides, (bytes) => [bytes]);
    const most = oneOf(random, [3, 9, 40, 400]);
    const pieces = relay(sides, (bytes) => inPieces(random, bytes, most));
    // where a stream breaks, a flowing message may have gone on with more of it in the one case than in the other
    const same =
      whole.broken === pieces.broken &&
      whole.record === pieces.record &&
      (whole.broken !== undefined || (whole.toTarget === pieces.toTarget && whole.toClient === pieces.toClient));
    must(same, () => `taken otherwise in pieces\n${JSON.stringify([whole, pieces], null, 1)}`);
    const texts = textsIn(whole.toTarget);
    must(!texts.includes(REFUSED), () => 'what was refused went through');
    const recorded = new Set((JSON.parse(whole.record) as { text: string }[]).map(({ text }) => text));
    const unrecorded = texts.find((text) => !recorded.has(text) && /^[\u0020-\u007e]*$/.test(text));
    must(unrecorded === undefined, () => `on no record: ${unrecorded}`);
    if (whole.broken === undefined) return 'to its end';
    return whole.toTarget === '' && whole.toClient === '' ? AT_ONCE : 'broken on its way';
  },
};
