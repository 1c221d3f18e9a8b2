import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CompiledPolicies } from './compiled-policies.ts';
import { askCedar, askReeve, readPolicies, type Policies } from './reference/ask-cedar.ts';
import { entities, openPermits, policies, request } from './reference/random-questions.ts';

// Short here; `REEVE_RUNS=20000 npx vitest run src/spine/decide/engine/agrees-with-cedar` looks further.
const RUNS = Number(process.env.REEVE_RUNS ?? 400);
const TIME = Math.max(60_000, RUNS * 60);

const compare = (
  sets: fc.Arbitrary<Policies>,
): { asked: number; allowed: number; denied: number; satisfied: number; failed: number } => {
  const seen = { asked: 0, allowed: 0, denied: 0, satisfied: 0, failed: 0 };
  fc.assert(
    fc.property(sets, entities, fc.array(request, { minLength: 1, maxLength: 3 }), (set, world, requests) => {
      const compiled = new CompiledPolicies(readPolicies(set));
      for (const question of requests) {
        const cedar = askCedar(set, world, question);
        expect(askReeve(compiled, world, question)).toEqual(cedar);
        seen.asked += 1;
        seen[cedar.decision === 'allow' ? 'allowed' : 'denied'] += 1;
        seen.satisfied += cedar.reason.length;
        seen.failed += cedar.errors.length;
      }
    }),
    { numRuns: RUNS },
  );
  return seen;
};

describe('the engine against Cedar itself', () => {
  it(
    'gives the same decision, the same deciding policies and the same failing policies on random questions',
    () => {
      const seen = compare(policies);
      // The generator must keep reaching every kind of answer, else agreement means little.
      expect(seen.allowed).toBeGreaterThan(seen.asked / 10);
      expect(seen.denied).toBeGreaterThan(seen.asked / 10);
      expect(seen.failed).toBeGreaterThan(seen.asked / 20);
    },
    TIME,
  );

  it(
    'evaluates every condition of many open permits to the same answer or the same failure',
    () => {
      const seen = compare(openPermits);
      expect(seen.satisfied).toBeGreaterThan(seen.asked * 3);
      expect(seen.failed).toBeGreaterThan(seen.asked * 3);
    },
    TIME,
  );
});
