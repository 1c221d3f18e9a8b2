import { ColumnsBuilder, compileRules, type Columns, type CompiledRules } from '#spine/decide/sod/pass/index.ts';

/** How large a world is. */
export interface Scale {
  readonly identities: number;
  readonly entitlements: number;
  readonly rules: number;
}
export const HELD_EACH = 20;

/** Numbers that look random and are the same every time. */
export function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return Math.floor(((state >>> 0) / 2 ** 32) * below);
  };
}

export interface SodWorld {
  readonly columns: Columns;
  readonly rules: CompiledRules;
  readonly now: Date;
  /** Identity → the rules it is excepted from until a day after `now`. */
  readonly excepted: ReadonlyMap<number, readonly number[]>;
}

export const DAY = 86_400_000;

/**
 * Everybody holds twenty entitlements, few of them what many hold and most what few hold; one in twenty for a time only.
 * Rules keep apart functions of one to ten entitlements; one rule in ten names three; two in three rules share a function
 * with others. One identity in two hundred is excepted from some rule.
 */
export function makeWorld({ identities, entitlements, rules }: Scale, now: Date): SodWorld {
  const roll = dice(20_261);
  // Squared twice, so that the first are held by very many.
  const popular = (): number => {
    const u = roll(1 << 20) / (1 << 20);
    return Math.floor(entitlements * u * u);
  };
  // What everybody has is in no rule; half of what is in rules is held by many.
  const sensitive = (): number => {
    const u = roll(1 << 20) / (1 << 20);
    return Math.floor(entitlements * (0.002 + 0.998 * (roll(2) === 0 ? u : u * u)));
  };
  const functions = Array.from({ length: Math.ceil(rules * 1.2) }, () =>
    Array.from({ length: 1 + roll(10) }, () => `e${sensitive()}`),
  );
  const side = (i: number): { name: string; entitlementIds: string[] } => ({
    name: `f${i}`,
    entitlementIds: functions[i] ?? [],
  });
  const made = Array.from({ length: rules }, (_, r) => ({
    rule: {
      id: `r${r}`,
      name: `rule ${r}`,
      severity: 'high' as const,
      mode: 'record' as const,
      functions: [
        side(roll(functions.length)),
        side(roll(functions.length)),
        ...(r % 10 === 0 ? [side(roll(functions.length))] : []),
      ],
    },
  }));
  const known = Array.from({ length: entitlements }, (_, e) => ({ id: `e${e}`, systemId: `s${e % 50}` }));
  const compiled = compileRules(made, known);
  let others = compiled.entitlements.length;
  const numbers = Uint32Array.from(known, ({ id }) => compiled.numberOf.get(id) ?? others++);
  const columns = new ColumnsBuilder();
  const excepted = new Map<number, number[]>();
  for (let identity = 0; identity < identities; identity += 1) {
    for (let n = 0; n < HELD_EACH; n += 1) {
      const e = numbers[popular()] ?? 0;
      if (roll(20) > 0) columns.add(e);
      else {
        const from = now.getTime() + roll(30) * DAY;
        columns.add(e, from, roll(3) === 0 ? Infinity : from + (1 + roll(60)) * DAY);
      }
    }
    columns.endRow();
    if (identity % 200 === 0)
      excepted.set(
        identity,
        Array.from({ length: 50 }, () => roll(rules)),
      );
  }
  return { columns: columns.done(), rules: compiled, now, excepted };
}
