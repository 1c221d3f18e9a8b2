import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql, type Tx } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import { endSessionsOfGrant, endSessionsOfRole, sessionsWithoutGrant } from '#guard/sessions/end-sessions.ts';
import { justifyingGrants } from '#guard/sessions/store.ts';
import { lifecycleModule } from '#govern/lifecycle/index.ts';
import { applyVersion } from '#govern/role-versions/apply-version.ts';
import type { VersionChange } from '#govern/role-versions/as-if-version.ts';
import { changesOf } from '#govern/role-versions/change-of-version.ts';
import { computeImpact, type ComputedImpact } from '#govern/role-versions/compute-impact.ts';
import type { RoleVersion, VersionContent } from '#govern/role-versions/model.ts';
import { createSodRule, decideModule, type Decide, type Permit } from '#spine/decide/index.ts';
import { allRoleMarks, graphModule, refuseCircle, roleParts } from '#spine/graph/index.ts';
import { DAY, history, RandomWorld } from '#spine/graph/closure/random-world.ts';
import { testCtx, testPermit } from '#spine/graph/testing.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { expectedOf, seenNow, type Seen } from './what-follows.ts';

let house: House;
beforeAll(async () => {
  house = await testHouse(({ decide }) => [
    graphModule,
    decideModule({ decide }),
    lifecycleModule({ targets: {} as never }),
  ]);
  await house.idle();
});
afterAll(() => house.close());

const part = fc.record({
  what: fc.nat({ max: 8 }),
  from: fc.option(fc.nat({ max: 9 }), { freq: 2 }),
  lasts: fc.option(fc.integer({ min: 1, max: 9 }), { freq: 2 }),
});
const mode = fc.constantFrom('record' as const, 'warn' as const, 'enforce' as const);
/** Who has the role by rule, who is excepted, and which roles it excludes. */
const whom = fc.record({
  rule: fc.option(
    fc.record({
      personCondition: fc.constantFrom(
        'person.department == "a"',
        'person.department != "b" && person.site == "x"',
        'person.site in ["x", "y"] || person.department == "b"',
        'true',
      ),
      graceDays: fc.constantFrom(0, 0, 3),
    }),
    { freq: 3 },
  ),
  except: fc.array(fc.nat({ max: 2 }), { maxLength: 1 }),
  excludes: fc.array(
    fc.record({
      role: fc.nat({ max: 2 }),
      kind: fc.constantFrom('static' as const, 'static' as const, 'dynamic' as const),
      mode,
    }),
    { maxLength: 2 },
  ),
});
const change = fc.record({
  role: fc.nat({ max: 2 }),
  people: fc.array(
    fc.record({
      department: fc.constantFrom('a', 'b'),
      site: fc.constantFrom('x', 'y', null),
      state: fc.constantFrom('active', 'active', 'active', 'leave'),
    }),
    { minLength: 3, maxLength: 3 },
  ),
  earlier: fc.option(whom, { freq: 2 }),
  parts: fc.array(part, { maxLength: 5 }),
  /** The roles are bound to values of another, whose version it is. */
  template: fc.option(
    fc.record({
      both: fc.boolean(),
      bound: fc.uniqueArray(fc.record({ role: fc.nat({ max: 2 }), n: fc.nat({ max: 2 }), m: fc.nat({ max: 2 }) }), {
        selector: ({ role }) => role,
        minLength: 1,
        maxLength: 3,
      }),
      from: fc.option(fc.nat({ max: 9 }), { freq: 2 }),
    }),
    { freq: 2 },
  ),
  whom,
  duties: fc.array(fc.record({ sides: fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 5 })), mode }), { maxLength: 3 }),
});
type Change = typeof change extends fc.Arbitrary<infer C> ? C : never;

const mayAll = { permit: () => Promise.resolve({ permit: testPermit }) } as unknown as Decide;
const PRODUCTS: readonly (readonly [number, string, number])[] = [
  [0, 'Suite', 10],
  [1, 'Suite', 10],
  [2, 'Ledger', 4.5],
];

