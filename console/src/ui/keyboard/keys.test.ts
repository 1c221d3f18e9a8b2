import { describe, expect, test } from 'vitest';
import { isTyping, nameOf, needsModifier, shownKeys, stepChord, type KeyPress } from './keys.ts';

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...more,
});

describe('a key has one name', () => {
  test('whatever the case the keyboard reports', () => {
    expect(nameOf(press('J'))).toBe('j');
    expect(nameOf(press('Enter'))).toBe('enter');
    expect(nameOf(press(' '))).toBe('space');
  });
  test('shift counts before a letter and not where it only makes the sign', () => {
    expect(nameOf(press('X', { shiftKey: true }))).toBe('shift+x');
    expect(nameOf(press('?', { shiftKey: true }))).toBe('?');
    expect(nameOf(press('{', { shiftKey: true }))).toBe('{');
  });
  test('command and control are the same modifier', () => {
    expect(nameOf(press('k', { metaKey: true }))).toBe('mod+k');
    expect(nameOf(press('k', { ctrlKey: true }))).toBe('mod+k');
  });
});

describe('two keys make a chord', () => {
  const known = new Set(['g i', 'g s', '/', 'mod+k']);
  test('the first waits, the second runs', () => {
    expect(stepChord(undefined, 'g', known)).toEqual({ pending: 'g' });
    expect(stepChord('g', 'i', known)).toEqual({ run: 'g i' });
  });
  test('a second key that leads nowhere is taken as a first', () => {
    expect(stepChord('g', '/', known)).toEqual({ run: '/' });
    expect(stepChord('g', 'g', known)).toEqual({ pending: 'g' });
    expect(stepChord('g', 'q', known)).toEqual({});
  });
  test('an unknown key does nothing', () => {
    expect(stepChord(undefined, 'q', known)).toEqual({});
  });
});

describe('single keys stay out of the way of typing', () => {
  test('in a text field, not on a row', () => {
    expect(isTyping({ closest: () => ({}) })).toBe(true);
    expect(isTyping({ closest: () => null })).toBe(false);
    expect(isTyping(null)).toBe(false);
  });
  test('only keys with a modifier are free of that', () => {
    expect(needsModifier('j')).toBe(true);
    expect(needsModifier('g i')).toBe(true);
    expect(needsModifier('mod+k')).toBe(false);
  });
});

test('a shortcut is shown the way the keyboard is labelled', () => {
  expect(shownKeys('mod+k', true)).toEqual(['⌘K']);
  expect(shownKeys('mod+k', false)).toEqual(['Ctrl+K']);
  expect(shownKeys('g i', false)).toEqual(['G', 'I']);
  expect(shownKeys('shift+x', true)).toEqual(['⇧X']);
});
