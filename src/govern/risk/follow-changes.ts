import { sql } from '#kit/db/index.ts';
import { sodExceptionEnded, sodExceptionGranted, sodExceptionLapsed } from '#spine/decide/index.ts';
import {
  accountLinked,
  accountMarked,
  accountRead,
  accountUnlinked,
  entitlementNested,
  entitlementPut,
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
import { violationsCleared, violationsOpened } from '#govern/sod/index.ts';
import { defineReaction, type JobCtx, type Module } from '#spine/operations/index.ts';
import { askAfter } from './look-at-due.ts';
import { askForLook } from './look-at-everybody.ts';
import { holdersOf, ownersReadSince } from './whom-it-concerns.ts';

/** More than so many at once are left to a look at everybody. */
export const MANY = 2000;

const follow = (job: JobCtx, identityIds: readonly string[]): Promise<void> =>
  identityIds.length > MANY ? askForLook(job.db) : askAfter(job.db, { identityIds });

const reactions: NonNullable<Module['reactions']> = [
  ...[grantStarted, grantEnded, grantsStarted].map((on) =>
    defineReaction({
      on,
      name: `risk.follow_${on.type.replace('.', '_')}`,
      run: (job, { data }) => follow(job, [data.identityId]),
    }),
  ),
  ...[sodExceptionGranted, sodExceptionEnded, sodExceptionLapsed].map((on) =>
    defineReaction({
      on,
      name: `risk.follow_${on.type.replace('.', '_')}`,
      run: (job, { data }) => follow(job, [data.identityId]),
    }),
  ),
  ...[violationsOpened, violationsCleared].map((on) =>
    defineReaction({
      on,
      name: `risk.follow_${on.type.replace('.', '_')}`,
      run: (job, { data }) => follow(job, [...new Set(data.violations.map((v) => v.identityId))]),
    }),
  ),
  defineReaction({
    on: identityChanged,
    name: 'risk.follow_facts',
    run: async (job, { data }) => {
      const { owners } = await job.db.one<{ owners: string[] }>(sql`
        select coalesce(array_agg(distinct owner_id::text) filter (where owner_id is not null), '{}') as owners
          from identity_facts where identity_id = ${data.identityId}`);
      await follow(job, [...new Set([data.identityId, ...owners])]);
    },
  }),
  defineReaction({
    on: identityImported,
    name: 'risk.follow_import',
    run: (job, { data }) =>
      follow(
        job,
        data.changed.flatMap((row) => (row.changed.includes('state') ? [row.identityId] : [])),
      ),
  }),
  ...[accountLinked, accountUnlinked, accountMarked, accountRead].map((on) =>
    defineReaction({
      on,
      name: `risk.follow_${on.type.replace('.', '_')}`,
      run: async (job, { data }) => {
        if (data.accountId !== undefined) await askAfter(job.db, { accountIds: [data.accountId] });
      },
    }),
  ),
  defineReaction({
    on: systemRead,
    name: 'risk.follow_reading',
    run: async (job, { data, at }) => await follow(job, await ownersReadSince(job.db, data.systemId, at, MANY + 1)),
  }),
  defineReaction({
    on: entitlementPut,
    name: 'risk.follow_entitlement',
    run: async (job, { data }) => {
      if (data.changed.some((fact) => WEIGHS.has(fact)))
        await follow(job, await holdersOf(job.db, { entitlementId: data.entitlementId }, MANY + 1));
    },
  }),
  defineReaction({
    on: roleChanged,
    name: 'risk.follow_role',
    run: async (job, { data }) => {
      if (data.added.length + data.removed.length > 0 || data.changed.includes('risk'))
        await follow(job, await holdersOf(job.db, { roleId: data.roleId }, MANY + 1));
    },
  }),
  defineReaction({ on: entitlementNested, name: 'risk.follow_nesting', run: (job) => askForLook(job.db) }),
  ...[identityMerged, identitySplit].map((on) =>
    defineReaction({
      on,
      name: on === identityMerged ? 'risk.follow_merge' : 'risk.follow_split',
      run: (job, { data }) =>
        follow(
          job,
          Object.entries(data).flatMap(([field, value]) =>
            ['duplicateId', 'survivorId', 'identityId', 'otherId'].includes(field) ? [value as string] : [],
          ),
        ),
    }),
  ),
];

/** Facts of an entitlement that somebody's risk rests on. */
const WEIGHS: ReadonlySet<string> = new Set([
  'risk',
  'privileged',
  'markedPrivileged',
  'privilegedOnTarget',
  'accountId',
]);

/**
 * What changes the risk of somebody, soon for all it concerns, though after everything that takes access away; what only
 * time changes is for the look at everybody.
 */
export const followChanges: NonNullable<Module['reactions']> = reactions.map((one) => ({
  ...one,
  turn: 'last' as const,
}));
