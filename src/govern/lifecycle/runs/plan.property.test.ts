import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import type { Person } from '#test/fixtures/company/index.ts';
import { csvOf, lifecycleHouse, type LifecycleHouse, type RunAnswer } from '../testing/lifecycle-house.ts';

/**
 * The planner against a naive one: people in a Map, each feed looked at row by row. Both are given the same feeds one
 * after another; after each, what they say would change and what is true of everybody has to be the same.
 */
type Small = Pick<Person, 'employee_id' | 'username' | 'department' | 'manager_employee_id' | 'status' | 'end_date'>;

const NAMES = ['E1', 'E2', 'E3', 'E4', 'E5', 'E6'] as const;
const small = fc.record({
  username: fc.constantFrom('ada', 'bo', 'cy', 'di', ''),
  department: fc.constantFrom('Ops', 'Care', ''),
  manager_employee_id: fc.constantFrom('', ...NAMES),
  status: fc.constantFrom<Person['status'][]>('active', 'leave', 'terminated'),
  end_date: fc.constantFrom('', '2026-02-27', '2026-09-01'),
});
/** A feed: some of six people, in some order, each with some facts. */
const feedOf = fc
  .tuple(fc.shuffledSubarray([...NAMES], { minLength: 1 }), fc.array(small, { minLength: 6, maxLength: 6 }))
  .map(([ids, facts]) =>
    ids.flatMap((employee_id, i): Small[] => {
      const about = facts[i];
      return about === undefined ? [] : [{ employee_id, ...about }];
    }),
  );

const whole = (p: Small, prefix: string): Person => ({
  first_name: p.employee_id,
  last_name: 'Test',
  preferred_name: '',
  email: '',
  company: 'C',
  org_unit: '',
  job_title: '',
  location: '',
  time_zone: '',
  employment_type: 'employee',
  start_date: '2020-01-01',
  cost_centre: '',
  ...p,
  employee_id: `${prefix}${p.employee_id}`,
  username: p.username === '' ? '' : `${prefix}${p.username}`.toLowerCase(),
  manager_employee_id: p.manager_employee_id === '' ? '' : `${prefix}${p.manager_employee_id}`,
});

interface Known {
  username: string;
  department: string;
  manager: string;
  end: string;
  state: 'active' | 'leave' | 'leaver';
}
type Counts = Record<'joined' | 'moved' | 'changed' | 'left' | 'returned' | 'unchanged' | 'skipped', number>;

/** What a careful person with a list and a pencil would do. */
function naive(known: Map<string, Known>, rows: readonly Small[]): Counts {
  const counts: Counts = { joined: 0, moved: 0, changed: 0, left: 0, returned: 0, unchanged: 0, skipped: 0 };
  const stateOf = (p: Small): Known['state'] =>
    p.end_date === '2026-02-27' || p.status === 'terminated' ? 'leaver' : p.status === 'leave' ? 'leave' : 'active';
  const same = (p: Small, k: Known | undefined): boolean => k !== undefined && k.username === p.username;
  // A username is one person's: of two rows that claim it and are not as before, both are left out, as is one whose username another has and keeps.
  const touched = rows.filter((p) => !unchangedRow(p, known, rows, stateOf));
  const skipped = new Set(
    touched
      .filter((p) => {
        if (p.username === '') return false;
        if (touched.some((o) => o !== p && o.username === p.username)) return true;
        return false;
      })
      .map((p) => p.employee_id),
  );
  for (let settled = false; !settled;) {
    settled = true;
    for (const p of touched) {
      if (skipped.has(p.employee_id) || p.username === '' || same(p, known.get(p.employee_id))) continue;
      const holder = [...known].find(([id, k]) => id !== p.employee_id && k.username === p.username)?.[0];
      if (holder === undefined) continue;
      const gives = touched.some((o) => o.employee_id === holder && !skipped.has(holder) && o.username !== p.username);
      if (!gives) {
        skipped.add(p.employee_id);
        settled = false;
      }
    }
  }
  counts.skipped = skipped.size;
  const there = new Set([...known.keys(), ...rows.map((p) => p.employee_id).filter((id) => !skipped.has(id))]);
  const after = new Map(known);
  for (const p of rows) {
    if (skipped.has(p.employee_id)) continue;
    const before = known.get(p.employee_id);
    const manager =
      p.manager_employee_id !== p.employee_id && there.has(p.manager_employee_id) ? p.manager_employee_id : '';
    const next: Known = { username: p.username, department: p.department, manager, end: p.end_date, state: stateOf(p) };
    if (before === undefined) counts.joined += 1;
    else if (next.state === 'leaver' && before.state !== 'leaver') counts.left += 1;
    else if (next.state !== 'leaver' && before.state === 'leaver') counts.returned += 1;
    else if (next.state !== 'leaver' && (next.department !== before.department || next.manager !== before.manager))
      counts.moved += 1;
    else if (JSON.stringify(next) !== JSON.stringify(before)) counts.changed += 1;
    else counts.unchanged += 1;
    after.set(p.employee_id, next);
  }
  for (const [id, before] of known) {
    if (rows.some((p) => p.employee_id === id)) continue;
    if (before.state === 'leaver') counts.unchanged += 1;
    else counts.left += 1;
    after.set(id, { ...before, state: 'leaver' });
  }
  known.clear();
  for (const [id, k] of after) known.set(id, k);
  return counts;
}

