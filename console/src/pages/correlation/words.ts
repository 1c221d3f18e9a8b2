import type { CorrelationRules } from '../../api/correlation.ts';

export const WEIGHTS: readonly (readonly [keyof CorrelationRules['weights'], string])[] = [
  ['employeeId', 'Employee id'],
  ['mailAddress', 'Mail address'],
  ['username', 'User name'],
  ['fullName', 'Full name'],
  ['accountElsewhere', 'Account of that name elsewhere'],
];
export const THRESHOLDS: readonly (readonly [Exclude<keyof CorrelationRules, 'weights'>, string, string])[] = [
  ['sure', 'Sure', 'At least this, and nobody else nearly as likely: linked without asking.'],
  ['worthAsking', 'Worth asking', 'Less than this opens no case.'],
  ['margin', 'Margin', 'Somebody within this of the best makes it ambiguous.'],
  ['alike', 'Names alike', 'Less alike than this says nothing.'],
  ['unlike', 'Names unlike', 'Less alike than this speaks against.'],
];

/** `username 0.85, full name 0.80` */
export const partsText = (parts: readonly { readonly attribute: string; readonly score: number }[]): string =>
  parts.map((part) => `${part.attribute} ${part.score.toFixed(2)}`).join(', ');

/** What is in the editor, as numbers; undefined where one is none between 0 and 1. */
export function rulesOf(typed: Readonly<Record<string, string>>): CorrelationRules | undefined {
  const names = [...WEIGHTS.map(([name]) => name), ...THRESHOLDS.map(([name]) => name)];
  const numbers = Object.fromEntries(
    names.map((name) => [name, Number(typed[name] === '' ? Number.NaN : typed[name])]),
  );
  if (Object.values(numbers).some((n) => !(n >= 0 && n <= 1))) return undefined;
  const of = (all: readonly (readonly [string, ...string[]])[]): Record<string, number> =>
    Object.fromEntries(all.map(([name]) => [name, numbers[name] ?? 0]));
  return { ...of(THRESHOLDS), weights: of(WEIGHTS) } as unknown as CorrelationRules;
}
export const typedOf = (rules: CorrelationRules): Record<string, string> =>
  Object.fromEntries([
    ...WEIGHTS.map(([name]) => [name, String(rules.weights[name])] as const),
    ...THRESHOLDS.map(([name]) => [name, String(rules[name])] as const),
  ]);
