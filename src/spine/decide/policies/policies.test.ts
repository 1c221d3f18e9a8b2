import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { createIdentity, graphModule, startGrant, ADMIN_ROLES } from '#spine/graph/index.ts';
import { createDecide, decideModule } from '../index.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { build, builderModule, eventTypes, person } from '../testing.ts';

interface Version {
  readonly id: string;
  readonly name: string;
  readonly state: string;
}
interface Run {
  readonly replayed: number;
  readonly gained: number;
  readonly lost: number;
  readonly changed: readonly {
    principal: { id: string };
    action: string;
    change: string;
    before: string[];
    after: string[];
  }[];
}

let house: House;
let dana: string;
let second: string;
let femi: string;
let lena: string;

const HELPDESK_SEES_THE_CATALOGUE_NOT = `
  @id("acme.helpdesk_needs_no_roles") @description("They look people up, no more.")
  forbid (principal, action == Reeve::Action::"role.list", resource) when { principal.roles.contains("helpdesk") };
  @id("acme.lena_watches") @obligation("record")
  permit (principal == Reeve::Identity::"LENA", action == Reeve::Action::"system.list", resource);`;

const draft = (text: string, as = dana): Promise<Version> => house.perform('policies.draft', { text, note: 'try' }, as);
const dryRun = (version: string, as = dana): Promise<Run> => house.perform('policies.dryRun', { version }, as);
const publish = (version: string, as = second): Promise<Version> => house.perform('policies.publish', { version }, as);
const allows = async (action: string, id: string): Promise<boolean> =>
  await house.db.tx(
    async (tx) =>
      (
        await house.decide.may(tx, {
          principal: { kind: 'identity', id },
          action,
          resource: { type: 'Platform', id: 'reeve' },
        })
      ).allowed,
  );
const custom = (): string => HELPDESK_SEES_THE_CATALOGUE_NOT.replace('LENA', lena);

beforeAll(async () => {
  house = await testHouse(({ decide }) => [graphModule, decideModule({ decide }), builderModule]);
  dana = await person(house, 'Dana', ['administrator']);
  femi = await person(house, 'Femi', ['helpdesk']);
  lena = await person(house, 'Lena');
});
afterAll(() => house.close());

describe('a text of policies', () => {
  const validate = (
    text: string,
  ): Promise<{ ok: boolean; problems: { policy?: string; message: string; help?: string }[] }> =>
    house.perform('policies.validate', { text }, dana);

  it('is valid when its grammar, its names and its annotations are', async () => {
    expect(await validate(custom())).toMatchObject({ ok: true, problems: [] });
  });

  it.each([
    ['permit (principal, action, resource', /unexpected end.*`\)`/, /^$/],
    ['permit (principal, action, resource);', /no name/, /@id/],
    [
      '@id("a") permit (principal, action, resource); @id("a") forbid (principal, action, resource);',
      /two policies are called `a`/,
      /^$/,
    ],
    ['@id("graph.helpdesk_finds_people") forbid (principal, action, resource);', /shipped policy/, /another name/],
    ['@id("a") permit (principal == ?principal, action, resource);', /templates/, /write the policy out/],
    [
      '@id("a") permit (principal, action == Reeve::Action::"role.lst", resource);',
      /unrecognized action/,
      /role\.list/,
    ],
    [
      '@id("a") permit (principal, action == Reeve::Action::"role.list", resource) when { principal.rolls.isEmpty() };',
      /attribute `rolls`/,
      /roles/,
    ],
    [
      '@id("a") permit (principal is Reeve::Identty, action == Reeve::Action::"role.list", resource);',
      /unrecognized entity type/,
      /Identity/,
    ],
    [
      '@id("a") permit (principal, action == Reeve::Action::"role.list", resource) when { principal.state == 3 };',
      /types/,
      /./,
    ],
    [
      '@id("a") @obligation("recrd") permit (principal, action == Reeve::Action::"role.list", resource);',
      /no obligation/,
      /record/,
    ],
    [
      '@id("a") @obligation("max_seconds") permit (principal, action == Reeve::Action::"role.list", resource);',
      /needs a value/,
      /max_seconds=/,
    ],
    [
      '@id("a") @obligation("record") forbid (principal, action == Reeve::Action::"role.list", resource);',
      /forbid has no obligation/,
      /permit/,
    ],
    [
      '@id("a") @oblgation("record") permit (principal, action == Reeve::Action::"role.list", resource);',
      /means nothing/,
      /@obligation/,
    ],
  ])('is refused with a sentence and a way out: %s', async (text, message, help) => {
    const answer = await validate(text);
    expect(answer.ok).toBe(false);
    expect(answer.problems[0]?.message).toMatch(message);
    expect(answer.problems[0]?.help ?? '').toMatch(help);
    await expect(draft(text)).rejects.toMatchObject({ code: 'policy.invalid', status: 422 });
  });

  it('is shown where it is wrong, in the text as it was sent', async () => {
    const text =
      '// żółw\n@id("fine") permit (principal, action == Reeve::Action::"role.list", resource);\n@id("a") permit (principal, action == Reeve::Action::"role.lst", resource);';
    const { problems } = (await house.perform('policies.validate', { text }, dana)) as {
      problems: { at: { start: number; end: number } }[];
    };
    const at = problems[0]?.at;
    expect(Buffer.from(text).subarray(at?.start, at?.end).toString()).toBe('Reeve::Action::"role.lst"');
  });

  it('may look at the time, and hold numbers as large as Cedar knows', async () => {
    expect(
      await validate(
        '@id("big") permit (principal, action == Reeve::Action::"role.list", resource) when { context.now.toTime().toMilliseconds() < 9223372036854775807 };',
      ),
    ).toMatchObject({ ok: true });
  });
});

