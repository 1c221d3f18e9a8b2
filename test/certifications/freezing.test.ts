import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import fc from 'fast-check';
import { sql } from '#kit/db/index.ts';
import { runScript, until } from '#kit/testing/index.ts';
import { freezeCampaign } from '#govern/certifications/freeze-campaign.ts';
import { changeGrantEnd, changeIdentityFacts, endGrant } from '#spine/graph/index.ts';
import { reviewedCompany, type ReviewedCompany } from './world.ts';

let c: ReviewedCompany;
beforeAll(async () => {
  c = await reviewedCompany();
});
afterAll(() => c.house.close());

const DAY = 86_400_000;

/** A campaign as launched at an instant, of which nothing is frozen yet. */
async function launched(at: Date, more: Record<string, unknown> = {}): Promise<string> {
  const dueAt = new Date(c.house.clock.now().getTime() + 7 * DAY).toISOString();
  const { id } = await c.house.perform<{ id: string }>(
    'campaigns.create',
    { name: 'frozen', kind: 'manager', dueAt, delta: true, ...more },
    c.who.dana,
  );
  await c.house.db.run(
    sql`update campaign set state = 'freezing', launched_at = ${at}, frozen_at = ${at} where id = ${id}`,
  );
  return id;
}
/** Everything a reviewer would see, without the campaign it is in. */
const seen = async (id: string): Promise<string[]> =>
  (await c.items(id)).map(({ id: _id, ...item }) => JSON.stringify({ ...item, campaignId: undefined })).sort();
const freeze = (id: string, piece?: number): Promise<void> =>
  freezeCampaign(c.house.as('certifications'), id, piece === undefined ? {} : { piece });

test('frozen twice at the same instant, whatever happened in between and in whatever pieces, it is the same', async () => {
  const { who, what, house, build } = c;
  const people = [who.lena, who.omar, who.tomas, who.priya, who.mara];
  const grants: string[] = [];
  const happening = fc.oneof(
    fc.record({ do: fc.constant('give' as const), person: fc.nat(4), thing: fc.nat(3) }),
    fc.record({ do: fc.constant('end' as const), grant: fc.nat(50) }),
    fc.record({ do: fc.constant('shorten' as const), grant: fc.nat(50) }),
    fc.record({ do: fc.constant('move' as const), person: fc.nat(2), to: fc.constantFrom('A', 'B', 'C') }),
    fc.record({ do: fc.constant('leave' as const), person: fc.nat(2), state: fc.constantFrom('active', 'suspended') }),
  );
  const happen = async (of: readonly (typeof happening extends fc.Arbitrary<infer T> ? T : never)[]): Promise<void> => {
    for (const one of of) {
      house.clock.advance(1000);
      const grantId = 'grant' in one ? grants[one.grant % Math.max(1, grants.length)] : undefined;
      const person = 'person' in one ? (people[one.person] ?? who.lena) : who.lena;
      if (one.do === 'give')
        grants.push(await c.give(person, Object.values(what)[one.thing] ?? what.deploy).catch(() => grants[0] ?? ''));
      else if (one.do === 'move')
        await build((ctx, permit) =>
          changeIdentityFacts(ctx, permit, { identityId: person, change: { department: one.to } }),
        );
      else if (one.do === 'leave') await c.setState(person, one.state);
      else if (grantId !== undefined && grantId !== '')
        await build(async (ctx, permit) => {
          if (one.do === 'end') await endGrant(ctx, permit, { grantId, because: 'test' });
          else
            await changeGrantEnd(ctx, permit, {
              grantId,
              validTo: new Date(ctx.now.getTime() + DAY),
              because: 'test',
            });
        }).catch(() => undefined);
    }
  };
  await fc.assert(
    fc.asyncProperty(
      fc.array(happening, { minLength: 1, maxLength: 8 }),
      fc.array(happening, { maxLength: 8 }),
      fc.integer({ min: 1, max: 7 }),
      async (before, after, piece) => {
        await happen(before);
        const at = house.clock.now();
        const first = await launched(at);
        await freeze(first);
        await happen(after);
        const second = await launched(at);
        await freeze(second, piece);
        expect(await seen(second)).toEqual(await seen(first));
      },
    ),
    { numRuns: 8 },
  );
});

test('a worker killed between pieces leaves whole ones, and who goes on ends up with the same', async () => {
  const { who, what, house } = c;
  for (const thing of Object.values(what))
    for (const id of [who.lena, who.omar, who.mara]) await c.give(id, thing).catch(() => undefined);
  house.clock.advance(1000);
  const at = house.clock.now();
  const whole = await launched(at);
  await freeze(whole);
  const broken = await launched(at);
  let pieces = 0;
  const job = house.as('certifications');
  const dies: typeof job = {
    ...job,
    act: (ask, work) => {
      pieces += 1;
      if (pieces > 3) throw new Error('killed');
      return job.act(ask, work);
    },
  };
  await expect(freezeCampaign(dies, broken, { piece: 2 })).rejects.toThrow('killed');
  const left = await house.db.one<{ state: string; frozen: number; n: number }>(sql`
    select state, frozen, (select count(*)::int from campaign_item i where i.campaign_id = c.id) as n from campaign c where id = ${broken}`);
  expect(left).toMatchObject({ state: 'freezing', n: left.frozen });
  expect(left.n).toBeLessThan((await seen(whole)).length);
  // Two workers at once: each piece is made by one of them.
  await Promise.all([freeze(broken, 2), freeze(broken, 3)]);
  expect(await seen(broken)).toEqual(await seen(whole));
  const shown = await house.perform('campaigns.show', { id: broken }, who.dana);
  expect(shown).toMatchObject({ state: 'open', total: (await seen(whole)).length });
});

test('killed with SIGKILL in whatever piece, three times over, it is resumed to the same', async () => {
  const { house } = c;
  const at = house.clock.now();
  const whole = await launched(at);
  await freeze(whole);
  const killed = await launched(at);
  const script = fileURLToPath(new URL('./freeze-in-own-process.ts', import.meta.url));
  for (let round = 0; round < 3; round += 1) {
    const own = runScript(script, [house.databaseUrl, killed]);
    await until(() => own.lines.length > 2 || own.child.exitCode !== null, { timeoutMs: 30_000, what: 'pieces' });
    await own.kill();
    expect(own.errors()).toBe('');
  }
  const left = await house.db.one<{ frozen: number; n: number }>(sql`
    select frozen, (select count(*)::int from campaign_item i where i.campaign_id = c.id) as n from campaign c where id = ${killed}`);
  expect(left.n).toBe(left.frozen);
  await freeze(killed);
  expect(await seen(killed)).toEqual(await seen(whole));
});
