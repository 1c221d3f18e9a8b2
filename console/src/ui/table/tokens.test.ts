import { describe, expect, test } from 'vitest';
import { parseTokens, suggest, withToken } from './tokens.ts';

const facets = {
  state: { label: 'State', values: ['active', 'leaver', 'pre_hire'] },
  department: { label: 'Department' },
};

describe('a filter line is read as tokens and words', () => {
  test('in any order, with quotes around spaces', () => {
    expect(parseTokens('lena state:active department:"Real estate" berg', facets)).toEqual({
      filters: { state: 'active', department: 'Real estate' },
      words: 'lena berg',
      problems: [],
    });
  });
  test('a key or value nobody knows is named with the nearest that is', () => {
    expect(parseTokens('sate:active', facets).problems).toEqual(['There is no filter “sate”. Did you mean “state”?']);
    expect(parseTokens('state:leavr', facets).problems).toEqual(['“leavr” is no state. Did you mean “leaver”?']);
    expect(parseTokens('state:xyzzy', facets).problems[0]).toContain('there are active, leaver, pre_hire');
  });
  test('the empty line filters nothing', () => {
    expect(parseTokens('', facets)).toEqual({ filters: {}, words: '', problems: [] });
  });
});

test('one token is changed or dropped without touching the rest', () => {
  expect(withToken('lena state:active', 'state', 'leaver')).toBe('lena state:leaver');
  expect(withToken('state:active lena', 'state', undefined)).toBe('lena');
  expect(withToken('', 'department', 'Real estate')).toBe('department:"Real estate"');
});

test('suggestions are facets first, then the values of the one begun', () => {
  expect(suggest('', facets).map(({ text }) => text)).toEqual(['state:', 'department:']);
  expect(suggest('lena st', facets).map(({ text }) => text)).toEqual(['lena state:']);
  expect(suggest('lena state:', facets).map(({ text }) => text)).toEqual([
    'lena state:active ',
    'lena state:leaver ',
    'lena state:pre_hire ',
  ]);
});
