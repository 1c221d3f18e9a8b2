import { BrokenFrame } from '#gateways/database/index.ts';
import { FollowCommands } from '#gateways/mysql/statements/follow-commands.ts';
import { COMMAND } from '#gateways/mysql/wire/commands.ts';
import { errorPacket, ERROR, packet } from '#gateways/mysql/wire/packets.ts';
import { PacketSplitter, packetsOf } from '#gateways/mysql/wire/packet-splitter.ts';
import { numbersFrom } from '#test/fuzz/random.ts';
import { MemoryRecorder } from '#test/ssh-rig/fake-ports.ts';
import { eof } from './fake-target.ts';
import { command, query } from './raw-client.ts';

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

/** Packets of one side, most of them whole, some with a lie in them. */
function stream(random: (below: number) => number, side: readonly Buffer[], most: number): Buffer {
  const parts: Buffer[] = [];
  for (let n = 1 + random(most); n > 0; n -= 1) {
    const one = Buffer.from(side[random(side.length)] ?? []);
    const lie = random(14);
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
 * Tries `inputs` sessions of hostile packets. Throws where one crashes, is taken otherwise when it comes in other pieces,
 * lets a refused statement through, or has a text at the target that is on no record.
 */
export function fuzzPackets(inputs: number, seed: number, tick: (done: number) => void = () => {}): void {
  for (let n = 0; n < inputs; n += 1) {
    const random = numbersFrom(seed + n);
    const sides = Array.from({ length: 1 + random(10) }, () => {
      const from = random(2) === 0 ? ('client' as const) : ('target' as const);
      return { from, bytes: from === 'client' ? stream(random, CLIENT, 4) : stream(random, TARGET, 2) };
    });
    const whole = relay(sides, (bytes) => [bytes]);
    const pieces = relay(sides, (bytes) => {
      const parts: Buffer[] = [];
      for (let at = 0; at < bytes.length;) {
        const take = 1 + random(9);
        parts.push(bytes.subarray(at, at + take));
        at += take;
      }
      return parts;
    });
    // where a stream breaks, a flowing message may have gone on with more of it in the one case than in the other
    const same =
      whole.broken === undefined
        ? JSON.stringify(whole) === JSON.stringify(pieces)
        : whole.broken === pieces.broken && whole.record === pieces.record;
    if (!same)
      throw new Error(`seed ${seed + n}: taken otherwise in pieces\n${JSON.stringify([whole, pieces], null, 1)}`);
    const texts = textsIn(whole.toTarget);
    if (texts.includes(REFUSED)) throw new Error(`seed ${seed + n}: what was refused went through`);
    const recorded = new Set((JSON.parse(whole.record) as { text: string }[]).map(({ text }) => text));
    const unrecorded = texts.find((text) => !recorded.has(text) && /^[\u0020-\u007e]*$/.test(text));
    if (unrecorded !== undefined) throw new Error(`seed ${seed + n}: on no record: ${unrecorded}`);
    if (n % 100_000 === 0) tick(n);
  }
}
