import { expect, test } from 'vitest';
import type { DirectGrant } from '../../api/direct-grants.ts';
import { giveAgain } from './give-again.ts';

const now = new Date('2026-03-02T10:00:00Z');
const row = {
  identityId: 'i',
  entitlementId: 'e',
  roleId: null,
  validFrom: '2026-03-01T10:00:00Z',
  validTo: '2026-04-01T10:00:00Z',
  reason: 'quarter end',
} as DirectGrant;

test('what was ended by mistake is given for as long as was left of it', () => {
  expect(giveAgain(row, now)).toEqual({
    identity: 'i',
    entitlementId: 'e',
    until: '2026-04-01T10:00:00Z',
    because: 'ended by mistake; given before because: quarter end',
  });
});

test('what was still to come comes when it was to, and what is over by itself is not given again', () => {
  expect(giveAgain({ ...row, validFrom: '2026-03-05T10:00:00Z' }, now)?.from).toBe('2026-03-05T10:00:00Z');
  expect(giveAgain({ ...row, validTo: '2026-03-02T09:00:00Z' }, now)).toBeUndefined();
});
