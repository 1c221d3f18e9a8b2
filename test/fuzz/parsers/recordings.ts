import { decodeLines, encodeLine, packChunk, unpackChunk, type Line } from '#guard/sessions/recording/format.ts';
import { InertOutput } from '#guard/sessions/recording/inert-output.ts';
import { ShownLines } from '#guard/sessions/recording/shown-lines.ts';
import { AT_ONCE, type Parser } from '../parser.ts';
import { mangled, must, oneOf, type Random } from '../random.ts';
import { captured } from '../seeds.ts';

const SHOWN = captured('terminal');
const KINDS = ['shell', 'exec', 'subsystem', 'statements'];
const statement = (n: number): readonly Line[] => [
  { k: 'text', t: 5, c: 1, s: n, text: "select 'x' -- \u001b]0;y\u0007" },
  { k: 'q', t: 5, c: 1, n, s: n, via: 'simple', values: ['a', null, { hex: '00ff' }, { hidden: true }] },
  { k: 'd', t: 6, c: 1, n, us: 10, tag: 'SELECT 1', rows: 1 },
];

/** Lines as a recorder writes them. */
function lines(random: Random): Line[] {
  const output = (): Line => ({
    k: 'o',
    t: random(1000),
    c: random(3),
    ...(random(4) === 0 ? { e: true } : {}),
    data: oneOf(random, SHOWN),
  });
  return Array.from({ length: 1 + random(4) }, (): readonly Line[] => {
    switch (random(6)) {
      case 0:
        return [{ k: 'start', t: 0, c: random(3), kind: oneOf(random, KINDS), command: 'id', cols: 80, rows: 24 }];
      case 1:
        return [{ k: 'r', t: 1, c: random(3), cols: random(400), rows: 24 }];
      case 2:
        return [{ k: 'end', t: 9, c: random(3), code: 0, bytesIn: 1, bytesOut: 2, sha256: 'ab' }];
      case 3:
        return statement(random(9));
      default:
        return [output()];
    }
  }).flat();
}
const bodyOf = (all: readonly Line[]): Buffer =>
  Buffer.concat(
    all.flatMap((line) => {
      const { text, data = Buffer.alloc(0) } = encodeLine(line);
      return [Buffer.from(text), data];
    }),
  );
const CODECS = ['none', 'gzip', 'zstd'] as const;

/** A chunk's body is read as it was written, or said to be none; whatever is in it can be shown. */
export const recordings: Parser = {
  name: 'recordings',
  reads: 'chunks of recordings and their lines, as they are shown',
  mostMs: 100,
  beyond: 60,
  one: (random) => {
    const all = lines(random);
    const body = bodyOf(all);
    const asWritten = random(3) === 0;
    const bytes = asWritten ? body : mangled(random, body, SHOWN);
    const read: Line[] = [];
    let whole = true;
    try {
      for (const line of decodeLines(bytes)) read.push(line);
    } catch (error) {
      whole = false;
      must(error instanceof Error && !asWritten, () => `not read again: ${String(error)}`);
      must(!(error instanceof RangeError) && !(error instanceof TypeError), () => `not judged: ${String(error)}`);
    }
    if (asWritten) {
      must(bodyOf(read).equals(body), () => 'read otherwise than it was written');
      const shown = new ShownLines();
      for (const { data, code } of read.flatMap((line) => [...shown.take(line)]))
        must(code !== 'o' || isInert(data), () => `shown: ${JSON.stringify(data)}`);
    }
    const chunk = packChunk(oneOf(random, CODECS), Buffer.alloc(32, random(256)), bytes.subarray(0, 64));
    const unpacked = unpackChunk(random(2) === 0 ? chunk : mangled(random, chunk, [body]));
    must(unpacked === undefined || unpacked.previous.length === 32, () => 'a chunk that follows no digest');
    if (read.length === 0 && unpacked === undefined) return AT_ONCE;
    return `${whole ? 'all lines' : read.length === 0 ? 'no line' : 'some lines'}, ${unpacked === undefined ? 'no chunk' : 'a chunk'}`;
  },
};

/** What stays of a text when everything a screen may be made to do by a recording is taken out, said apart from it. */
const HARMLESS =
  // oxlint-disable-next-line no-control-regex -- controls are what it looks for
  /\u001b(?:[78DEHM]|[()*+][0AB]|#[3-68]|\[(?:[0-9;:]*[@A-MPSTXZ`abdefgmrsu]|\?(?:5|6|7|12|25|47|1047|1048|1049)(?:;(?:5|6|7|12|25|47|1047|1048|1049))*[hl]|[0-9;]*[hl]|[0-9]* q|\?[0-2]?[JK]))/gu;
const isInert = (shown: string): boolean =>
  // oxlint-disable-next-line no-control-regex -- controls are what it looks for
  !/[\u0000-\u0006\u000e-\u001f\u007f-\u009f]/u.test(shown.replaceAll(HARMLESS, ''));

const HOSTILE = [
  '\u001b]52;c;eA==\u0007',
  '\u001b[6n',
  '\u009d0;t\u009c',
  '\u001bP1\u001b\\',
  '\u001b\n]2;x\u0007',
  '\u001bk',
  '\u001b[?1h',
  '\u001b[999999b',
].map((one) => Buffer.from(one));

/** Output is inert whatever it is, in whatever pieces it comes. */
export const shownOutput: Parser = {
  name: 'shown-output',
  reads: 'what a target shows, as it is played',
  mostMs: 100,
  beyond: 90,
  one: (random) => {
    const parts = Array.from({ length: 1 + random(6) }, () => oneOf(random, random(3) === 0 ? HOSTILE : SHOWN));
    const bytes = mangled(random, Buffer.concat(parts), HOSTILE);
    const shown = bytes.toString(random(3) === 0 ? 'latin1' : 'utf8');
    const whole = new InertOutput().write(shown);
    must(isInert(whole), () => `not inert: ${JSON.stringify(whole)}`);
    const inert = new InertOutput();
    let cut = '';
    for (let at = 0; at < shown.length;) {
      const take = 1 + random(12);
      cut += inert.write(shown.slice(at, at + take));
      at += take;
    }
    must(
      cut === whole,
      () => `shown otherwise in pieces: ${JSON.stringify(shown)}\n${JSON.stringify(whole)}\n${JSON.stringify(cut)}`,
    );
    return whole === '' ? AT_ONCE : whole === shown ? 'shown as it came' : 'shown without what is in it';
  },
};