/** Remembered rows of the last feed, so that "as before" means the row and not what became of it. */
const lastRows = new Map<string, Small>();
const unchangedRow = (
  p: Small,
  known: ReadonlyMap<string, Known>,
  _rows: readonly Small[],
  _stateOf: (p: Small) => string,
): boolean => known.has(p.employee_id) && JSON.stringify(lastRows.get(p.employee_id)) === JSON.stringify(p);

let house: LifecycleHouse;
beforeAll(async () => {
  house = await lifecycleHouse();
});
afterAll(() => house.close());

const free = { percent: 100, free: 1000, most: null };
const limits = {
  created: free,
  changed: free,
  left: free,
  missingRows: free,
  badRows: free,
  unknownManagers: free,
};

test('what a run plans and leaves behind is what a naive planner says, feed after feed', async () => {
  let nth = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(feedOf, { minLength: 1, maxLength: 4 }), async (feeds) => {
      nth += 1;
      const [source, prefix] = [`s${nth}`, `p${nth}-`];
      await house.perform('sources.put', { source, limits }, house.admin);
      const known = new Map<string, Known>();
      lastRows.clear();
      for (const rows of feeds) {
        const expected = naive(known, rows);
        const run = await house.perform<RunAnswer>(
          'sources.feed',
          { source, content: csvOf(rows.map((r) => whole(r, prefix))) },
          house.admin,
        );
        await house.settle(20_000);
        expect((await house.run(run.id)).state).toBe('applied');
        const { joined, moved, changed, left, returned, unchanged, skipped } = run.counts;
        expect({ joined, moved, changed, left, returned, skipped }).toEqual({
          joined: expected.joined,
          moved: expected.moved,
          changed: expected.changed,
          left: expected.left,
          returned: expected.returned,
          skipped: expected.skipped,
        });
        expect(unchanged).toBeGreaterThanOrEqual(0);
        const rowsNow = await house.db.many<Known & { id: string }>(sql`
          select replace(s.external_id, ${prefix}, '') as id, coalesce(replace(f.username, ${prefix}, ''), '') as username,
                 coalesce(f.department, '') as department, coalesce(replace(m.external_id, ${prefix}, ''), '') as manager,
                 coalesce((f.contract_end - interval '1 day')::date::text, '') as end, f.state
            from source_record s join people_source p on p.id = s.source_id
            join identity_facts f on f.identity_id = s.identity_id and f.valid_to is null
            left join source_record m on m.identity_id = f.manager_id
           where p.name = ${source} order by 1`);
        expect(rowsNow).toEqual([...known].map(([id, k]) => ({ id, ...k })).toSorted((a, b) => (a.id < b.id ? -1 : 1)));
        const taken = await house.db.many<{ id: string }>(sql`
          select replace(s.external_id, ${prefix}, '') as id from source_record s join people_source p on p.id = s.source_id
           where p.name = ${source} and s.run_id = ${run.id}`);
        for (const { id } of taken) {
          const row = rows.find((r) => r.employee_id === id);
          if (row === undefined) lastRows.delete(id);
          else if (row.manager_employee_id !== '' && known.get(id)?.manager === '') lastRows.delete(id);
          else lastRows.set(id, row);
        }
      }
    }),
    { numRuns: 25, endOnFailure: true },
  );
});
