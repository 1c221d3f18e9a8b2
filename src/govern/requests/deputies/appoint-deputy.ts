import { sql, type Tx } from '#kit/db/index.ts';
import { conflict, invalid, notFound } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/index.ts';
import { getIdentity } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { deputyAppointed, deputyEnded } from '../events.ts';
import { loadTargets } from '../lines/find-targets.ts';
import type { StepKind } from '../model.ts';

/** What a deputy may decide about. */
export const ABOUT = ['requests', 'certifications'] as const;

/** Somebody decides in the name of another, for a time. A null scope covers everything. */
export interface Deputy {
  readonly id: string;
  readonly identityId: string;
  readonly deputyId: string;
  readonly about: readonly (typeof ABOUT)[number][] | null;
  readonly stepKinds: readonly StepKind[] | null;
  readonly systemIds: readonly string[] | null;
  readonly targetIds: readonly string[] | null;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly reason: string;
  readonly madeAt: Date;
  readonly endedAt: Date | null;
}

const YEAR_MS = 366 * 86_400_000;
const columns = sql`d.id, d.identity_id, d.deputy_id, d.about, d.step_kinds, d.system_ids, d.target_ids, d.starts_at, d.ends_at, d.reason, d.made_at, d.ended_at`;

/**
 * Appoints a deputy. What waits already is theirs too as far as the scope goes, and stays that of who was asked.
 * Nobody is deputy of themselves, and a deputy's own deputy decides nothing of it.
 */
export const appointDeputy = async (
  ctx: Ctx,
  permit: Permit<'approval_deputy.appoint'>,
  input: Pick<
    Deputy,
    'identityId' | 'deputyId' | 'about' | 'stepKinds' | 'systemIds' | 'targetIds' | 'startsAt' | 'endsAt' | 'reason'
  >,
): Promise<Deputy> => {
  if (input.deputyId === input.identityId)
    throw invalid('/deputy', 'nobody stands in for themselves', 'name somebody else');
  if (input.deputyId === ctx.principal.id)
    throw invalid(
      '/deputy',
      'nobody makes themselves the deputy of another',
      'let them, or another officer, appoint you',
    );
  const deputy = await getIdentity(ctx.tx, input.deputyId);
  if (deputy?.kind !== 'person' || deputy.state !== 'active')
    throw invalid('/deputy', 'only an active person of the house decides for another', 'name somebody who is here');
  if (input.endsAt <= input.startsAt || input.endsAt <= ctx.now)
    throw invalid('/endsAt', 'lies before it begins, or in the past', 'give a later end');
  if (input.endsAt.getTime() - input.startsAt.getTime() > YEAR_MS)
    throw invalid('/endsAt', 'is more than a year after the beginning', 'give an earlier end, and renew it then');
  await refuseUnknownScope(ctx.tx, input.systemIds ?? [], input.targetIds ?? []);
  const row: Deputy = { id: newId(ctx.now.getTime()), ...input, madeAt: ctx.now, endedAt: null };
  await ctx.tx.run(sql`
    insert into approval_deputy (id, identity_id, deputy_id, about, step_kinds, system_ids, target_ids, starts_at, ends_at, reason, made_at, made_by)
    values (${row.id}, ${row.identityId}, ${row.deputyId}, ${row.about}::text[], ${row.stepKinds}::text[], ${row.systemIds}::uuid[], ${row.targetIds}::uuid[],
            ${row.startsAt}, ${row.endsAt}, ${row.reason}, ${ctx.now}, ${`${ctx.principal.kind}:${ctx.principal.id}`})`);
  await ctx.record(permit, {
    event: deputyAppointed,
    subject: row.identityId,
    data: {
      deputyRowId: row.id,
      identityId: row.identityId,
      deputyId: row.deputyId,
      about: row.about === null ? null : [...row.about],
      stepKinds: row.stepKinds === null ? null : [...row.stepKinds],
      systemIds: row.systemIds === null ? null : [...row.systemIds],
      targetIds: row.targetIds === null ? null : [...row.targetIds],
      startsAt: row.startsAt.toISOString(),
      endsAt: row.endsAt.toISOString(),
      reason: row.reason,
    },
  });
  return row;
};

const refuseUnknownScope = async (tx: Tx, systems: readonly string[], targets: readonly string[]): Promise<void> => {
  const known = await tx.many<{ id: string }>(sql`select id from system where id = any(${systems}::uuid[])`);
  const system = systems.find((id) => !known.some((k) => k.id === id));
  if (system !== undefined) throw invalid('/systemIds', `there is no system ${system}`, 'give ids of systems');
  const found = await loadTargets(tx, { entitlementIds: targets, roleIds: targets });
  const target = targets.find((id) => !found.has(id));
  if (target !== undefined)
    throw invalid('/targetIds', `there is no entitlement or role ${target}`, 'give ids of entitlements or roles');
};

/** Ends it before its time. What the deputy decided stands. */
export const endDeputy = async (ctx: Ctx, permit: Permit<'approval_deputy.end'>, id: string): Promise<Deputy> => {
  const row = await ctx.tx.maybe<Deputy>(
    sql`select ${columns} from approval_deputy d where d.id = ${id} for no key update`,
  );
  if (row === undefined) throw notFound('deputy', id);
  if (row.endedAt !== null || row.endsAt <= ctx.now)
    throw conflict('deputy.over', 'this deputy decides nothing any more');
  await ctx.tx.run(sql`update approval_deputy set ended_at = ${ctx.now} where id = ${id}`);
  await ctx.record(permit, {
    event: deputyEnded,
    subject: row.identityId,
    data: { deputyRowId: id, identityId: row.identityId, deputyId: row.deputyId },
  });
  return { ...row, endedAt: ctx.now };
};

/** Deputies that are in force or will be, of one identity or by one, or everybody's; the next to end first. */
export const listDeputies = (
  tx: Tx,
  asked: {
    readonly concerning: string | undefined;
    readonly after: readonly (string | number)[] | undefined;
    readonly limit: number;
  },
): Promise<Deputy[]> =>
  tx.many<Deputy>(sql`
    select ${columns} from approval_deputy d
     where d.ended_at is null and d.ends_at > ${tx.now}
       and (${asked.concerning ?? null}::uuid is null or ${asked.concerning ?? null}::uuid in (d.identity_id, d.deputy_id))
       and (${asked.after?.[0] ?? null}::timestamptz is null
            or (d.ends_at, d.id) > (${asked.after?.[0] ?? null}::timestamptz, ${asked.after?.[1] ?? null}::uuid))
     order by d.ends_at, d.id limit ${asked.limit}`);