describe('a draft', () => {
  it('changes nothing until it is published, and cannot be published untried', async () => {
    await house.perform('graph.listRoles', {}, femi);
    await house.perform('graph.listSystems', {}, dana);
    await expect(house.perform('graph.listSystems', {}, lena)).rejects.toMatchObject({ status: 403 });
    const made = await draft(custom());
    expect(made).toMatchObject({ name: 'c1', state: 'draft' });
    expect(await allows('role.list', femi)).toBe(true);
    await expect(publish('c1', dana)).rejects.toMatchObject({ code: 'policy.dry_run_missing' });
  });

  it('is tried on what was really asked, and shows each outcome it would change', async () => {
    const run = await dryRun('c1');
    expect(run).toMatchObject({ gained: 1, lost: 1 });
    expect(run.replayed).toBeGreaterThanOrEqual(3);
    expect(run.changed).toContainEqual(
      expect.objectContaining({
        principal: { kind: 'identity', id: femi },
        action: 'role.list',
        change: 'lost',
        before: ['graph.active_people_see_the_catalogue'],
        after: ['acme.helpdesk_needs_no_roles'],
      }),
    );
    expect(run.changed).toContainEqual(
      expect.objectContaining({
        principal: { kind: 'identity', id: lena },
        action: 'system.list',
        change: 'gained',
        before: [],
        after: ['acme.lena_watches'],
      }),
    );
  });

  it('says of all people who would gain and who would lose, by live data', async () => {
    const answer = await house.perform<{ asked: number }>(
      'policies.compare',
      { version: 'c1', action: 'role.list' },
      dana,
    );
    expect(answer).toMatchObject({ gains: [], loses: [{ identityId: femi, displayName: 'Femi' }] });
    expect(answer.asked).toBe(3);
    expect(await house.perform('policies.compare', { version: 'c1', action: 'system.list' }, dana)).toMatchObject({
      gains: [{ displayName: 'Lena' }],
      loses: [],
    });
  });

  it('is published by its author only where there is no other administrator', async () => {
    second = await person(house, 'Sol', ['administrator']);
    await expect(publish('c1', dana)).rejects.toMatchObject({ code: 'policy.needs_second_person', status: 403 });
    expect(await publish('c1', second)).toMatchObject({ name: 'c1', state: 'active' });
    expect([await allows('role.list', femi), await allows('system.list', lena)]).toEqual([false, true]);
  });

  it('needs a dry run made since the policies in force came into force', async () => {
    const [a, b] = [
      await draft(
        '@id("acme.a") forbid (principal == Reeve::Identity::"x", action == Reeve::Action::"role.list", resource);',
      ),
      await draft(custom()),
    ];
    await dryRun(a.id);
    await dryRun(b.id);
    house.clock.advance(1_000);
    await publish(a.id);
    await expect(publish(b.id)).rejects.toMatchObject({ code: 'policy.dry_run_stale' });
    await dryRun(b.id);
    house.clock.advance(1_000);
    await publish(b.id);
    await expect(publish(b.id)).rejects.toMatchObject({ code: 'policy.no_draft' });
  });

  it('does not take from the one who publishes the way back', async () => {
    const locking = await draft('@id("acme.lock") forbid (principal, action, resource);');
    await dryRun(locking.id);
    await expect(publish(locking.id)).rejects.toMatchObject({
      code: 'policy.would_lock_out',
      message: expect.stringContaining('acme.lock') as string,
    });
    expect(await allows('policy.draft', second)).toBe(true);
  });
});

