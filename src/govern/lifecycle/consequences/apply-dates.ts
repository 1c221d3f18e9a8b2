import { setTimeout as pause } from 'node:timers/promises';
import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { holdIdentities, putIdentities, type IdentityKind, type IdentityState } from '#spine/graph/index.ts';
import type { Ctx, JobCtx } from '#spine/operations/index.ts';
import { recomputeBirthrights } from '../birthrights/recompute.ts';
import { deriveState } from '../feed/derive-state.ts';
import type { RecordStatus } from '../feed/model.ts';
import { lifeOf, type Said } from '../precedence/merge-records.ts';
import { readSaid } from '../precedence/read-said.ts';
import { join } from './come-and-move.ts';
import { leave } from './leave.ts';
import type { LifeChange } from './receipts.ts';

/** People a transaction takes. */
const PAGE = 100;

interface DueRow {
  readonly identityId: string;
  readonly kind: IdentityKind;
  readonly displayName: string;
  readonly state: IdentityState;
  readonly source: string | null;
  readonly sourceId: string | null;
  readonly externalId: string | null;
  readonly timeZone: string | null;
  readonly status: RecordStatus | null;
  readonly startsOn: string | null;
  readonly endsOn: string | null;
  readonly dueAt: Date;
}

/** How long somebody who is being changed by others is waited for, and how often they are looked at: within the minute. */
const HELD_MS = 45_000;
const LOOK_AGAIN_MS = 500;

/**
 * Carries out the dates that have come, from what is known already: a first day begins, a last day or a contract has
 * ended. No delivery is needed for it. Each becomes true at its own instant, however late this runs. Whoever is being
 * given something at this instant is passed over, and looked at again until they are free. Returns how many people it
 * changed; safe to run twice and on two workers.
 */
export async function applyDates(job: JobCtx): Promise<number> {
  let changed = 0;
  const until = performance.now() + HELD_MS;
  for (;;) {
    const ids = await job.act({ action: 'lifecycle.apply' }, (ctx, permit) => applyDue(ctx, permit));
    changed += ids.length;
    if (ids.length > 0) await recomputeBirthrights(job, { identityIds: ids });
    else if (performance.now() > until || !(await job.db.tx(somebodyIsDue))) return changed;
    else await pause(LOOK_AGAIN_MS);
  }
}

const somebodyIsDue = async (tx: Tx): Promise<boolean> =>
  (
    await tx.one<{ due: boolean }>(sql`
      select exists (select from source_record where due_at <= ${tx.now})
          or exists (${endedContract(tx)}) as due`)
  ).due;

async function applyDue(ctx: Ctx, permit: Permit): Promise<string[]> {
  const due = await dueRecords(ctx.tx);
  // Read again once they are held: a renewal may have come in between.
  const rows = due.length > 0 || (await endedContracts(ctx.tx)).length === 0 ? due : await endedContracts(ctx.tx);
  const said = await saidBeside(ctx, due);
  const steps = rows.map((row) => {
    const own = nowOf(row, ctx.now);
    return { row, own, now: stateBeside(row, said.get(row.identityId), ctx.now) ?? own };
  });
  // Two records of one person may be due at once; they come to the same.
  const seen = new Set<string>();
  const differing = steps.filter(
    ({ row, now }) => row.state !== now.state && !seen.has(row.identityId) && seen.add(row.identityId),
  );
  await putIdentities(ctx, permit, {
    origin: 'dates that have come',
    rows: differing.map(({ row, now }) => ({
      identityId: row.identityId,
      kind: row.kind,
      facts: { displayName: row.displayName, state: now.state },
      validFrom: row.dueAt,
    })),
  });
  await ctx.tx.run(sql`
    update source_record s set state = r.state, due_at = r.due_at
      from jsonb_to_recordset(${sql.json(
        steps.map(({ row, own }) => ({
          identity_id: row.identityId,
          source_id: row.sourceId,
          state: own.state,
          due_at: own.dueAt,
        })),
      )}::jsonb) as r(identity_id uuid, source_id uuid, state text, due_at timestamptz)
     where s.identity_id = r.identity_id and s.source_id = r.source_id`);
  const change = ({ row }: { row: DueRow }): LifeChange => ({
    identityId: row.identityId,
    effectiveAt: row.dueAt,
    because: row.source === null ? 'the contract has ended' : `a date of ${row.source} ${row.externalId} has come`,
    source: row.source === null ? undefined : `${row.source} ${row.externalId}`,
  });
  await leave(ctx, permit, differing.filter(({ now }) => now.state === 'leaver').map(change));
  await join(
    ctx,
    permit,
    'joined',
    differing.filter(({ row, now }) => row.state === 'pre_hire' && now.state === 'active').map(change),
  );
  return rows.map((r) => r.identityId);
}

