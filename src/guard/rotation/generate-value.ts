import { newSshKey, randomSecret } from '#kit/crypto/index.ts';
import { z } from 'zod';

interface Rules {
  readonly length: number;
  readonly lower: boolean;
  readonly upper: boolean;
  readonly digits: boolean;
  readonly signs: string;
  readonly without: string;
}

/** What new passwords of a target are made of. Every rule has a default that passes what password rules usually ask for. */
export const generatorRules = z
  .strictObject({
    length: z.int().min(12).max(127).default(36),
    lower: z.boolean().default(true),
    upper: z.boolean().default(true),
    digits: z.boolean().default(true),
    /** Signs a password has at least one of; none: no signs. */
    signs: z
      .string()
      .max(32)
      .regex(/^[!-/:-@[-`{-~]*$/, 'has signs of ASCII only')
      .default('-'),
    /** Characters that are never used, such as those that look alike or that a program cannot take. */
    without: z.string().max(64).default(''),
  })
  .refine((r: Rules) => classesOf(r).length > 0, {
    error: 'leaves no characters to make a password of',
    path: ['without'],
  })
  .refine((r: Rules) => classesOf(r).length === kindsOf(r).length, {
    error: 'leaves none of a class of characters that is asked for',
    path: ['without'],
  })
  .refine((r: Rules) => strength(r) >= 80, {
    error: 'leaves too few characters for its length: a password has to have 80 random bits',
    path: ['length'],
  });
export type GeneratorRules = z.output<typeof generatorRules>;

/** For targets of which nothing else was said. */
export const DEFAULT_RULES: GeneratorRules = generatorRules.parse({});

function kindsOf(rules: Rules): string[] {
  return [
    ...(rules.lower ? ['abcdefghijklmnopqrstuvwxyz'] : []),
    ...(rules.upper ? ['ABCDEFGHIJKLMNOPQRSTUVWXYZ'] : []),
    ...(rules.digits ? ['0123456789'] : []),
    ...(rules.signs === '' ? [] : [rules.signs]),
  ];
}

function classesOf(rules: Rules): string[] {
  return kindsOf(rules)
    .map((chars) => [...new Set(chars)].filter((char) => !rules.without.includes(char)).join(''))
    .filter((chars) => chars !== '');
}

function strength(rules: Rules): number {
  return rules.length * Math.log2(Math.max(1, classesOf(rules).join('').length));
}

/**
 * A password by the rules, uniform among those that have one character of each class. It begins with a letter or digit
 * where there are any: what begins with a sign is read as an option by some programs. The Buffer is the caller's to wipe.
 */
export function newPassword(rules: GeneratorRules = DEFAULT_RULES): Buffer {
  const classes = classesOf(rules);
  const alphabet = [...new Set(classes.join(''))].join('');
  const first = [...alphabet].filter((char) => /[A-Za-z0-9]/u.test(char)).join('') || alphabet;
  for (;;) {
    const made = Buffer.from(Array.from({ length: rules.length }, (_, i) => pick(i === 0 ? first : alphabet)));
    if (classes.every((chars) => made.some((byte) => chars.includes(String.fromCodePoint(byte))))) return made;
    made.fill(0);
  }
}

/** One character, each as likely: a byte that would favour some is thrown away. */
function pick(alphabet: string): number {
  const limit = 256 - (256 % alphabet.length);
  for (;;) {
    const [byte = 255] = randomSecret(1);
    if (byte < limit) return alphabet.codePointAt(byte % alphabet.length) ?? 0;
  }
}

/** A new value of a kind that Reeve makes itself. */
export const newValue = (kind: 'password' | 'ssh_key', rules: GeneratorRules): Buffer =>
  kind === 'password' ? newPassword(rules) : newSshKey().privateKey;