describe('the pen', () => {
  it('is not handed to others by a custom policy, nor to anything that is no person', async () => {
    const generous = await draft(
      '@id("acme.pen") permit (principal, action in [Reeve::Action::"policy.draft", Reeve::Action::"policy.publish", Reeve::Action::"policy.dry_run"], resource);',
    );
    await dryRun(generous.id);
    await publish(generous.id);
    await expect(draft(custom(), lena)).rejects.toMatchObject({
      status: 403,
      extra: { policies: ['policy.only_administrators_who_are_people_write'] },
    });
    const robot = await build(house, async (ctx, permit) => {
      const { id } = await createIdentity(ctx, permit, {
        kind: 'service',
        facts: { displayName: 'Robot', ownerId: dana },
      });
      await startGrant(ctx, permit, {
        identityId: id,
        entitlementId: ADMIN_ROLES.administrator,
        origin: 'admin',
        reason: 'test',
      });
      return id;
    });
    await expect(draft(custom(), robot)).rejects.toMatchObject({ status: 403 });
    await expect(
      house.perform('policies.draft', { text: custom(), note: 'n' }, { kind: 'component', id: 'worker' }),
    ).rejects.toMatchObject({ status: 403 });
  });

  it('leaves a trace of everything it did', async () => {
    const types = await eventTypes(house);
    for (const type of ['policy.drafted', 'policy.dry_run', 'policy.published']) expect(types).toContain(type);
    const shown = await house.perform<{ items: Version[] }>('policies.list', {}, dana);
    expect(shown.items.filter((v) => v.state === 'active').map((v) => v.name[0])).toEqual(['c', 's']);
    expect(await house.perform('policies.show', { version: 'c1' }, dana)).toMatchObject({
      state: 'retired',
      policies: [
        { id: 'acme.helpdesk_needs_no_roles', effect: 'forbid', description: 'They look people up, no more.' },
        { id: 'acme.lena_watches', obligation: 'record' },
      ],
    });
    await expect(house.perform('policies.show', { version: 'c1' }, lena)).rejects.toMatchObject({ status: 404 });
  });
});

describe('versions in the database', () => {
  it('another node answers by a new version from its next transaction on', async () => {
    const other = createDecide(() => house.registry.modules);
    const answer = (): Promise<readonly [boolean, string]> =>
      house.db.tx(async (tx) => {
        const d = await other.may(tx, {
          principal: { kind: 'identity', id: femi },
          action: 'role.list',
          resource: { type: 'Platform', id: 'reeve' },
        });
        return [d.allowed, d.version];
      });
    const before = await answer();
    const next = await draft(custom());
    await dryRun(next.id);
    await publish(next.id);
    expect(before[0]).toBe(true);
    expect(await answer()).toEqual([false, `s.${next.name}`]);
  });

  it('exactly one of an origin is in force, its text never changes, and none is deleted', async () => {
    await expect(
      house.db.run(sql`
      insert into policy_version (id, origin, number, text, state, created_by, published_at, published_by)
      select gen_random_uuid(), 'custom', 999, '', 'active', 'x:y', reeve_now(), 'x:y'`),
    ).rejects.toThrow(/exactly_one_active_policy_version_an_origin/);
    await expect(
      house.db.run(sql`update policy_version set text = 'permit(principal,action,resource);' where state = 'active'`),
    ).rejects.toThrow(/does not change/);
    await expect(
      house.db.run(sql`update policy_version set state = 'active', retired_at = null where state = 'retired'`),
    ).rejects.toThrow(/draft to active to retired/);
    await expect(house.db.run(sql`delete from policy_version`)).rejects.toThrow(/never deleted/);
  });

  it('questions are kept once an hour and for thirty days', async () => {
    const count = async (): Promise<number> =>
      (await house.db.one<{ n: number }>(sql`select count(*)::int as n from decision_made`)).n;
    await house.perform('graph.listRoles', {}, dana);
    const before = await count();
    await house.perform('graph.listRoles', {}, dana);
    expect(await count()).toBe(before);
    house.clock.advance(3_600_001);
    await house.perform('graph.listRoles', {}, dana);
    expect(await count()).toBe(before + 1);
    house.clock.advance(31 * 86_400_000);
    await house.registry.jobs.get('decide.forgetOldQuestions')?.run(house.as('decide'), {});
    // What is left is the question whether decide may forget.
    expect(await count()).toBeLessThanOrEqual(1);
  });
});
