import { expect, it } from 'vitest';
import type { MergePlan } from '../../api/merging.ts';
import { GRANT_WORDS, RECORD_WORDS, rowsOf } from './merge-words.ts';

const plan: MergePlan = {
  from: { identityId: 'd', displayName: 'Ada L', username: 'ada2', state: 'active', isNew: false },
  to: { identityId: 's', displayName: 'Ada Lund', username: 'ada', state: 'active', isNew: false },
  refusals: [],
  warnings: [],
  facts: { from: [], to: [{ fact: 'email', before: null, after: 'ada@x.example' }] },
  accounts: [{ id: 'a', name: 'ada2@web1' }],
  records: [{ source: 'hr', externalId: 'E2', what: 'put_aside' }],
  grants: [{ id: 'g', name: 'sudo on web1', origin: 'request', until: null, what: 'same' }],
  charges: [{ id: 'r', name: 'Bo', what: 'reports' }],
};

it('a plan reads as what becomes of each thing, with whose fact changes and how', () => {
  const rows = rowsOf(plan, { grants: GRANT_WORDS, records: RECORD_WORDS });
  expect(rows.map((r) => [r.what, r.name, r.becomes])).toEqual([
    ['Account', 'ada2@web1', 'goes over'],
    ['Grant', 'sudo on web1', 'ends; there is one like it already'],
    ['Row of a source', 'E2 in hr', 'is known to be the same person, and not read'],
    ['Reports to them', 'Bo', 'goes over'],
    ['Fact of Ada Lund', 'email', 'nothing → ada@x.example'],
  ]);
  expect(new Set(rows.map((r) => r.id)).size).toBe(rows.length);
});
