import { describe, expect, test } from 'vitest';
import type { Reach } from '../../api/shapes/people.ts';
import { driftOf } from './drift.ts';

const reach = (via: Reach['via'], entitlementId: string, systemId = 'web1'): Reach => ({
  identityId: 'lena',
  identityName: 'Lena',
  nowIdentityId: null,
  nowIdentityName: null,
  via,
  sourceId: `${via} ${entitlementId}`,
  entitlementId,
  systemId,
  systemName: systemId,
  name: entitlementId,
  path: [],
  privileged: false,
  validFrom: '2026-01-01T00:00:00Z',
  validTo: null,
});
const shown = (...reached: Reach[]) => driftOf(reached).map(({ kind, reach: { name } }) => `${kind} ${name}`);

describe('drift is what should be and is not, or is and should not be', () => {
  test('a grant that is held is none', () => {
    expect(shown(reach('grant', 'sudo'), reach('holding', 'sudo'))).toEqual([]);
  });
  test('a holding nobody granted is named', () => {
    expect(shown(reach('holding', 'docker'))).toEqual(['unexpected docker']);
  });
  test('a grant the target does not show is named', () => {
    expect(shown(reach('grant', 'sudo'), reach('grant', 'login'), reach('holding', 'login'))).toEqual(['missing sudo']);
  });
  test('a system that was never read is no reason to call anything missing', () => {
    expect(shown(reach('grant', 'sudo', 'web9'), reach('holding', 'login'), reach('grant', 'login'))).toEqual([]);
  });
  test('several paths to one thing are one difference', () => {
    expect(shown(reach('holding', 'docker'), reach('holding', 'docker'))).toEqual(['unexpected docker']);
  });
});