function nowOf(row: DueRow, at: Date): { state: IdentityState; dueAt: Date | null } {
  if (row.status === null) return { state: 'leaver', dueAt: null };
  const derived = deriveState(
    { status: row.status, startsOn: row.startsOn, endsOn: row.endsOn },
    row.timeZone ?? 'UTC',
    at,
  );
  return row.state === 'suspended' && derived.state !== 'leaver' ? { ...derived, state: 'suspended' } : derived;
}

/** What all sources say of people of whom a record is due, where that is more than this one. */
async function saidBeside(ctx: Ctx, due: readonly DueRow[]): Promise<ReadonlyMap<string, readonly Said[]>> {
  const ids = [...new Set(due.map((d) => d.identityId))];
  const several = await ctx.tx.many<{ identityId: string }>(sql`
    select s.identity_id from source_record s join people_source p on p.id = s.source_id
     where s.identity_id = any(${ids}::uuid[])
     group by s.identity_id having count(*) > 1 or not bool_and((p.terms->>'lifecycle')::boolean)`);
  const asked = several.map((s) => s.identityId);
  if (asked.length === 0) return new Map();
  await holdIdentities(ctx.tx, asked);
  return await readSaid(ctx.tx, asked);
}

function stateBeside(row: DueRow, said: readonly Said[] | undefined, at: Date): { state: IdentityState } | undefined {
  if (said === undefined) return undefined;
  const life = lifeOf(said, at);
  if (!life.decided) return { state: row.state };
  const suspended = row.state === 'suspended' && life.derived.state !== 'leaver';
  return { state: suspended ? 'suspended' : life.derived.state };
}

const dueRecords = async (tx: Tx): Promise<DueRow[]> =>
  await tx.many<DueRow>(sql`
    select s.identity_id, i.kind, f.display_name, f.state, p.name as source, s.source_id, s.external_id, p.time_zone, s.status,
           s.starts_on::text, s.ends_on::text, s.due_at
      from source_record s join people_source p on p.id = s.source_id join identity i on i.id = s.identity_id
      join identity_facts f on f.identity_id = s.identity_id
       and f.valid_from <= ${tx.now} and (f.valid_to is null or f.valid_to > ${tx.now})
     where s.due_at <= ${tx.now} order by s.due_at, s.identity_id limit ${PAGE} for no key update of s skip locked`);

/** Slices of people whom no source that decides knows, and whose contract has ended. */
const endedContract = (tx: Tx): Sql => sql`
  select f.identity_id, f.display_name, f.state, f.contract_end from identity_facts f
   where f.contract_end <= ${tx.now} and f.valid_to is null and f.valid_from <= ${tx.now} and f.state <> 'leaver'
     and not exists (select from source_record s join people_source p on p.id = s.source_id
                      where s.identity_id = f.identity_id and (p.terms->>'lifecycle')::boolean)`;

const endedContracts = async (tx: Tx): Promise<DueRow[]> =>
  await tx.many<DueRow>(sql`
    select f.identity_id, i.kind, f.display_name, f.state, null as source, null as source_id, null as external_id, null as time_zone,
           null as status, null as starts_on, null as ends_on, f.contract_end as due_at
      from (${endedContract(tx)}) f join identity i on i.id = f.identity_id
     order by f.contract_end, f.identity_id limit ${PAGE} for no key update of i skip locked`);
