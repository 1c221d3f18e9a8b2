import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UNUSED, USED, usesOfCandidates } from './uses-of-candidates.ts';

test('counts of those in a candidate who hold each thing, with what is known of its use, are what counting one by one gives', () => {
  const [users, permissions] = [70, 5];
  const pair = fc.tuple(fc.nat(users - 1), fc.nat(permissions - 1), fc.constantFrom(0, USED, UNUSED));
  const held = fc.uniqueArray(pair, { selector: ([user, permission]) => user * permissions + permission });
  const candidate = fc.record({
    users: fc.uniqueArray(fc.nat(users - 1)),
    permissions: fc.uniqueArray(fc.nat(permissions - 1)),
  });
  fc.assert(
    fc.property(held, fc.array(candidate, { maxLength: 4 }), (rows, candidates) => {
      const found = usesOfCandidates(
        {
          users,
          permissions,
          pairs: Int32Array.from(rows.flatMap(([user, permission]) => [user, permission])),
          use: Uint8Array.from(rows.map(([, , use]) => use)),
        },
        candidates,
      );
      const counted = candidates.map((one) =>
        one.permissions.map((permission) => {
          const theirs = rows.filter(([user, p]) => p === permission && one.users.includes(user));
          const of = (use: number): number => theirs.filter((row) => row[2] === use).length;
          return { used: of(USED), unused: of(UNUSED), holders: theirs.length };
        }),
      );
      expect(found).toEqual(counted);
    }),
  );
});
