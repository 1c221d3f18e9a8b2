import { sql, type Tx } from '#kit/db/index.ts';

/** Whether somebody may speak in another's name now, about anything at all: such a one is no second person to them. */
export const isDeputyOf = async (
  tx: Tx,
  ask: { readonly identityId: string; readonly deputyId: string },
): Promise<boolean> =>
  (await tx.maybe(sql`
    select 1 from approval_deputy where identity_id = ${ask.identityId} and deputy_id = ${ask.deputyId}
       and ended_at is null and starts_at <= ${tx.now} and ends_at > ${tx.now} limit 1`)) !== undefined;
