import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sshPublicKey } from '#kit/crypto/index.ts';
import { DEFAULT_RULES, generatorRules, newPassword, newValue } from './generate-value.ts';

const rules = fc.record({
  length: fc.integer({ min: 16, max: 127 }),
  lower: fc.boolean(),
  upper: fc.boolean(),
  digits: fc.boolean(),
  signs: fc.constantFrom('', '-', '-_.', '!#%+'),
  without: fc.constantFrom('', 'l1IO0', 'abc'),
});

test('a password has one of each class its rules ask for, is as long as they say, and has nothing they exclude', () => {
  fc.assert(
    fc.property(rules, (given) => {
      const parsed = generatorRules.safeParse(given);
      fc.pre(parsed.success);
      const made = newPassword(parsed.data).toString('latin1');
      expect(made).toHaveLength(given.length);
      for (const [asked, pattern] of [
        [given.lower, /[a-z]/u],
        [given.upper, /[A-Z]/u],
        [given.digits, /\d/u],
        [given.signs !== '', /[^A-Za-z0-9]/u],
      ] as const)
        expect(pattern.test(made)).toBe(asked);
      expect([...made].some((char) => given.without.includes(char))).toBe(false);
      if (given.lower || given.upper || given.digits) expect(made).toMatch(/^[A-Za-z0-9]/u);
    }),
  );
});

test('rules that leave too little to choose from are refused', () => {
  for (const given of [
    { lower: false, upper: false, digits: false, signs: '' },
    { length: 12, lower: false, upper: false, digits: true, signs: '' },
    { digits: true, without: '0123456789' },
    { signs: '\n' },
  ])
    expect(generatorRules.safeParse(given).success).toBe(false);
});

test('two passwords are never the same, and a key has a public half', () => {
  const made = new Set(Array.from({ length: 500 }, () => newPassword(DEFAULT_RULES).toString()));
  expect(made.size).toBe(500);
  expect(sshPublicKey(newValue('ssh_key', DEFAULT_RULES))).toMatch(/^ssh-ed25519 AAAA/u);
});
