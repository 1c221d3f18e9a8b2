import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { until } from '#kit/testing/index.ts';
import { Outbox } from './outbox.ts';

/** Encrypts nothing. */
class AESGCMCipherBinding {
  readonly _instance = {};
  allocPacket: (length: number) => Buffer = Buffer.alloc;
  _onWrite: (packet: Buffer) => void = () => {};
}

/** The other end: it takes what is written at once, or piece by piece when told. */
function peer() {
  const socket = new Socket();
  const got: string[] = [];
  const waiting: (() => void)[] = [];
  let holds = false;
  Object.assign(socket, {
    _writev: null,
    _write: (chunk: Buffer, _encoding: string, done: () => void) => {
      const take = (): void => {
        got.push(chunk.toString('latin1'));
        done();
      };
      if (holds) waiting.push(take);
      else take();
    },
  });
  const cipher = new AESGCMCipherBinding();
  new Outbox(socket).adopt(cipher);
  return {
    say: (text: string): void => {
      const packet = cipher.allocPacket(text.length);
      packet.write(text, 5, 'latin1');
      cipher._onWrite(packet);
    },
    said: () => got.join(''),
    writes: () => got.length,
    hold: () => (holds = true),
    takeOne: () => waiting.shift()?.(),
    take: () => {
      holds = false;
      for (const taken of waiting.splice(0)) taken();
    },
  };
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('packets of one turn leave in one write, in order', async () => {
  const a = peer();
  a.say('one');
  a.say('two');
  await turn();
  a.say('three');
  await turn();
  expect(a.writes()).toBe(2);
  expect(a.said()).toMatch(/^.*one.*two.*three/su);
});

test('what is not written yet is not written over, by the same connection or by another', async () => {
  const [a, b] = [peer(), peer()];
  a.hold();
  const expected: string[] = [];
  for (let i = 0; i < 400; i += 1) {
    const text = `${i}:${'x'.repeat(2000)};`;
    a.say(text);
    b.say(`other ${'y'.repeat(3000)}`);
    expected.push(text);
    if (i % 7 === 0) await turn();
  }
  await turn();
  a.take();
  await until(() => a.said().includes(`${expected.at(-1)}`), { timeoutMs: 5_000, what: 'all of it is written' });
  const said = a.said();
  expect(expected.filter((text) => !said.includes(text)).length).toBe(0);
  expect(said.includes('yyyy')).toBe(false);
  expect(b.said().includes('xxxx')).toBe(false);
});

test('what waits behind a piece that was taken keeps its place, sent or not', async () => {
  const [a, b] = [peer(), peer()];
  const speakOver = async (): Promise<void> => {
    for (let i = 0; i < 60; i += 1) b.say('y'.repeat(9000));
    await turn();
  };
  a.hold();
  for (const text of ['one', 'two']) {
    a.say(`<${text}>`.padEnd(2000, '.'));
    await turn();
  }
  a.takeOne();
  await speakOver();
  a.say('<three>');
  a.take();
  await speakOver();
  expect(a.said().match(/<[a-z]+>/gu)).toEqual(['<one>', '<two>', '<three>']);
});

test('connections over which nothing flows hold no memory for what they will say', async () => {
  const before = process.memoryUsage().arrayBuffers;
  const all = Array.from({ length: 200 }, () => peer());
  for (const each of all) {
    each.say('hello');
    await turn();
  }
  expect((process.memoryUsage().arrayBuffers - before) / all.length).toBeLessThan(64 * 1024);
  expect(all.every((each) => each.said().includes('hello'))).toBe(true);
});