test('what a report says is what publishing then does: who has it, access, conflicts, licences and sessions, on random worlds', async () => {
  const seen = {
    ofBindings: 0,
    changing: 0,
    ending: 0,
    conflicting: 0,
    assigned: 0,
    unassigned: 0,
    blocked: 0,
    licences: 0,
  };
  await fc.assert(
    fc.asyncProperty(history, change, async (steps, asked) => {
      const w = new RandomWorld(house.db, house.clock);
      await w.begin();
      for (const step of steps) await w.take(step);
      const { template } = asked;
      const roleId =
        template === null ? (w.roles[asked.role] ?? '') : await house.db.tx((tx) => bindTo(tx, w, template));
      await house.db.tx((tx) => describeWorld(tx, w, asked));
      const now = house.clock.now().getTime() + 1_000;
      const said = (one: Change['whom']) =>
        template === null ? whomOf(w, roleId, one) : { patterns: patternsOf(w, template, now) };
      if (asked.earlier !== null) {
        const earlier = { ...(await contentNow(roleId)), ...said(asked.earlier) };
        if (await isRefused(roleId, earlier)) return;
        await publish(roleId, earlier);
      }
      house.clock.advance(1_000);
      const content = { ...partsOf(w, asked.parts, now), ...said(asked.whom) };
      if (await isRefused(roleId, content)) return;
      await house.db.tx((tx) => openSessions(tx, w));
      const of = await house.db.tx((tx) => changesOf(tx, versionOf(roleId, content)));

      const before = await house.db.tx((tx) => seenNow(tx, w));
      const report = await reportOf(of);
      expect(await house.db.tx((tx) => seenNow(tx, w)), 'a report changes nothing').toEqual(before);
      const grants = await house.db.many<{ id: string }>(sql`
        select id from access_grant where identity_id = any(${w.identities}::uuid[]) and ended_because is null`);

      const done = await house.db.tx((tx) => applyVersion(testCtx(tx), testPermit, mayAll, of));
      const after = await house.db.tx((tx) => seenNow(tx, w));
      const { assigned, unassigned, blocked } = report.numbers;
      expect({ assigned, unassigned, blocked }).toEqual(done);
      const all = await compare(w, report, [before, after], now);
      for (const key of ['changing', 'conflicting', 'licences'] as const) seen[key] += all[key];
      for (const key of ['assigned', 'unassigned', 'blocked'] as const) seen[key] += done[key];
      if (template !== null) seen.ofBindings += all.changing;
      seen.ending += await compareSessions(w, report, of, grants);
    }),
    { numRuns: 50, seed: 7, endOnFailure: true },
  );
  expect(Math.min(...Object.values(seen)), JSON.stringify(seen)).toBeGreaterThan(0);
}, 240_000);

const reportOf = (of: readonly VersionChange[]): Promise<ComputedImpact> =>
  house.db.tx(
    (tx) =>
      computeImpact(tx, of, {
        sessionsEnding: async (t, ids) => (await sessionsWithoutGrant(t, ids)).map(({ id }) => id),
      }),
    { isolation: 'repeatable read' },
  );

const versionOf = (roleId: string, content: VersionContent): RoleVersion =>
  ({ roleId, content }) as unknown as RoleVersion;

const publish = (roleId: string, content: VersionContent): Promise<unknown> =>
  house.db.tx(async (tx) =>
    applyVersion(testCtx(tx), testPermit, mayAll, await changesOf(tx, versionOf(roleId, content))),
  );

