import { SftpChannel } from '#gateways/ssh/relay/sftp/sftp-channel.ts';
import type { FileTerms } from '#gateways/port.ts';
import { text, word } from '#gateways/ssh/wire/encode.ts';
import { AT_ONCE, type Parser } from '../parser.ts';
import { inPieces, mangled, must, oneOf, type Random } from '../random.ts';
import { captured } from '../seeds.ts';

const framed = (...parts: Buffer[]): Buffer => text(Buffer.concat(parts));
const OWN_ID = 0xfffffe00;
/** Answers to what the gateway itself asks: which file a path is. */
const named = (id: number, path: string): Buffer =>
  framed(Buffer.of(104), word(id), word(1), text(path), text(path), word(0));
const REQUESTS = [
  ...captured('sftp-requests'),
  framed(Buffer.of(3), word(900), text('/srv/secret/key'), word(1), word(0)),
  framed(Buffer.of(6), word(901), text('h'), word(0), word(0), text('content')),
  framed(Buffer.of(13), word(902), text('/srv/x')),
  framed(Buffer.of(200), word(903), text('posix-rename@openssh.com'), text('/a'), text('/b')),
  framed(Buffer.of(200), word(904), text('copy-data'), text('h'), word(0), word(0), word(0), word(0), text('i')),
];
const ANSWERS = [
  ...captured('sftp-answers'),
  ...[1, 2, 3].flatMap((n) => [named(OWN_ID + n, '/srv/open'), named(OWN_ID + n, '/srv/secret')]),
  framed(Buffer.of(103), word(901), text('content')),
  framed(Buffer.of(102), word(900), text('h')),
];
const TERMS: readonly (FileTerms | undefined)[] = [
  undefined,
  { direction: 'from_target', deniedPaths: [] },
  { direction: 'to_target', deniedPaths: [] },
  { direction: 'none', deniedPaths: [] },
  { direction: 'both', deniedPaths: ['/srv/secret'] },
];

function stream(random: Random, seeds: readonly Buffer[]): Buffer {
  const parts = Array.from({ length: 1 + random(5) }, () => {
    const one = oneOf(random, seeds);
    return random(6) === 0 ? mangled(random, one, seeds) : one;
  });
  return Buffer.concat(parts);
}

interface Side {
  readonly from: 'person' | 'target';
  readonly bytes: Buffer;
}
interface Passed {
  readonly toTarget: Buffer;
  readonly toPerson: string;
  readonly acts: string;
  readonly broken: boolean;
}

function relay(
  terms: FileTerms | undefined,
  sides: readonly Side[],
  cut: (bytes: Buffer) => readonly Buffer[],
): Passed {
  const [toTarget, toPerson, acts]: [Buffer[], Buffer[], unknown[]] = [[], [], []];
  let broken = false;
  const keep = (where: Buffer[]) => (bytes: Buffer) => {
    if (!broken) where.push(Buffer.from(bytes));
    return true;
  };
  const channel = new SftpChannel(terms, {
    toTarget: keep(toTarget),
    toPerson: keep(toPerson),
    resume: () => {},
    tell: (act) => void (broken || acts.push(act)),
    broken: () => (broken = true),
  });
  for (const { from, bytes } of sides) {
    for (const piece of cut(bytes)) {
      if (broken) break;
      if (from === 'person') channel.fromPerson(piece);
      else channel.fromTarget(piece);
    }
  }
  channel.end();
  return {
    toTarget: Buffer.concat(toTarget),
    toPerson: Buffer.concat(toPerson).toString('latin1'),
    acts: JSON.stringify(acts),
    broken,
  };
}

/** Types of whole messages in what reached the target, read by nothing of the gateway's. */
function typesIn(sent: Buffer): number[] {
  const types: number[] = [];
  for (let at = 0; at + 5 <= sent.length; at += 4 + sent.readUInt32BE(at)) types.push(sent[at + 4] ?? 0);
  return types;
}
const CHANGING = new Set([6, 9, 10, 13, 14, 15, 18, 20]);

/** Files under terms: nothing that changes the target gets there where files only come from it; pieces change nothing. */
export const sftp: Parser = {
  name: 'sftp',
  reads: 'SFTP, both directions of a channel in turn, with and without terms',
  mostMs: 100,
  beyond: 80,
  one: (random) => {
    const terms = oneOf(random, TERMS);
    const sides: Side[] = Array.from({ length: 1 + random(4) }, () => {
      const from = random(2) === 0 ? ('person' as const) : ('target' as const);
      return { from, bytes: stream(random, from === 'person' ? REQUESTS : ANSWERS) };
    });
    const whole = relay(terms, sides, (bytes) => [bytes]);
    const most = oneOf(random, [3, 40, 400]);
    const pieces = relay(terms, sides, (bytes) => inPieces(random, bytes, most));
    must(
      whole.broken === pieces.broken && whole.acts === pieces.acts,
      () => `otherwise in pieces: ${whole.acts} ${pieces.acts}`,
    );
    if (!whole.broken)
      must(
        whole.toTarget.equals(pieces.toTarget) && whole.toPerson === pieces.toPerson,
        () => 'other bytes passed when they came in pieces',
      );
    if (terms === undefined) {
      const said = Buffer.concat(sides.filter(({ from }) => from === 'person').map(({ bytes }) => bytes));
      must(whole.toTarget.equals(said), () => 'without terms a byte did not go on as it came');
    } else if (terms.direction === 'from_target' || terms.direction === 'none') {
      const changing = typesIn(whole.toTarget).find((type) => CHANGING.has(type));
      must(changing === undefined, () => `a message of type ${changing} reached the target`);
    }
    if (!whole.broken) return whole.acts === '[]' ? 'to its end, nothing done' : 'to its end';
    return whole.toTarget.length === 0 && whole.toPerson === '' ? AT_ONCE : 'broken on its way';
  },
};
