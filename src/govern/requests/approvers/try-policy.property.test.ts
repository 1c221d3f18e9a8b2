import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { describeEntitlement } from '#spine/graph/index.ts';
import { sodModule } from '#govern/sod/index.ts';
import { appoint, ask, outcome, setRules, show, withdraw, type Shown } from '../testing/ask.ts';
import { smallCompany, type SmallCompany } from '../testing/small-company.ts';

interface Controls {
  stepUpSeconds: number | null;
  sessionSeconds: number | null;
  oneSession: boolean;
}
interface Outcome {
  lines: { lineId: string; goesOn: boolean; controls: Controls }[];
  steps: { stage: number; kind: string; lineIds: string[]; approvers: { id: string }[] }[];
  automatic: boolean;
  stuck: string | null;
}
interface Tried {
  tried: number;
  items: { id: string; before: Outcome; after: Outcome }[];
}

const HOUR = 3_600_000;
let c: SmallCompany;
let things: string[] = [];
let people: string[] = [];
let n = 0;
beforeAll(async () => {
  c = await smallCompany((parts) => [sodModule(parts)]);
  const { who, what } = c;
  things = [what.reports, what.sudo, what.deploy, what.approve];
  for (const dataClass of ['public', 'restricted'] as const) {
    const id = await c.entitlement('git', `of-${dataClass}`, { risk: 'low', ownerId: who.omar });
    await c.build((ctx, permit) =>
      describeEntitlement(ctx, permit, { entitlementId: id, dataClass, tags: [`tag-${dataClass}`] }).then(
        () => undefined,
      ),
    );
    things.push(id);
  }
  people = [who.mara, who.tomas, who.priya, who.lena, who.omar, who.ines, who.dana];
  await c.house.perform(
    'sod.createRule',
    {
      name: 'Deploy and approve',
      severity: 'high',
      mode: 'warn',
      functions: [
        { name: 'deploy', entitlementIds: [what.deploy] },
        { name: 'approve', entitlementIds: [what.approve] },
      ],
    },
    who.joaquin,
  );
  await c.setState(who.ines, 'leave');
  await appoint(c, who.mara, who.omar, {
    endsAt: new Date(c.house.clock.now().getTime() + 300 * 86_400_000).toISOString(),
  });
});
afterAll(() => c.house.close());

const person = fc.integer({ min: 0, max: 6 });
const one = fc.oneof(
  fc.constantFrom('manager' as const, 'owner' as const, 'system_owner' as const),
  fc
    .record({ who: fc.uniqueArray(person, { minLength: 1, maxLength: 4 }), approvals: fc.integer({ min: 1, max: 2 }) })
    .map(({ who, approvals }) => ({ named: who, approvals: Math.min(approvals, who.length) })),
);
const step = fc.oneof(
  { weight: 3, arbitrary: one },
  fc.record({ together: fc.array(one, { minLength: 2, maxLength: 2 }) }),
);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
const when = fc.record({
  privileged: maybe(fc.boolean()),
  risk: maybe(fc.subarray(['low', 'medium', 'high'], { minLength: 1 })),
  conflict: maybe(fc.boolean()),
  dataClass: maybe(fc.subarray(['public', 'restricted', 'unknown'], { minLength: 1 })),
  tags: maybe(fc.subarray(['tag-public', 'tag-restricted'], { minLength: 1 })),
  identityKinds: maybe(fc.subarray(['person', 'vendor'], { minLength: 1 })),
  longerThanSeconds: maybe(fc.constantFrom(3600, 7200)),
  time: maybe(
    fc.record({ from: fc.constantFrom('00:00', '08:00', '20:00'), to: fc.constantFrom('07:00', '12:00', '23:00') }),
  ),
});
const controls = fc.record({
  stepUpSeconds: maybe(fc.constantFrom(60, 900, 3600)),
  sessionSeconds: maybe(fc.constantFrom(600, 3600)),
  oneSession: maybe(fc.constant(true as const)),
  idleSeconds: maybe(fc.constantFrom(600, 900)),
  observerSeconds: maybe(fc.constantFrom(60, 300)),
});
const asked = fc.record({
  when,
  steps: fc.array(step, { minLength: 1, maxLength: 2 }),
  longestSeconds: maybe(fc.constantFrom(1800, 3600, 9000)),
  controls: maybe(controls),
});
const unasked = fc.record({
  when: fc.constant({ risk: ['low'], privileged: false }),
  steps: fc.constant('automatic' as const),
  controls: maybe(controls),
});
const policy = fc.array(fc.oneof({ weight: 5, arbitrary: asked }, unasked), { minLength: 1, maxLength: 4 });
const cart = fc.record({
  vendor: fc.boolean(),
  lines: fc.uniqueArray(fc.record({ thing: fc.integer({ min: 0, max: 5 }), for: fc.constantFrom('1h', '2h', '3h') }), {
    minLength: 1,
    maxLength: 3,
    selector: (line) => line.thing,
  }),
});

/** One of each outcome, whatever else is drawn. */
const plain = (thing: number) => [{ vendor: false, lines: [{ thing, for: '3h' as const }] }];
const rule = (more: Record<string, unknown>) => ({ when: {}, steps: ['manager' as const], ...more });
const everyKind = [
  [[rule({})], plain(0), 0],
  [[rule({ longestSeconds: 3600 })], plain(0), 0],
  [[rule({ controls: { stepUpSeconds: 900, oneSession: true } })], plain(0), 0],
  [[rule({ when: { risk: ['low'], privileged: false }, steps: 'automatic' })], plain(0), 0],
  [[rule({ steps: [{ together: ['manager', 'owner'] }] })], plain(1), 0],
] as never;

