import { sql, type Queryable } from '#kit/db/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import {
  concernsSod,
  sodExceptionEnded,
  sodExceptionGranted,
  sodExceptionLapsed,
  sodRuleChanged,
  sodRuleCreated,
  sodRuleRetired,
} from '#spine/decide/index.ts';
import {
  accountLinked,
  accountRead,
  accountUnlinked,
  entitlementNested,
  grantEnded,
  grantsStarted,
  grantStarted,
  identityChanged,
  identityImported,
  identityMerged,
  identitySplit,
  roleChanged,
  systemRead,
} from '#spine/graph/index.ts';
import { defineReaction, type JobCtx, type Module } from '#spine/operations/index.ts';
import { holdersOfRole, ownersReadSince } from './affected.ts';
import { keepInTurn, PASS } from './look-at-everybody.ts';

/** More than so many at once are left to a look at everybody. */
const MANY = 2000;

/** Asks for a look at everybody; asked for again while it waits it is one. */
export const askForPass = async (tx: Queryable): Promise<void> =>
  await enqueue(tx, PASS, {}, { key: PASS, maxAttempts: 5 });

/** Judges again those of these who are, or by the rules in force could be, in conflict. */
async function follow(job: JobCtx, identityIds: readonly string[]): Promise<void> {
  if (identityIds.length > MANY) return await askForPass(job.db);
  if (identityIds.length > 0 && (await isAnything(job, identityIds))) await keepInTurn(job, identityIds);
}

const isAnything = async (job: JobCtx, identityIds: readonly string[]): Promise<boolean> =>
  (
    await job.db.one<{ found: boolean }>(sql`
      select exists (select from sod_rule where valid_to is null)
          or exists (select from sod_violation where cleared_at is null and identity_id = any(${sql.array(identityIds)}::uuid[])) as found`)
  ).found;

interface Given {
  readonly entitlementId?: string | undefined;
  readonly roleId?: string | undefined;
}

/** What was given is looked at first: most of it is in no rule. */
async function followGiven(job: JobCtx, identityId: string, given: readonly Given[]): Promise<void> {
  const concerns = await job.db.tx(
    (tx) =>
      concernsSod(
        tx,
        given.map(({ entitlementId, roleId }) => ({ entitlementId, roleId, validFrom: tx.now, validTo: null })),
      ),
    { readOnly: true },
  );
  if (concerns.includes(true)) await follow(job, [identityId]);
}

/** Who has nothing open can lose something without anything changing. */
async function followLost(job: JobCtx, identityId: string): Promise<void> {
  const open = await job.db.maybe(
    sql`select 1 from sod_violation where cleared_at is null and identity_id = ${identityId} limit 1`,
  );
  if (open !== undefined) await keepInTurn(job, [identityId]);
}

/** What people are says for whom a rule counts, where any rule asks. */
async function followFacts(job: JobCtx, identityIds: readonly string[]): Promise<void> {
  const scoped = await job.db.maybe(sql`
    select 1 from sod_rule where valid_to is null and (person_condition is not null or cardinality(org_units) > 0) limit 1`);
  if (scoped !== undefined) await follow(job, identityIds);
}

/** Which changes make conflicts or end them: only those whom a change can touch are judged again. */
export const followChanges: NonNullable<Module['reactions']> = [
  defineReaction({
    on: grantStarted,
    name: 'sod.follow_grant',
    run: (job, { data }) => followGiven(job, data.identityId, [data]),
  }),
  defineReaction({
    on: grantsStarted,
    name: 'sod.follow_grants',
    run: (job, { data }) => followGiven(job, data.identityId, data.grants),
  }),
  defineReaction({
    on: grantEnded,
    name: 'sod.follow_end_of_grant',
    run: (job, { data }) => followLost(job, data.identityId),
  }),
  defineReaction({
    on: accountLinked,
    name: 'sod.follow_account',
    run: (job, { data }) => follow(job, [data.identityId]),
  }),
  defineReaction({
    on: accountUnlinked,
    name: 'sod.follow_lost_account',
    run: (job, { data }) => followLost(job, data.identityId),
  }),
  defineReaction({
    on: accountRead,
    name: 'sod.follow_read_back',
    run: async (job, { data, at }) => {
      if (data.accountId === undefined) return;
      await follow(job, await ownersReadSince(job.db, { accountId: data.accountId, since: at }));
    },
  }),
  defineReaction({
    on: systemRead,
    name: 'sod.follow_reading',
    run: async (job, { data, at }) => {
      const nested = await job.db.maybe(sql`
        select 1 from entitlement_edge n join entitlement t on t.id = n.child_id
         where t.system_id = ${data.systemId} and n.recorded_from >= ${at} limit 1`);
      if (nested !== undefined) await askForPass(job.db);
      else await follow(job, await ownersReadSince(job.db, { systemId: data.systemId, since: at, limit: MANY + 1 }));
    },
  }),
  defineReaction({
    on: roleChanged,
    name: 'sod.follow_role',
    run: async (job, { data }) => {
      if (data.added.length + data.removed.length > 0)
        await follow(job, await holdersOfRole(job.db, data.roleId, MANY + 1));
    },
  }),
  defineReaction({
    on: identityChanged,
    name: 'sod.follow_facts',
    run: (job, { data }) => followFacts(job, [data.identityId]),
  }),
  defineReaction({
    on: identityImported,
    name: 'sod.follow_import',
    run: (job, { data }) =>
      followFacts(
        job,
        data.changed.map(({ identityId }) => identityId),
      ),
  }),
  defineReaction({ on: entitlementNested, name: 'sod.follow_nesting', run: (job) => askForPass(job.db) }),
  ...[identityMerged, identitySplit].map((on) =>
    defineReaction({
      on,
      name: on === identityMerged ? 'sod.follow_merge' : 'sod.follow_split',
      run: (job, { data }) =>
        follow(
          job,
          Object.entries(data).flatMap(([field, value]) =>
            ['duplicateId', 'survivorId', 'identityId', 'otherId'].includes(field) ? [value as string] : [],
          ),
        ),
    }),
  ),
  ...[sodExceptionGranted, sodExceptionEnded, sodExceptionLapsed].map((on) =>
    defineReaction({
      on,
      name: `sod.follow_${on.type.replace('.', '_')}`,
      run: (job, { data }) => follow(job, [data.identityId]),
    }),
  ),
  ...[sodRuleCreated, sodRuleChanged, sodRuleRetired].map((on) =>
    defineReaction({ on, name: `sod.follow_${on.type.replace('.', '_')}`, run: (job) => askForPass(job.db) }),
  ),
];
