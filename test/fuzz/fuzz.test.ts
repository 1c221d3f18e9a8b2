import { expect, test } from 'vitest';
import { decodeLines } from '#guard/sessions/recording/format.ts';
import { InertOutput } from '#guard/sessions/recording/inert-output.ts';
import { fuzz } from './fuzz.ts';
import { parsers } from './parsers/index.ts';

/** What strangers write, at random, to each reader of it. For long: `npm run chaos -- fuzz --parser NAME`. */
test.each(parsers)('$name: no input crashes, hangs or is taken for what it is not, of $reads', (parser) => {
  expect(fuzz(parser, { inputs: 500, seed: 1 }).inputs).toBe(500);
});

test('what a run found once stays mended: a colour beyond all numbers, a line of a recording that is none', () => {
  const colour = '\u001b[9999997mx';
  const inert = new InertOutput();
  expect(new InertOutput().write(colour)).toBe([...colour].map((one) => inert.write(one)).join(''));
  expect(new InertOutput().write('\u001b[?1049;hx')).toBe('x');
  for (const line of ['null\n', '7\n', '"o"\n'])
    expect(() => [...decodeLines(Buffer.from(line))]).toThrow('a line of a recording is none');
});

test('a parser that crashes, stands still or keeps what it was given is found out, with the seed of the very input', () => {
  const of = (one: (random: (below: number) => number) => void) => ({ name: 'bad', reads: 'nothing', mostMs: 5, one });
  const crash = of((random) => {
    if (random(100) === 0) throw new Error('crashed');
  });
  expect(() => fuzz(crash, { inputs: 5_000, seed: 1 })).toThrow(/bad, seed \d+: crashed/u);
  const slow = of((random) => {
    if (random(300) !== 0) return;
    for (const end = performance.now() + 7; performance.now() < end;);
  });
  expect(() => fuzz(slow, { inputs: 1_000, seed: 1 })).toThrow(/bad, seed \d+: took \d+ ms/u);
  const kept: unknown[] = [];
  let n = 0;
  const leaks = of(() => {
    n += 1;
    if (n > 2_050) kept.push(Array.from({ length: 20_000 }, (_, i) => i));
  });
  expect(() => fuzz(leaks, { inputs: 2_300, seed: 1 })).toThrow(/bad, from seed 1 on: \d+ MiB stayed/u);
});