type Rules = readonly Record<string, unknown>[];
const withPeople = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map((v) => (typeof v === 'number' ? people[v] : withPeople(v)))
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).flatMap(([k, v]) => (v === undefined ? [] : [[k, withPeople(v)]])))
      : value;

/** What the engine made of a request, in the words of a dry run; lines by what they are about. */
const became = (request: Shown, whatOf: ReadonlyMap<string, string>) => ({
  going: request.lines.map((l) => `${whatOf.get(l.id) ?? ''} ${JSON.stringify(l.controls)}`).sort(),
  steps: request.steps.map((s) => ({
    stage: s.stage,
    kind: s.kind,
    what: s.lineIds.map((id) => whatOf.get(id) ?? '').sort(),
    approvers: s.approvers.map((a) => a.id).sort(),
  })),
  automatic: request.steps.length === 0,
});
const foretold = (o: Outcome, whatOf: ReadonlyMap<string, string>) => ({
  going: o.lines
    .filter((l) => l.goesOn)
    .map((l) => `${whatOf.get(l.lineId) ?? ''} ${JSON.stringify(l.controls)}`)
    .sort(),
  steps: o.steps.map((s) => ({
    stage: s.stage,
    kind: s.kind,
    what: s.lineIds.map((id) => whatOf.get(id) ?? '').sort(),
    approvers: s.approvers.map((a) => a.id).sort(),
  })),
  automatic: o.automatic,
});
const whatOfLines = async (id: string): Promise<ReadonlyMap<string, string>> =>
  new Map(
    (
      await c.house.db.many<{ id: string; what: string }>(
        sql`select id, entitlement_id as what from request_line where request_id = ${id}`,
      )
    ).map((l) => [l.id, l.what]),
  );

/** Asks for nothing but manager: what anybody asked for is on record, whatever the policy tried says to it. */
const WIDE: Rules = [{ when: {}, steps: ['manager'] }];

test(
  'a dry run of a policy foretells what the engine then does with the same requests',
  { timeout: 240_000 },
  async () => {
    const seen = { changed: 0, same: 0, automatic: 0, refused: 0, stuck: 0, several: 0, controlled: 0 };
    await fc.assert(
      fc.asyncProperty(
        policy,
        fc.array(cart, { minLength: 1, maxLength: 3 }),
        fc.nat(23),
        async (drawn, carts, hours) => {
          const rules = withPeople(drawn) as Rules;
          const inForce = await setRules(c, WIDE);
          const made: { as: string; cart: Record<string, unknown>; id: string }[] = [];
          for (const { vendor, lines } of carts) {
            n += 1;
            const as = await c.person(
              `walker${n}`,
              vendor ? { ownerId: c.who.tomas } : { managerId: c.who.tomas },
              [],
              vendor ? 'vendor' : 'person',
            );
            const wanted = { lines: lines.map((l) => ({ what: things[l.thing], for: l.for })) };
            const request = await ask(c, as, wanted);
            await withdraw(c, request.id, as);
            made.push({ as, cart: wanted, id: request.id });
          }
          const draft = { rules, dueHours: 24, escalateHours: 24, expireDays: 14 };
          const dry = await c.house.perform<Tried & { against: number }>(
            'approvalPolicy.try',
            { rules: draft, last: made.length },
            c.who.joaquin,
          );
          expect([dry.tried, dry.against]).toEqual([made.length, inForce.number]);
          await setRules(c, rules);
          for (const { as, cart, id } of made) {
            const item = dry.items.find((i) => i.id === id);
            const before = await show(c, id);
            const told =
              item === undefined ? became(before, await whatOfLines(id)) : foretold(item.after, await whatOfLines(id));
            if (item === undefined) seen.same += 1;
            else seen.changed += 1;
            let again: Shown | undefined;
            const code = await outcome(ask(c, as, cart).then((r) => void (again = r)));
            if (again === undefined) {
              if (item?.after.stuck !== null && item !== undefined) {
                expect(code).toBe('request.nobody_can_approve');
                seen.stuck += 1;
              } else {
                expect(told.going).toEqual([]);
                expect(['request.too_long', 'request.nothing_goes_on']).toContain(code);
                seen.refused += 1;
              }
              continue;
            }
            expect(became(again, await whatOfLines(again.id))).toEqual(told);
            expect(again.state).toBe(told.automatic ? 'approved' : 'pending');
            if (told.automatic) seen.automatic += 1;
            if (again.lines.some((l) => l.controls.stepUpSeconds !== null || l.controls.oneSession))
              seen.controlled += 1;
            if (new Set(told.steps.map((s) => s.stage)).size < told.steps.length) seen.several += 1;
          }
          c.house.clock.advance(hours * HOUR);
        },
      ),
      { numRuns: 12, examples: everyKind },
    );
    // It has looked at every kind of outcome, or it has shown little.
    expect(Object.entries(seen).filter(([kind, times]) => times === 0 && kind !== 'stuck')).toEqual([]);
  },
);

test('trying a policy changes nothing', async () => {
  const count = () =>
    c.house.db.one(
      sql`select (select count(*) from approval_policy) as p, (select count(*) from approval_step) as s, (select count(*) from request_note) as n, (select count(*) from access_grant) as g`,
    );
  const before = await count();
  const rules = { rules: [{ when: {}, steps: ['owner'] }], dueHours: 1, escalateHours: 1, expireDays: 1 };
  const dry = await c.house.perform<Tried>('approvalPolicy.try', { rules }, c.who.joaquin);
  expect(dry.items.length).toBeGreaterThan(0);
  expect(await count()).toEqual(before);
  for (const who of [c.who.dana, c.who.tomas])
    expect(await outcome(c.house.perform('approvalPolicy.try', { rules }, who))).toBe('policy.denied');
});
