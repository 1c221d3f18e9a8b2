import { FollowStatements } from '#gateways/postgres/statements/follow-statements.ts';
import { CLIENT_TYPES, TARGET_TYPES } from '#gateways/postgres/relay/message-types.ts';
import { BrokenFrame } from '#gateways/database/index.ts';
import { FrameSplitter } from '#gateways/postgres/wire/frame-splitter.ts';
import { errorResponse, frame, int32, T } from '#gateways/postgres/wire/messages.ts';
import { MemoryRecorder } from '#test/ssh-rig/fake-ports.ts';
import { bind, describe, execute, parse, query, sync } from '#test/pg-rig/raw-client.ts';
import { AT_ONCE, type Parser } from '../parser.ts';
import { inPieces, lie, must, oneOf, type Random } from '../random.ts';
import { captured } from '../seeds.ts';

const CLIENT: readonly Buffer[] = [
  ...captured('pg-client'),
  query('select 1'),
  query(''),
  query("alter role x password 'y'"),
  query('copy t from stdin'),
  parse('', 'select $1'),
  parse('a', 'select 2'),
  bind('', '', 'v'),
  bind('p', 'a'),
  describe('S', 'a'),
  describe('P'),
  execute(),
  execute('p'),
  frame(T.close, Buffer.from('S'), 'a'),
  sync,
  frame(T.flush),
  frame(T.copyData, Buffer.alloc(300, 0x51)),
  frame(T.copyDone),
  frame(T.copyFail, 'no'),
  frame(T.functionCall, int32(1), Buffer.alloc(6)),
];
const TARGET: readonly Buffer[] = [
  ...captured('pg-server'),
  frame(T.ready, Buffer.from('I')),
  frame(T.ready, Buffer.from('T')),
  frame(T.commandComplete, 'SELECT 1'),
  frame(T.dataRow, Buffer.from([0, 1]), int32(1), Buffer.from('x')),
  frame(T.rowDescription, Buffer.alloc(2)),
  frame(T.parseComplete),
  frame(T.bindComplete),
  frame(T.closeComplete),
  frame(T.noData),
  frame(T.emptyQuery),
  frame(T.portalSuspended),
  frame(T.copyIn, Buffer.alloc(3)),
  frame(T.copyOut, Buffer.alloc(3)),
  frame(T.copyData, Buffer.alloc(100)),
  frame(T.functionResult, int32(-1)),
  frame(T.notice, Buffer.from('Mhi\0\0')),
  frame(T.parameterStatus, 'a', 'b'),
  errorResponse({ severity: 'ERROR', code: '22012', message: 'no' }),
  errorResponse({ severity: 'FATAL', code: '57P01', message: 'no' }),
];

/** What a server says to a message of each type, as it would in order. */
const ANSWERS: Readonly<Record<number, readonly (readonly Buffer[])[]>> = {
  [T.query]: [
    [
      frame(T.rowDescription, Buffer.alloc(2)),
      frame(T.dataRow, Buffer.from([0, 1]), int32(1), Buffer.from('x')),
      frame(T.commandComplete, 'SELECT 1'),
      frame(T.ready, Buffer.from('I')),
    ],
    [frame(T.commandComplete, 'SET'), frame(T.ready, Buffer.from('T'))],
    [frame(T.emptyQuery), frame(T.ready, Buffer.from('I'))],
    [frame(T.copyIn, Buffer.alloc(3))],
    [errorResponse({ severity: 'ERROR', code: '22012', message: 'no' }), frame(T.ready, Buffer.from('E'))],
  ],
  [T.parse]: [[frame(T.parseComplete)]],
  [T.bind]: [[frame(T.bindComplete)]],
  [T.describe]: [[frame(T.noData)], [frame(T.rowDescription, Buffer.alloc(2))]],
  [T.execute]: [[frame(T.commandComplete, 'INSERT 0 1')], [frame(T.portalSuspended)], [frame(T.emptyQuery)]],
  [T.close]: [[frame(T.closeComplete)]],
  [T.sync]: [[frame(T.ready, Buffer.from('I'))]],
  [T.copyDone]: [[frame(T.commandComplete, 'COPY 3'), frame(T.ready, Buffer.from('I'))]],
  [T.functionCall]: [[frame(T.functionResult, int32(-1)), frame(T.ready, Buffer.from('I'))]],
};
const answersTo = (random: Random, asked: readonly Buffer[]): readonly Buffer[] =>
  asked.flatMap((one) => oneOf(random, ANSWERS[one[0] ?? 0] ?? [[]]));
const some = (random: Random, side: readonly Buffer[]): readonly Buffer[] =>
  Array.from({ length: 1 + random(8) }, () => oneOf(random, side));

