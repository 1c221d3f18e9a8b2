import { sql, type Tx } from '#kit/db/index.ts';
import type { Impact, RoleVersion } from './model.ts';
import { findImpact } from './store.ts';

/** A report that says what publishing would bring about now. */
export type FreshImpact = Impact & { readonly numbers: NonNullable<Impact['numbers']> };

/** Why there is no report that says what publishing would do now; undefined and the report where there is one. */
export async function freshness(
  tx: Tx,
  version: RoleVersion,
): Promise<
  | { readonly stale: string; readonly impact: Impact | undefined }
  | { readonly stale: undefined; readonly impact: FreshImpact }
> {
  const impact = await findImpact(tx, version.id);
  const stale = await whyStale(tx, version, impact);
  return stale === undefined ? { stale, impact: impact as FreshImpact } : { stale, impact };
}

async function whyStale(tx: Tx, version: RoleVersion, impact: Impact | undefined): Promise<string | undefined> {
  if (impact === undefined) return 'nobody asked yet what it would do';
  if (impact.state === 'failed') return `what it would do could not be found out: ${impact.problem}`;
  if (impact.revision !== version.revision) return 'the draft was changed since its report was asked for';
  if (impact.state !== 'done' || impact.numbers === null) return 'its report is not done yet';
  if (impact.goodUntil !== null && impact.goodUntil <= tx.now)
    return 'something began or ended since its report, as it was due to';
  const { changed, restarted } = await tx.one<{ changed: boolean; restarted: boolean }>(sql`
    select exists (select from data_change where xid >= pg_snapshot_xmin(${impact.snapshot}::pg_snapshot)
                      and not pg_visible_in_snapshot(xid, ${impact.snapshot}::pg_snapshot)) as changed,
           date_trunc('milliseconds', pg_postmaster_start_time()) <> ${impact.serverStarted} as restarted`);
  if (restarted) return 'the database was started again since its report';
  return changed ? 'who has what, or what keeps duties apart, changed since its report' : undefined;
}

/** What no report needs any more: transactions all of them see. */
export const forgetOldChanges = async (tx: Tx): Promise<void> => {
  await tx.run(sql`
    delete from data_change where xid < coalesce(
      (select min(pg_snapshot_xmin(i.snapshot::pg_snapshot)) from role_impact i join role_version v on v.id = i.version_id
        where i.snapshot is not null and v.state in ('draft', 'awaiting')),
      pg_snapshot_xmin(pg_current_snapshot()))`);
};
