import { sql, type Queryable, type Sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { reasonOf } from '../events.ts';
import { useEnded, useStarted } from './effects.ts';

/** One use of an account through Reeve: a session, with the grants it rested on. */
export interface AccessUse {
  readonly id: string;
  readonly identityId: string;
  readonly accountId: string;
  readonly systemId: string;
  readonly grantIds: readonly string[];
  readonly protocol: string;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly endedBecause: string | null;
  readonly recorded: boolean;
  readonly commands: number;
  readonly commandClasses: readonly string[];
}

/** Records that a session began. `id` is the session's. */
export async function startUse(
  ctx: Ctx,
  permit: Permit,
  use: Pick<AccessUse, 'id' | 'identityId' | 'accountId' | 'systemId' | 'grantIds' | 'protocol' | 'recorded'>,
): Promise<void> {
  await ctx.tx.run(sql`
    insert into access_use (id, identity_id, account_id, system_id, grant_ids, protocol, started_at, recorded)
    values (${use.id}, ${use.identityId}, ${use.accountId}, ${use.systemId}, ${use.grantIds}, ${use.protocol}, ${ctx.now}, ${use.recorded})`);
  await ctx.record(permit, {
    event: useStarted,
    subject: use.identityId,
    data: {
      useId: use.id,
      identityId: use.identityId,
      accountId: use.accountId,
      systemId: use.systemId,
      grantIds: [...use.grantIds],
      protocol: use.protocol,
    },
  });
}

/** Records that a session ended, once: a second call changes nothing and returns false. */
export async function endUse(
  ctx: Ctx,
  permit: Permit,
  end: {
    readonly id: string;
    readonly at: Date;
    readonly because: string;
    /** What the event says in clear, where `because` is in somebody's own words. */
    readonly said?: string | undefined;
    readonly commands: number;
    readonly commandClasses: readonly string[];
    readonly recordingHead?: string | undefined;
  },
): Promise<boolean> {
  const use = await ctx.tx.maybe<AccessUse>(sql`
    update access_use set ended_at = greatest(started_at, ${end.at}::timestamptz), ended_because = ${end.because},
      commands = ${end.commands}, command_classes = ${end.commandClasses}
    where id = ${end.id} and ended_at is null returning *`);
  if (use === undefined) return false;
  const { reason, words } = reasonOf(end.because, end.said);
  await ctx.tx.run(sql`
    update account set last_used_at = ${use.startedAt}
    where id = ${use.accountId} and (last_used_at is null or last_used_at < ${use.startedAt})`);
  await ctx.record(permit, {
    event: useEnded,
    subject: use.identityId,
    data: {
      useId: use.id,
      identityId: use.identityId,
      accountId: use.accountId,
      systemId: use.systemId,
      grantIds: [...use.grantIds],
      protocol: use.protocol,
      because: reason,
      words,
      commands: end.commands,
      recordingHead: end.recordingHead,
    },
  });
  return true;
}

/** What of a grant, account or identity was exercised, newest first. */
export async function listUses(
  tx: Queryable,
  filter: {
    readonly grantId?: string | undefined;
    readonly accountId?: string | undefined;
    readonly identityId?: string | undefined;
    readonly live?: boolean | undefined;
    readonly limit?: number | undefined;
  },
): Promise<AccessUse[]> {
  const when: Sql[] = [sql`true`];
  if (filter.grantId !== undefined) when.push(sql`grant_ids @> array[${filter.grantId}::uuid]`);
  if (filter.accountId !== undefined) when.push(sql`account_id = ${filter.accountId}`);
  if (filter.identityId !== undefined) when.push(sql`identity_id = ${filter.identityId}`);
  if (filter.live === true) when.push(sql`ended_at is null`);
  return await tx.many<AccessUse>(sql`
    select * from access_use where ${sql.join(when, sql` and `)} order by started_at desc, id limit ${filter.limit ?? 50}`);
}