interface Turn {
  readonly from: 'client' | 'target';
  readonly bytes: Buffer;
}

/** Both sides in turn: mostly a client that asks and a server that answers it, now and then either saying whatever. */
function conversation(random: Random): readonly Turn[] {
  const rate = oneOf(random, [12, 60, 300]);
  const turns: Turn[] = [];
  for (let n = 1 + random(3); n > 0; n -= 1) {
    const asked = some(random, CLIENT);
    if (random(8) > 0) turns.push({ from: 'client', bytes: stream(random, asked, rate) });
    const answered = random(5) === 0 ? some(random, TARGET) : answersTo(random, asked);
    if (random(8) > 0) turns.push({ from: 'target', bytes: stream(random, answered, rate) });
  }
  return turns;
}

/** Messages, of which three in `rate` have something wrong with them. */
function stream(random: Random, messages: readonly Buffer[], rate: number): Buffer {
  const parts: Buffer[] = [];
  for (const message of messages) {
    const one = Buffer.from(message);
    const wrong = random(rate);
    if (wrong === 0 && one.length > 5) one[random(one.length)] = random(256);
    else if (wrong === 1 && one.length >= 5) one.writeUInt32BE(lie(random, one.length - 1), 1);
    else if (wrong === 2) parts.push(one.subarray(0, random(one.length)));
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

/** One session of both sides' bytes in turn, each cut into pieces by `cut`. Whatever comes, it answers or says that it is broken. */
function relay(sides: readonly Turn[], cut: (bytes: Buffer) => readonly Buffer[]): Passed {
  const recorder = new MemoryRecorder();
  const judge = (_raw: Buffer, text: string): string | undefined => (text === 'select 2' ? 'no' : undefined);
  const follow = new FollowStatements(recorder.statements({ protocol: 'postgres', target: 't' }), judge, (text) => ({
    text,
    hidesValues: false,
  }));
  const out: Record<'client' | 'target', Buffer[]> = { client: [], target: [] };
  const rules = { client: CLIENT_TYPES, target: TARGET_TYPES };
  const splitter = (side: 'client' | 'target'): FrameSplitter =>
    new FrameSplitter(
      { of: (type) => rules[side].get(type), longestHeld: 1 << 20 },
      {
        begins: (type) => (side === 'target' ? follow.targetFlows(type) : undefined),
        flows: (buffer, start, end) => out[side].push(Buffer.from(buffer.subarray(start, end))),
        whole: (type, buffer, start, end) =>
          out[side].push(follow[side](type, buffer, start, end) ?? Buffer.from(buffer.subarray(start, end))),
      },
    );
  const splitters = { client: splitter('client'), target: splitter('target') };
  let broken: string | undefined;
  try {
    for (const { from, bytes } of sides) for (const piece of cut(bytes)) splitters[from].push(piece);
  } catch (error) {
    if (!(error instanceof BrokenFrame)) throw error;
    broken = error.message;
  }
  follow.close({ in: 0, out: 0 });
  if (recorder.all.some((one) => one.ended === undefined)) throw new Error('a statement has no end on the record');
  return {
    toTarget: Buffer.concat(out.client).toString('latin1'),
    toClient: Buffer.concat(out.target).toString('latin1'),
    record: JSON.stringify(recorder.all),
    broken,
  };
}

/** Texts of statements among whole messages, read as a server would, by nothing of the gateway's. */
function textsIn(sent: string): string[] {
  const texts: string[] = [];
  for (let at = 0; at + 5 <= sent.length;) {
    const length = Buffer.from(sent.slice(at + 1, at + 5), 'latin1').readUInt32BE(0);
    const body = sent.slice(at + 5, at + 1 + length);
    if (sent[at] === 'Q') texts.push(body.split('\0')[0] ?? '');
    if (sent[at] === 'P') texts.push(body.split('\0')[1] ?? '');
    at += 1 + Math.max(4, length);
  }
  return texts;
}

/**
 * A session of both sides' bytes ends in order or is broken off; it is taken the same in whatever pieces it comes, every
 * statement of it has an end on the record, and one that is refused does not go through.
 */
export const pgFrames: Parser = {
  name: 'pg-frames',
  reads: 'messages of PostgreSQL, both directions of a session in turn',
  mostMs: 100,
  beyond: 65,
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
    must(!textsIn(whole.toTarget).includes('select 2'), () => 'what was refused went through');
    if (whole.broken === undefined) return 'to its end';
    return whole.toTarget === '' && whole.toClient === '' ? AT_ONCE : 'broken on its way';
  },
};
