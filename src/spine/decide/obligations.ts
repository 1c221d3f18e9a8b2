import type { Obligation } from './port.ts';

/**
 * Obligations are written on a permit as `@obligation("record, max_seconds=3600, approval=2")`: kinds between commas,
 * each with a value where its kind has one. A decision carries those of every permit that decided; of two values for
 * one kind the stricter holds, because whoever allows with a condition must not be undone by whoever allows without.
 */

/** How a kind's value is read when it is not written, and which of two values is the stricter. */
const KINDS: ReadonlyMap<
  string,
  { readonly kind: Obligation['kind']; readonly value: 'none' | 'least' | 'most'; readonly unwritten?: number }
> = new Map([
  ['record', { kind: 'record', value: 'none' }],
  // Observers who must watch.
  ['four_eyes', { kind: 'four_eyes', value: 'most', unwritten: 1 }],
  // Seconds since the last strong sign-in; 0 asks for one now.
  ['step_up', { kind: 'step_up', value: 'least', unwritten: 0 }],
  // Longest time the access may last.
  ['max_seconds', { kind: 'max_seconds', value: 'least' }],
  // Approvals by different people.
  ['approval', { kind: 'approval', value: 'most', unwritten: 1 }],
]);

export type ReadObligations =
  | { readonly ok: true; readonly obligations: readonly Obligation[] }
  | { readonly ok: false; readonly message: string; readonly help: string };

/** Reads an annotation's text. */
export const readObligations = (annotation: string | undefined): ReadObligations => {
  const obligations: Obligation[] = [];
  for (const part of (annotation ?? '').split(',').map((p) => p.trim())) {
    if (part === '') continue;
    const [name = '', written, ...more] = part.split('=').map((p) => p.trim());
    const known = KINDS.get(name);
    if (known === undefined) {
      return { ok: false, message: `\`${name}\` is no obligation`, help: `one of ${[...KINDS.keys()].join(', ')}` };
    }
    if (known.value === 'none' ? written !== undefined : written === undefined && known.unwritten === undefined) {
      return {
        ok: false,
        message: `\`${part}\` ${written === undefined ? 'needs a value' : 'takes no value'}`,
        help: `write \`${name}${written === undefined ? '=…' : ''}\``,
      };
    }
    if (more.length > 0 || (written !== undefined && !/^[0-9]{1,9}$/.test(written))) {
      return { ok: false, message: `\`${part}\` has no whole number as its value`, help: `write \`${name}=3\`` };
    }
    const value = written === undefined ? known.unwritten : Number(written);
    obligations.push(value === undefined ? { kind: known.kind } : { kind: known.kind, value });
  }
  return { ok: true, obligations };
};

/** All of them, one for each kind, the stricter value where two policies name one. Ordered by kind. */
export const uniteObligations = (all: readonly Obligation[]): readonly Obligation[] => {
  const byKind = new Map<string, Obligation>();
  for (const obligation of all) {
    const other = byKind.get(obligation.kind);
    byKind.set(obligation.kind, other === undefined ? obligation : stricter(obligation, other));
  }
  return [...byKind.values()].sort((a, b) => (a.kind < b.kind ? -1 : 1));
};

const stricter = (a: Obligation, b: Obligation): Obligation => {
  if (a.value === undefined || b.value === undefined) return a.value === undefined ? b : a;
  const least = KINDS.get(a.kind)?.value === 'least';
  return (least ? a.value <= b.value : a.value >= b.value) ? a : b;
};
