import { sql, type Tx } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { askNotice } from '#spine/events/index.ts';
import type { Ctx, JobCtx } from '#spine/operations/index.ts';
import { administrators } from '../consequences/tell.ts';
import { ownerReminded } from './events.ts';
import { DAY_MS } from './model.ts';
import { readTerms } from './store.ts';

interface Ending {
  readonly identityId: string;
  readonly name: string;
  readonly about: 'end' | 'handover';
  readonly dueAt: Date;
  readonly ownerId: string | null;
  /** Who is told where the owner is not here. */
  readonly managerId: string | null;
  readonly fromName: string | null;
  /** The source that decides about them. */
  readonly source: string | null;
}

/**
 * Reminds whoever answers of what ends soon: of a renewal, and of a handover nobody has accepted. Each day of the terms
 * once, whatever restarts in between; of several days that were missed only the nearest. Safe to run twice.
 */
export async function remindOwners(job: JobCtx): Promise<void> {
  const { terms, ending } = await job.db.tx(async (tx) => {
    const said = await readTerms(tx);
    return { terms: said, ending: await endingSoon(tx, Math.max(0, ...said.remindDays)) };
  });
  for (const one of ending) {
    const daysLeft = (one.dueAt.getTime() - job.clock.now().getTime()) / DAY_MS;
    const due = terms.remindDays.filter(
      (days) => daysLeft <= days && (one.about === 'end' || days < terms.handoverDays),
    );
    if (due.length > 0) await job.act({ action: 'lifecycle.apply' }, (ctx, permit) => remind(ctx, permit, one, due));
  }
}

/** Notes every day that has come, and tells once. */
async function remind(ctx: Ctx, permit: Permit, one: Ending, days: readonly number[]): Promise<void> {
  const nearest = Math.min(...days);
  const noted = await ctx.tx.many<{ daysBefore: number }>(sql`
    insert into owner_reminder (identity_id, about, due_at, days_before, sent_at)
    select ${one.identityId}::uuid, ${one.about}, ${one.dueAt}::timestamptz, d, ${ctx.now}::timestamptz from unnest(${sql.array(days)}::int[]) as d
    on conflict do nothing returning days_before`);
  if (!noted.some((n) => n.daysBefore === nearest)) return;
  await ctx.record(permit, {
    event: ownerReminded,
    subject: one.identityId,
    data: { identityId: one.identityId, about: one.about, daysBefore: nearest },
  });
  const asked = one.ownerId ?? one.managerId;
  await askNotice(ctx, permit, {
    to: asked === null ? await administrators(ctx.tx) : [asked],
    about: one.identityId,
    template:
      one.about === 'handover' ? 'handover.reminder' : one.source === null ? 'renewal.wanted' : 'renewal.in_source',
    path: one.about === 'handover' ? '/answering' : `/identities/${one.identityId}`,
    facts: {
      name: one.name,
      until: one.dueAt.toISOString(),
      ...(one.fromName === null ? {} : { from: one.fromName }),
      ...(one.source === null ? {} : { source: one.source }),
    },
  });
}

/** What ends within so many days and was not reminded of for the nearest of them yet. */
const endingSoon = async (tx: Tx, days: number): Promise<Ending[]> =>
  await tx.many<Ending>(sql`
    with ending as (
      select f.identity_id, 'end' as about, f.contract_end as due_at, f.owner_id, null::uuid as from_id
        from identity_facts f join identity i on i.id = f.identity_id
       where f.contract_end > ${tx.now} and f.contract_end <= ${tx.now}::timestamptz + make_interval(days => ${days})
         and f.valid_to is null and f.valid_from <= ${tx.now} and f.state <> 'leaver' and i.kind <> 'person'
      union all
      select h.identity_id, 'handover', h.due_at, h.acting_id, h.from_id from handover h
       where h.state = 'open' and h.due_at > ${tx.now} and h.due_at <= ${tx.now}::timestamptz + make_interval(days => ${days})
    )
    select e.identity_id, f.display_name as name, e.about, e.due_at, o.identity_id as owner_id, m.identity_id as manager_id,
           w.display_name as from_name,
           (select min(p.name) from source_record s join people_source p on p.id = s.source_id
             where s.identity_id = e.identity_id and s.present and (p.terms->>'lifecycle')::boolean and e.about = 'end') as source
      from ending e join identity_facts f on f.identity_id = e.identity_id and f.valid_to is null
      left join identity_facts o on o.identity_id = e.owner_id and o.valid_to is null and o.state = 'active'
      left join identity_facts m on m.identity_id = f.manager_id and m.valid_to is null and m.state = 'active' and e.about = 'end'
      left join identity_facts w on w.identity_id = e.from_id and w.valid_to is null
     order by e.due_at, e.identity_id limit 5000`);
