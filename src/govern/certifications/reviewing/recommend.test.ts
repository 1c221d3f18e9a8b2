import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Evidence } from '../model.ts';
import { recommend, RULES } from './recommend.ts';

const AT = new Date('2026-03-02T09:00:00Z');
const before = (days: number): string => new Date(AT.getTime() - days * 86_400_000).toISOString();
const evidence = (more: Partial<Evidence> = {}): Evidence => ({
  origin: 'import',
  reason: null,
  since: before(400),
  until: null,
  privileged: false,
  risk: 'low',
  lastUse: null,
  uses: 0,
  sessions: [],
  peers: null,
  conflicts: [],
  ...more,
});
const of = (more: Partial<Evidence>, changes: { what: string; was: null; is: null }[] = []) => {
  const said = recommend({ subject: 'grant', evidence: evidence(more), changes }, AT);
  return said === undefined ? undefined : `${said.what} ${said.rule}`;
};

test.each([
  [{}, undefined],
  [{ lastUse: before(3), uses: 2 }, 'keep use.recent'],
  [{ lastUse: before(120), uses: 2 }, 'revoke use.stale'],
  [{ conflicts: ['pay and approve'], lastUse: before(120) }, 'look duties.conflict'],
  [{ peers: { holding: 9, of: 10 } }, 'keep peers.common'],
  [{ peers: { holding: 1, of: 10 } }, 'revoke peers.rare'],
  [{ peers: { holding: 1, of: 10 }, lastUse: before(1) }, 'look peers.rare'],
  [{ peers: { holding: 4, of: 4 } }, undefined],
  [{ privileged: true }, 'look risk.unwatched'],
] as const)('%j speaks for %s', (more, said) => {
  expect(of(more as Partial<Evidence>)).toBe(said);
});

test('who moved since it was kept is looked at', () => {
  expect(of({}, [{ what: 'department', was: null, is: null }])).toBe('look changes.moved');
});

test('peers of fewer than five are in no recommendation and no reason', () => {
  fc.assert(
    fc.property(
      fc.nat(4),
      fc.nat(4),
      fc.option(fc.nat(200)),
      fc.boolean(),
      fc.constantFrom('low', 'medium', 'high', 'critical'),
      (people, holding, used, privileged, risk) => {
        const lastUse = used === null ? null : before(used);
        const peers = { holding: Math.min(holding, people), of: people };
        const [with_, without] = [peers, null].map((p) =>
          recommend({ subject: 'grant', evidence: evidence({ lastUse, privileged, risk, peers: p }), changes: [] }, AT),
        );
        expect(with_).toEqual(without);
      },
    ),
  );
});

test('every recommendation is of a known rule, has a reason, and without recorded use never rests on use alone', () => {
  fc.assert(
    fc.property(
      fc.option(fc.nat(300)),
      fc.boolean(),
      fc.option(fc.tuple(fc.nat(20), fc.nat(20))),
      (used, privileged, group) => {
        const peers = group === null ? null : { holding: Math.min(...group), of: Math.max(...group) };
        const lastUse = used === null ? null : before(used);
        const said = recommend(
          { subject: 'grant', evidence: evidence({ lastUse, privileged, peers }), changes: [] },
          AT,
        );
        if (said === undefined) return;
        expect(RULES).toContain(said.rule);
        expect(said.reasons.length).toBeGreaterThan(0);
        if (used === null) expect(said.rule).not.toMatch(/^use\./);
      },
    ),
  );
});
