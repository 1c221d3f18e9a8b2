import { expect, test } from 'vitest';
import { text } from '../../wire/encode.ts';
import { AgentChannel } from './agent-channel.ts';
import { AgentMessages, LONGEST_MESSAGE } from './read-agent.ts';

test('K14: a message that comes a byte at a time costs no more than its bytes', () => {
  const messages = new AgentMessages();
  const whole = text(Buffer.alloc(LONGEST_MESSAGE, 7));
  const began = performance.now();
  for (let at = 0; at < whole.length; at += 1) {
    if (messages.next() !== undefined) throw new Error('a message before it was whole');
    messages.add(whole.subarray(at, at + 1));
  }
  expect(messages.next()?.length).toBe(LONGEST_MESSAGE);
  // milliseconds; many seconds where each byte moves all those before it
  expect(performance.now() - began).toBeLessThan(2000);
});

test('messages stay as they were taken, whatever comes after them', () => {
  const messages = new AgentMessages();
  const taken: Buffer[] = [];
  for (let n = 0; n < 200; n += 1) {
    messages.add(Buffer.concat([text(Buffer.alloc(100, n)), text(Buffer.alloc(33, n))]));
    for (let one = messages.next(); one !== undefined; one = messages.next()) taken.push(one);
  }
  expect(taken).toHaveLength(400);
  for (const [at, one] of taken.entries()) expect([...new Set(one)]).toEqual([Math.floor(at / 2)]);
});

test('K14: a target that sends on while an answer is owed breaks the protocol before much is kept', () => {
  let broken = '';
  let passed = 0;
  const channel = new AgentChannel({
    toPerson: () => (passed += 1) > 0,
    toTarget: () => true,
    resume: () => {},
    refused: () => {},
    signed: () => true,
    broken: (by) => (broken = by),
  });
  const list = text(Buffer.of(11));
  // 5000 bytes at a time, a mebibyte in all
  const flood = Buffer.concat(Array.from({ length: 1000 }, () => list));
  let sent = 0;
  for (let times = 0; times < 210; times += 1) {
    channel.fromTarget(flood);
    if (broken === '') sent += flood.length;
  }
  expect(broken).toBe('target');
  expect(sent).toBeLessThan(3 * LONGEST_MESSAGE);
  expect(passed).toBe(1);
});
