import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql, type Tx } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { endSessionsOfRole, sessionsWithoutGrant } from '#guard/sessions/end-sessions.ts';
import { justifyingGrants } from '#guard/sessions/store.ts';
import { computeImpact } from '#govern/role-versions/compute-impact.ts';
import { createSodRule, decideModule, type Permit } from '#spine/decide/index.ts';
import {
  effectiveAccess,
  graphModule,
  refuseCircle,
  setRoleParts,
  type Access,
  type RolePart,
} from '#spine/graph/index.ts';
import { DAY, history, RandomWorld } from '#spine/graph/closure/random-world.ts';
import { testCtx, testPermit } from '#spine/graph/testing.ts';
import { testHouse, type House } from '#test/harness/house.ts';

let house: House;
beforeAll(async () => {
  house = await testHouse(({ decide }) => [graphModule, decideModule({ decide })]);
  await house.idle();
}, 60_000);
afterAll(() => house.close());

const END = new Date('9999-12-31T00:00:00Z');
const part = fc.record({
  what: fc.nat({ max: 8 }),
  from: fc.option(fc.nat({ max: 9 }), { freq: 1 }),
  lasts: fc.option(fc.integer({ min: 1, max: 9 }), { freq: 1 }),
});
const change = fc.record({
  role: fc.nat({ max: 2 }),
  parts: fc.array(part, { maxLength: 5 }),
  duties: fc.array(fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 5 })), { maxLength: 3 }),
});

/** What a person reaches at one instant, by grants alone or by anything. */
const reached = (rows: readonly Access[], at: number, grantsOnly: boolean): Set<string> =>
  new Set(
    rows.flatMap((row) =>
      row.entitlementId !== undefined &&
      (!grantsOnly || row.via === 'grant') &&
      +row.validFrom <= at &&
      (row.validTo === null || +row.validTo > at)
        ? [row.entitlementId]
        : [],
    ),
  );
const minus = (a: ReadonlySet<string>, b: ReadonlySet<string>): string[] => [...a].filter((x) => !b.has(x));

type Duty = { readonly id: string; readonly sides: readonly [string, string] };
/** What fills a side of a rule while both are filled, said in the slowest way. */
const fillings = (duty: Duty, held: ReadonlySet<string>): Set<string> =>
  duty.sides.every((side) => held.has(side)) ? new Set(duty.sides) : new Set();

interface Expected {
  readonly gains: Set<string>;
  readonly loses: Set<string>;
  readonly worse: Set<string>;
  readonly better: Set<string>;
}

function expectedOf(
  before: readonly Access[],
  after: readonly Access[],
  now: number,
  duties: readonly Duty[],
): Expected {
  const instants = new Set([now]);
  for (const row of [...before, ...after])
    for (const at of [row.validFrom, row.validTo]) if (at !== null && +at > now) instants.add(+at);
  const found: Expected = { gains: new Set(), loses: new Set(), worse: new Set(), better: new Set() };
  for (const at of instants) {
    const [was, is] = [reached(before, at, true), reached(after, at, true)];
    for (const id of minus(is, was)) found.gains.add(id);
    for (const id of minus(was, is)) found.loses.add(id);
    for (const duty of duties) {
      const [all, then] = [reached(before, at, false), reached(after, at, false)];
      if (minus(fillings(duty, then), fillings(duty, all)).length > 0) found.worse.add(duty.id);
      if (minus(fillings(duty, was), fillings(duty, is)).length > 0) found.better.add(duty.id);
    }
  }
  return found;
}

/** Live sessions of whoever may have one now, on every account there is. */
async function openSessions(tx: Tx, w: RandomWorld): Promise<void> {
  for (const identityId of w.identities)
    for (const accountId of w.accounts) {
      const { systemId, owner } = await tx.one<{ systemId: string; owner: string | null }>(
        sql`select system_id, identity_id as owner from account where id = ${accountId}`,
      );
      const grants = await justifyingGrants(tx, {
        identityId,
        accountId,
        systemId,
        own: owner === identityId,
        now: tx.now,
      });
      if (grants.length === 0) continue;
      await tx.run(sql`
        insert into session (id, identity_id, account_id, system_id, grant_ids, protocol, node, client_address, client_version, started_at, seen_at, recorded)
        values (${newId()}, ${identityId}, ${accountId}, ${systemId}, ${grants.map((g) => g.grantId)}::uuid[], 'ssh', 'test', '127.0.0.1', 'test',
                ${tx.now}, ${tx.now}, false)`);
    }
}

