import { expect, test } from 'vitest';
import { toSite } from '#gateways/http/relay/response-headers.ts';
import { decodeLines } from '#guard/sessions/recording/format.ts';
import { InertOutput } from '#guard/sessions/recording/inert-output.ts';
import { fuzz, shareBeyond } from './fuzz.ts';
import { AT_ONCE, type Parser } from './parser.ts';
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

test('an address of an application leads to its site, however many slashes browsers take for two', () => {
  const how = { targetOrigin: 'https://wiki.internal:8443', siteOrigin: 'https://wiki.web.example.org', path: '/' };
  for (const [from, to] of [
    ['https://wiki.internal:8443/a//b?x=%2F#y', '/a//b?x=%2F#y'],
    ['//wiki.internal:8443/a', '/a'],
    ['https:/wiki.internal:8443/a', '/wiki.internal:8443/a'],
    ['https:///wiki.internal:8443/a?b#c', '/a?b#c'],
    ['\\\\\\wiki.internal:8443\\a', '/a'],
  ] as const)
    expect([from, toSite(from, how)]).toEqual([from, `${how.siteOrigin}${to}`]);
  expect(toSite('https://wiki.internal:8443@elsewhere.example/x', how)).toContain('@elsewhere.example');
});

test('a parser that crashes, stands still or keeps what it was given is found out, with the seed of the very input', () => {
  const of = (one: (random: (below: number) => number) => void): Parser => ({
    name: 'bad',
    reads: 'nothing',
    mostMs: 5,
    beyond: 50,
    one: (random) => {
      one(random);
      return 'read';
    },
  });
  const crash = of((random) => {
    if (random(100) === 0) throw new Error('crashed');
  });
  expect(() => fuzz(crash, { inputs: 5_000, seed: 1 })).toThrow(/bad, seed \d+: crashed/u);
  const slow = of((random) => {
    if (random(300) !== 0) return;
    for (const from = process.cpuUsage(); process.cpuUsage(from).user < 8_000;);
  });
  expect(() => fuzz(slow, { inputs: 1_000, seed: 1 })).toThrow(/bad, seed \d+: took \d+ ms/u);
  const kept: unknown[] = [];
  let n = 0;
  const leaks = of(() => {
    n += 1;
    if (n > 2_050) kept.push(Array.from({ length: 20_000 }, (_, i) => i));
  });
  expect(() => fuzz(leaks, { inputs: 2_300, seed: 1 })).toThrow(/bad, from seed 1 on: \d+ MiB stayed/u);
  const dull: Parser = { ...of(() => {}), one: (random) => (random(3) === 0 ? 'read' : AT_ONCE) };
  expect(() => fuzz(dull, { inputs: 500, seed: 1 })).toThrow(/bad, from seed 1 on: only \d+\.\d % of inputs were not/u);
  expect(shareBeyond(fuzz({ ...dull, beyond: 20 }, { inputs: 500, seed: 1 }))).toBeGreaterThan(0.2);
});
