import { sql, type Tx } from '#kit/db/index.ts';

/** A secret that is out, as it is listed. */
export interface SecretOut {
  readonly id: string;
  readonly secretId: string;
  readonly secretName: string;
  readonly identityId: string;
  readonly reason: string | null;
  readonly ticket: string | null;
  readonly shared: boolean;
  readonly extended: number;
  readonly startedAt: Date;
  readonly endsAt: Date;
  readonly approvedBy: string | null;
}

/** What is out now, of one person or of all, the first to end first. */
export const listOut = (tx: Tx, filter: { readonly identityId?: string | undefined } = {}): Promise<SecretOut[]> =>
  tx.many<SecretOut>(sql`
    select c.id, c.secret_id, s.name as secret_name, c.identity_id, c.reason, c.ticket, c.shared, c.extended,
           c.started_at, c.ends_at, a.decided_by as approved_by
      from secret_checkout c join secret s on s.id = c.secret_id left join checkout_ask a on a.id = c.ask_id
     where c.ended_at is null and (${filter.identityId ?? null}::uuid is null or c.identity_id = ${filter.identityId ?? null})
     order by c.ends_at, c.id limit 500`);
