import { expect, test } from 'vitest';
import type { EntryDetail } from '../../api/catalogue.ts';
import { ProblemError } from '../../api/errors.ts';
import { changesBetween, draftOf, errorsOf, isNothing, lengthOf, saidOf, secondsOf, stillSo } from './entry-draft.ts';

const entry = {
  description: 'Reads orders',
  ownerId: 'a',
  ownerName: 'Mara',
  risk: 'high',
  dataClass: null,
  regulated: [],
  tags: ['shop', 'finance'],
  aliases: ['pay run, monthly', 'wages'],
  requestable: true,
  maxSeconds: 28_800,
  licence: 'Ledger Suite',
  licenceCost: 12.5,
  licenceCurrency: 'EUR',
  prerequisites: [
    { needsId: 'n', name: 'web1: docker', gone: false, attribute: null, value: null },
    { needsId: null, name: 'training', gone: false, attribute: 'training', value: null },
    { needsId: null, name: 'site', gone: false, attribute: 'site', value: 'Oslo: north' },
  ],
} as unknown as EntryDetail;
const draft = draftOf(entry);
const before = saidOf(draft).said;

test('a form nobody typed in changes nothing, and lists are the same in any order', () => {
  expect(isNothing(changesBetween(before, saidOf(draft).said))).toBe(true);
  expect(before.sayings.aliases).toEqual(['pay run, monthly', 'wages']);
  expect(before.prerequisites.facts).toContainEqual({ attribute: 'site', value: 'Oslo: north' });
  expect(isNothing(changesBetween(before, saidOf({ ...draft, tags: 'finance shop' }).said))).toBe(true);
});

test('only what was changed is sent, and undoing says what was said before', () => {
  const after = saidOf({ ...draft, owner: null, requestable: false, facts: 'training' }).said;
  expect(changesBetween(before, after)).toEqual({
    sayings: { ownerId: null, requestable: false },
    prerequisites: { needs: ['n'], facts: [{ attribute: 'training', value: null }] },
  });
  expect(changesBetween(after, before)).toEqual({
    sayings: { ownerId: 'a', requestable: true },
    prerequisites: before.prerequisites,
  });
});

test('a licence that is taken away goes with its cost, and comes back with it', () => {
  const after = saidOf({ ...draft, licence: ' ' }).said;
  expect(changesBetween(after, before).sayings).toEqual({
    licence: 'Ledger Suite',
    licenceCost: 12.5,
    licenceCurrency: 'EUR',
  });
});

test('what somebody else changed since is not undone; what they changed beside it does not matter', () => {
  const after = saidOf({ ...draft, risk: 'low' }).said;
  const changes = changesBetween(before, after);
  expect(stillSo(saidOf({ ...draft, risk: 'low', tags: 'other' }).said, after, changes)).toBe(true);
  expect(stillSo(saidOf({ ...draft, risk: 'critical' }).said, after, changes)).toBe(false);
});

test('a length is typed as people say it', () => {
  for (const seconds of [60, 5_400, 28_800, 90 * 86_400, 61]) expect(secondsOf(lengthOf(seconds))).toBe(seconds);
  expect([secondsOf('2 hours'), secondsOf('30m'), secondsOf(' ')]).toEqual([7_200, 1_800, null]);
  for (const text of ['soon', '8', '-1 h', 'h']) expect(secondsOf(text)).toBeUndefined();
  expect(saidOf({ ...draft, longest: 'soon', licenceCost: 'much' }).errors).toHaveProperty('maxSeconds');
  expect(saidOf({ ...draft, licenceCost: 'much' }).errors).toHaveProperty('licenceCost');
});

test('a refusal is shown at its field, also of one value in a list and of a rule of several fields', () => {
  const listed = new ProblemError({ errors: [{ pointer: '/tags/1', detail: 'has lower-case letters' }] }, 400);
  expect(errorsOf(listed)).toEqual({ tags: 'Has lower-case letters.' });
  const ruled = new ProblemError({ code: 'graph.entitlement_licence_cost_is_of_a_licence', detail: 'no' }, 409);
  expect(Object.keys(errorsOf(ruled))).toEqual(['licence']);
});