const accessOf = async (tx: Tx, w: RandomWorld): Promise<Map<string, Access[]>> =>
  new Map(
    await Promise.all(
      w.identities.map(async (id) => [id, await effectiveAccess(tx, id, { at: tx.now, through: END })] as const),
    ),
  );

test('what a report says is what publishing then does: access, conflicts and sessions, on random worlds', async () => {
  let [changing, ending, conflicting] = [0, 0, 0];
  await fc.assert(
    fc.asyncProperty(history, change, async (steps, asked) => {
      const w = new RandomWorld(house.db, house.clock);
      await w.begin();
      for (const step of steps) await w.take(step);
      const roleId = w.roles[asked.role] ?? '';
      const now = house.clock.now().getTime();
      const parts = partsOf(w, asked.parts, now);
      const circle = await house.db.tx(
        async (tx) =>
          await refuseCircle(
            tx,
            { id: roleId, name: 'it' },
            parts.flatMap((p) => p.roleId ?? []),
          ).then(
            () => false,
            () => true,
          ),
      );
      if (circle) return;
      const duties = await house.db.tx(async (tx) => {
        await openSessions(tx, w);
        return await makeDuties(tx, w, asked.duties);
      });

      const before = await house.db.tx((tx) => accessOf(tx, w));
      const report = await house.db.tx(
        (tx) =>
          computeImpact(
            tx,
            { roleId, parts },
            {
              sessionsEnding: async (t, ids) => (await sessionsWithoutGrant(t, ids)).map(({ id }) => id),
            },
          ),
        { isolation: 'repeatable read' },
      );
      expect(await house.db.tx((tx) => accessOf(tx, w)), 'a report changes nothing').toEqual(before);

      await house.db.tx((tx) => setRoleParts(testCtx(tx), testPermit, { roleId, parts }));
      const after = await house.db.tx((tx) => accessOf(tx, w));
      for (const id of w.identities) {
        const said = report.people.find((p) => p.identityId === id);
        const expected = expectedOf(before.get(id) ?? [], after.get(id) ?? [], now, duties);
        expect({
          gains: new Set(said?.gains),
          loses: new Set(said?.loses),
          worse: new Set(said?.newConflicts),
          better: new Set(said?.clearedConflicts),
        }).toEqual(expected);
        changing += expected.gains.size + expected.loses.size;
        conflicting += expected.worse.size + expected.better.size;
      }
      const asking = await house.db.tx(async (tx) => {
        await endSessionsOfRole(testCtx(tx), testPermit, roleId);
        return await tx.many<{ id: string }>(sql`
          select id from session where ending_because is not null and identity_id = any(${w.identities}::uuid[])`);
      });
      expect(new Set(report.numbers.sessionIds)).toEqual(new Set(asking.map(({ id }) => id)));
      ending += asking.length;
    }),
    { numRuns: 60, seed: 7 },
  );
  expect(Math.min(changing, ending, conflicting), `${changing} ${ending} ${conflicting}`).toBeGreaterThan(0);
}, 240_000);

function partsOf(
  w: RandomWorld,
  parts: readonly (typeof part extends fc.Arbitrary<infer P> ? P : never)[],
  now: number,
): RolePart[] {
  const made = new Map<number, RolePart>();
  for (const { what, from, lasts } of parts) {
    const validFrom = from === null ? null : new Date(now + (from - 2) * DAY);
    const starts = Math.max(now, validFrom?.getTime() ?? now);
    made.set(what, {
      entitlementId: what < 6 ? (w.entitlements[what] ?? '') : null,
      roleId: what < 6 ? null : (w.roles[what - 6] ?? ''),
      validFrom,
      validTo: lasts === null ? null : new Date(starts + lasts * DAY),
    });
  }
  return [...made.values()];
}

async function makeDuties(tx: Tx, w: RandomWorld, wanted: readonly (readonly [number, number])[]): Promise<Duty[]> {
  const duties: Duty[] = [];
  for (const [a, b] of wanted) {
    const sides = [w.entitlements[a] ?? '', w.entitlements[b] ?? ''] as const;
    const gone = await tx.many(
      sql`select 1 from entitlement where id = any(${[...sides]}::uuid[]) and valid_to is not null`,
    );
    if (a === b || gone.length > 0) continue;
    const { id } = await createSodRule(testCtx(tx), testPermit as Permit<'sod_rule.create'>, {
      name: `duty ${newId()}`,
      description: 'test',
      severity: 'high',
      mode: 'record',
      functions: sides.map((side, n) => ({ name: `f${n}`, entitlementIds: [side] })),
    });
    duties.push({ id, sides });
  }
  return duties;
}
