import { describe, expect, test } from 'vitest';
import { density, parseCast, shorten, transcript } from './cast.ts';

const v2 = [
  '{"version":2,"width":100,"height":30}',
  '[0.5,"o","$ "]',
  '[1.0,"o","ls\\r\\n"]',
  '[61,"o","\\u001b[1;34metc\\u001b[0m  var\\r\\n"]',
].join('\n');

describe('a recording is read', () => {
  test('in version 2, with absolute times', () => {
    const cast = parseCast(v2);
    expect(cast).toMatchObject({ columns: 100, rows: 30, seconds: 61, cut: false });
    expect(cast.events.map(({ at }) => at)).toEqual([0.5, 1, 61]);
  });
  test('in version 3, with times since the event before', () => {
    const cast = parseCast('{"version":3,"term":{"cols":90,"rows":20}}\n[0.5,"o","a"]\n# a comment\n[0.25,"o","b"]\n');
    expect(cast).toMatchObject({ columns: 90, rows: 20 });
    expect(cast.events.map(({ at }) => at)).toEqual([0.5, 0.75]);
  });
  test('up to its last whole line when it was cut', () => {
    const cast = parseCast(`${v2}\n[62,"o","hal`);
    expect(cast.cut).toBe(true);
    expect(cast.events).toHaveLength(3);
  });
  test('and refused when it is something else', () => {
    expect(() => parseCast('<html>')).toThrow('JSON');
  });
});

test('pauses are shortened and everything after moves up', () => {
  const { events } = parseCast(v2);
  expect(shorten(events, 2)).toEqual([0.5, 1, 3]);
  expect(shorten(events, undefined)).toEqual([0.5, 1, 61]);
});

test('output is counted where it falls on the time line', () => {
  const { events } = parseCast(v2);
  const lanes = density(events, shorten(events, undefined), 2);
  expect(lanes[0]).toBe(6);
  expect(lanes[1]).toBeGreaterThan(6);
});

describe('the transcript is what could be read on the screen', () => {
  test('without colours, one line each, tied to the event that began it', () => {
    expect(transcript(parseCast(v2).events)).toEqual([
      { text: '$ ls', event: 0 },
      { text: 'etc  var', event: 2 },
    ]);
  });
  test('with corrections applied: backspace and carriage return overwrite', () => {
    expect(transcript([{ at: 0, code: 'o', data: 'cat x\b \by\r\nabc\rX\n' }]).map(({ text }) => text)).toEqual([
      'cat y',
      'Xbc',
    ]);
  });
  test('and without what was typed: passwords are not echoed', () => {
    expect(transcript([{ at: 0, code: 'i', data: 'hunter2' }])).toEqual([]);
  });
});
