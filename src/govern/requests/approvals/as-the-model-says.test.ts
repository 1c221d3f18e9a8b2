import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { begin, move, type Move, type Progress } from '../model.ts';
import { approve, ask, deny, everyMinute, grantsOf, outcome, show, withdraw } from '../testing/ask.ts';
import { smallCompany, type SmallCompany } from '../testing/small-company.ts';

let c: SmallCompany;
beforeAll(async () => {
  c = await smallCompany();
});
afterAll(() => c.house.close());

const DAY = 86_400_000;
let n = 0;

/** Does a move for real, as whoever may do it now; any refusal counts as not allowed. */
const really = async (kind: Move, id: string, asker: string): Promise<boolean> => {
  const { state, steps } = await show(c, id);
  const open = steps.find((s) => s.state === 'open');
  const approver = open?.approvers[0]?.id ?? c.who.tomas;
  if (kind === 'expire') {
    c.house.clock.advance(14 * DAY);
    await everyMinute(c);
    return state === 'pending';
  }
  const call =
    kind === 'approve' ? approve(c, id, approver) : kind === 'deny' ? deny(c, id, approver) : withdraw(c, id, asker);
  return (await outcome(call)) === 'done';
};

test('whatever is done in whatever order, the database ends where the model says', { timeout: 120_000 }, async () => {
  const kinds = fc.array(fc.constantFrom<Move>('approve', 'approve', 'deny', 'withdraw', 'expire'), {
    minLength: 1,
    maxLength: 5,
  });
  const ends = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.boolean(), kinds, async (privileged, moves) => {
      n += 1;
      const asker = await c.person(`walker${n}`, { managerId: c.who.tomas });
      const request = await ask(c, asker, { what: privileged ? 'web1:sudo:ALL' : 'web1:reports', for: '1h' });
      let model: Progress = begin(privileged ? 2 : 1);
      for (const kind of moves) {
        const next = move(model, kind);
        expect(await really(kind, request.id, asker)).toBe(next !== undefined);
        model = next ?? model;
        const now = await show(c, request.id);
        expect({ state: now.state, steps: now.steps.map((s) => s.state) }).toEqual(model);
      }
      ends.add(model.state);
      expect(await grantsOf(c, asker)).toHaveLength(model.state === 'approved' ? 1 : 0);
    }),
    { numRuns: 20 },
  );
  expect(ends.size).toBeGreaterThan(2);
});