async function compare(w: RandomWorld, report: ComputedImpact, both: readonly [Seen, Seen], now: number) {
  const names = new Map(
    [...report.numbers.newConflicts, ...report.numbers.clearedConflicts].map(({ ruleId, name }) => [ruleId, name]),
  );
  const named = (ids: readonly string[] | undefined): Set<string> =>
    new Set(ids?.map((id) => names.get(id) ?? 'a rule that is not counted'));
  const marks = await house.db.tx(allRoleMarks);
  const products = new Map(PRODUCTS.map(([n, product]) => [w.entitlements[n] ?? '', product]));
  const counts = new Map<string, { gained: number; freed: number }>();
  const found = { changing: 0, conflicting: 0, licences: 0 };
  for (const id of w.identities) {
    const said = report.people.find((p) => p.identityId === id);
    const { licencesGained, licencesFreed, ...expected } = expectedOf(id, both, { now, marks, products });
    expect({
      gains: new Set(said?.gains),
      loses: new Set(said?.loses),
      worse: named(said?.newConflicts),
      better: named(said?.clearedConflicts),
    }).toEqual(expected);
    found.changing += expected.gains.size + expected.loses.size;
    found.conflicting += expected.worse.size + expected.better.size;
    for (const [list, key] of [
      [licencesGained, 'gained'],
      [licencesFreed, 'freed'],
    ] as const)
      for (const product of list) {
        const count = counts.get(product) ?? { gained: 0, freed: 0 };
        counts.set(product, { ...count, [key]: count[key] + 1 });
        found.licences += 1;
      }
  }
  expect(report.numbers.licences).toEqual(
    [...counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([product, count]) => ({
        product,
        currency: 'EUR',
        costPerMonth: PRODUCTS.find(([, name]) => name === product)?.[2],
        ...count,
      })),
  );
  return found;
}

/** What reactions to the change of roles and to the end of grants do. */
async function compareSessions(
  w: RandomWorld,
  report: ComputedImpact,
  of: readonly VersionChange[],
  grants: readonly { readonly id: string }[],
): Promise<number> {
  const ended = await house.db.tx(async (tx) => {
    for (const { roleId } of of) await endSessionsOfRole(testCtx(tx), testPermit, roleId);
    const over = await tx.many<{ id: string }>(sql`
      select id from access_grant where id = any(${grants.map(({ id }) => id)}::uuid[]) and ended_because is not null`);
    for (const { id } of over) await endSessionsOfGrant(testCtx(tx), testPermit, id, { because: 'test' });
    return await tx.many<{ id: string }>(sql`
      select id from session where ending_because is not null and identity_id = any(${w.identities}::uuid[])`);
  });
  expect(new Set(report.numbers.sessionIds)).toEqual(new Set(ended.map(({ id }) => id)));
  return ended.length;
}

/** What people are, what needs a licence, and what is kept apart, in a world that begins without. */
async function describeWorld(tx: Tx, w: RandomWorld, { people, duties }: Change): Promise<void> {
  // Rules speak of everybody: those of earlier worlds have left.
  await tx.run(sql`update identity_facts set state = 'leaver' where state <> 'leaver'`);
  for (const [n, { department, site, state }] of people.entries())
    await tx.run(sql`
      insert into identity_facts (identity_id, display_name, state, department, attributes, valid_from)
      values (${w.identities[n]}, ${`P${n}`}, ${state}, ${department}, ${sql.json(site === null ? {} : { site })}::jsonb, ${new Date(w.start)})`);
  for (const [n, product, cost] of PRODUCTS)
    await tx.run(sql`
      update entitlement set licence = ${product}, licence_cost = ${cost}, licence_currency = 'EUR' where id = ${w.entitlements[n]}`);
  await tx.run(
    sql`update sod_rule set valid_to = greatest(reeve_now(), valid_from + interval '1 ms') where valid_to is null`,
  );
  for (const { sides: pair, mode: of } of duties) {
    const sides = pair.map((n) => w.entitlements[n] ?? '');
    if (pair[0] === pair[1]) continue;
    await createSodRule(testCtx(tx), testPermit as Permit<'sod_rule.create'>, {
      name: `duty ${newId()}`,
      description: 'test',
      severity: 'high',
      mode: of,
      functions: sides.map((side, n) => ({ name: `f${n}`, entitlementIds: [side] })),
    });
  }
}

