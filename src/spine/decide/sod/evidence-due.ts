import { sql } from '#kit/db/index.ts';

/** When the next run of an exception's control is due, in SQL over `sod_exception x`. */
export const evidenceDue = sql`
  coalesce((select max(n.ran_at) from sod_control_run n where n.exception_id = x.id), x.valid_from)
    + make_interval(days => x.evidence_every_days)`;
