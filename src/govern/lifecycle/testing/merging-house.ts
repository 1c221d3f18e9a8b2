import { decideModule } from '#spine/decide/index.ts';
import { newId } from '#kit/ids/index.ts';
import { sql } from '#kit/db/index.ts';
import {
  ADMIN_ROLES,
  createIdentity,
  linkAccount,
  putEntitlement,
  registerSystem,
  startGrant,
  type GrantOrigin,
  type NewIdentityFacts,
  type IdentityKind,
} from '#spine/graph/index.ts';
import { lifecycleHouse, type LifecycleHouse } from './lifecycle-house.ts';

/** What a merge or a split would do, as its preview says it. */
export interface PlanAnswer {
  readonly refusals: readonly { readonly code: string; readonly detail: string }[];
  readonly warnings: readonly string[];
  readonly facts: Readonly<
    Record<'from' | 'to', readonly { fact: string; before: string | null; after: string | null }[]>
  >;
  readonly accounts: readonly { readonly id: string; readonly name: string }[];
  readonly records: readonly { readonly source: string; readonly externalId: string; readonly what: string }[];
  readonly grants: readonly { readonly id: string; readonly name: string; readonly what: string }[];
}

/** A row of effective access, as far as two times can be compared by it. */
export interface Reach {
  readonly name: string;
  readonly via: string;
  readonly validTo: string | null;
}

export interface MergingHouse extends LifecycleHouse {
  /** A second administrator, and a security officer. */
  readonly second: string;
  readonly officer: string;
  readonly systemId: string;
  person(name: string, facts?: Partial<NewIdentityFacts>, kind?: IdentityKind): Promise<string>;
  entitlement(name: string): Promise<string>;
  account(name: string, of: string | null, holds?: readonly string[]): Promise<string>;
  grant(
    to: string,
    entitlementId: string,
    more?: { readonly validTo?: Date; readonly origin?: GrantOrigin; readonly reason?: string },
  ): Promise<string>;
  merge(from: string, into: string, as?: string): Promise<{ readonly id: string }>;
  unmerge(from: string): Promise<{ readonly identityId: string; readonly otherId: string }>;
  /** What somebody reaches now, in order. */
  reach(of: string, at?: Date): Promise<Reach[]>;
}

/** A house in which identities turn out to be others. */
export async function mergingHouse(): Promise<MergingHouse> {
  const house = await lifecycleHouse(({ decide }) => [decideModule({ decide })]);
  const act = house.as('test');
  const person: MergingHouse['person'] = (name, facts = {}, kind = 'person') =>
    act.act({ action: 'test.set_up' }, async (ctx, permit) => {
      const made = await createIdentity(ctx, permit, { kind, facts: { displayName: name, username: name, ...facts } });
      return made.id;
    });
  const systemId = await act.act(
    { action: 'test.set_up' },
    async (ctx, permit) => (await registerSystem(ctx, permit, { name: 'web1', kind: 'csv' })).id,
  );
  const grant: MergingHouse['grant'] = (identityId, entitlementId, more = {}) =>
    act.act({ action: 'test.set_up' }, async (ctx, permit) => {
      const { id } = await startGrant(ctx, permit, {
        identityId,
        entitlementId,
        origin: more.origin ?? 'admin',
        reason: more.reason ?? 'test',
        validTo: more.validTo,
      });
      return id;
    });
  const second = await person('second-admin');
  await grant(second, ADMIN_ROLES.administrator);
  const officer = await person('officer');
  await grant(officer, ADMIN_ROLES.security_officer);
  return {
    ...house,
    second,
    officer,
    systemId,
    person,
    grant,
    entitlement: (name) =>
      act.act(
        { action: 'test.set_up' },
        async (ctx, permit) =>
          (await putEntitlement(ctx, permit, { systemId, kind: 'group', nativeId: name, name })).id,
      ),
    account: (name, of, holds = []) =>
      act.act({ action: 'test.set_up' }, async (ctx, permit) => {
        const id = newId();
        await ctx.tx.run(sql`
          insert into account (id, system_id, native_id, name, kind, valid_from) values (${id}, ${systemId}, ${name}, ${name}, 'personal', ${ctx.now})`);
        for (const entitlementId of holds)
          await ctx.tx.run(sql`
            insert into holding (account_id, entitlement_id, observed_at, valid_from) values (${id}, ${entitlementId}, ${ctx.now}, ${ctx.now})`);
        if (of !== null) await linkAccount(ctx, permit, { accountId: id, identityId: of, because: 'test' });
        return id;
      }),
    merge: (identity, into, as = house.admin) =>
      house.perform('identities.merge', { identity, into, because: 'the same face' }, as),
    unmerge: (identity) => house.perform('identities.unmerge', { identity, because: 'a mistake' }, house.admin),
    reach: async (of, at) => {
      const { items } = await house.perform<{
        items: { name: string; via: string; validTo: Date | null; entitlementId?: string }[];
      }>('graph.why', { identity: of, ...(at === undefined ? {} : { at: at.toISOString() }) }, house.admin);
      return items
        .map(({ name, via, validTo }) => ({ name, via, validTo: validTo === null ? null : String(validTo) }))
        .sort((a, b) => `${a.name} ${a.via} ${a.validTo}`.localeCompare(`${b.name} ${b.via} ${b.validTo}`));
    },
  };
}