const whomOf = (w: RandomWorld, roleId: string, { rule, except, excludes }: Change['whom']) => ({
  assignment: rule,
  exceptPeople: except.map((n) => w.identities[n] ?? ''),
  excludes: [
    ...new Map(
      excludes.flatMap(({ role, ...one }) => {
        const other = w.roles[role] ?? '';
        return other === roleId ? [] : [[`${one.kind} ${other}`, { ...one, roleId: other, severity: 'high' as const }]];
      }),
    ).values(),
  ],
});

function partsOf(w: RandomWorld, parts: Change['parts'], now: number): VersionContent {
  const made = new Map<number, { id: string; validFrom: string | null; validTo: string | null }>();
  for (const { what, from, lasts } of parts) {
    const validFrom = from === null ? null : new Date(now + (from - 2) * DAY);
    const starts = Math.max(now, validFrom?.getTime() ?? now);
    made.set(what, {
      id: (what < 6 ? w.entitlements[what] : w.roles[what - 6]) ?? '',
      validFrom: validFrom?.toISOString() ?? null,
      validTo: lasts === null ? null : new Date(starts + lasts * DAY).toISOString(),
    });
  }
  const some = (are: (what: number) => boolean) => [...made].flatMap(([what, one]) => (are(what) ? [one] : []));
  return { entitlements: some((what) => what < 6), roles: some((what) => what >= 6) };
}

const contentNow = async (roleId: string): Promise<VersionContent> => {
  const parts = (await house.db.tx((tx) => roleParts(tx, roleId))).map((p) => ({
    ...p,
    id: p.entitlementId ?? p.roleId ?? '',
    validFrom: p.validFrom.toISOString(),
    validTo: p.validTo?.toISOString() ?? null,
  }));
  return {
    entitlements: parts.filter((p) => p.entitlementId !== null),
    roles: parts.filter((p) => p.roleId !== null),
  };
};

/** A role with parameters, and these of the world as its bindings, made of whatever they are. */
async function bindTo(tx: Tx, w: RandomWorld, { both, bound }: NonNullable<Change['template']>): Promise<string> {
  const id = newId();
  await tx.run(sql`insert into role (id, name, valid_from) values (${id}, ${`template ${id}`}, ${tx.now})`);
  for (const [n, name] of (both ? ['n', 'm'] : ['n']).entries())
    await tx.run(sql`insert into role_parameter (role_id, position, name) values (${id}, ${n + 1}, ${name})`);
  for (const { role, n, m } of bound)
    await tx.run(sql`
      insert into role_binding (role_id, template_id, chosen, made_at)
      values (${w.roles[role]}, ${id}, ${sql.json({ n: `${2 * n}`, ...(both ? { m: `${2 * m + 1}` } : {}) })}::jsonb, ${tx.now})
      on conflict do nothing`);
  return id;
}

/** Entitlements of even numbers are on the first system, those of odd ones on the second. */
const patternsOf = (w: RandomWorld, { both, from }: NonNullable<Change['template']>, now: number) =>
  (both ? ['n', 'm'] : ['n']).map((name, at) => ({
    systemId: w.systems[at] ?? '',
    pattern: `entitlement{${name}}`,
    validFrom: from === null || at === 1 ? null : new Date(now + (from - 2) * DAY).toISOString(),
    validTo: null,
  }));

/** Whether it would close a circle, or names what is gone and was not had. */
const isRefused = async (roleId: string, content: VersionContent): Promise<boolean> => {
  if (await closesCircle(roleId, content)) return true;
  const changes = await house.db
    .tx((tx) => changesOf(tx, versionOf(roleId, content)))
    .catch((error: unknown) => {
      if (error instanceof AppError) return undefined;
      throw error;
    });
  if (changes === undefined) return true;
  for (const change of changes.slice(1)) if (await closesCircle(change.roleId, content)) return true;
  return false;
};

const closesCircle = async (roleId: string, { roles }: VersionContent): Promise<boolean> =>
  await house.db.tx((tx) =>
    refuseCircle(
      tx,
      { id: roleId, name: 'it' },
      roles.map(({ id }) => id),
    ).then(
      () => false,
      () => true,
    ),
  );

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
