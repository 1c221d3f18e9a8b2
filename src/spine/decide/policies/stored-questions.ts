import { sql, type Tx } from '#kit/db/index.ts';
import type { Principal, ResourceRef } from '../port.ts';

/** One question as it was asked, and how it was answered then. */
export interface StoredQuestion {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: ResourceRef;
  readonly context: Readonly<Record<string, unknown>>;
  readonly allowed: boolean;
}

interface Row {
  readonly principalKind: Principal['kind'];
  readonly principalId: string;
  readonly action: string;
  readonly resourceType: string;
  readonly resourceId: string;
  readonly context: Record<string, unknown>;
  readonly allowed: boolean;
}

/** The last different questions, newest first, each with its latest answer. */
export const lastQuestions = async (tx: Tx, count: number): Promise<StoredQuestion[]> => {
  const rows = await tx.many<Row>(sql`
    select principal_kind, principal_id, action, resource_type, resource_id, context, allowed from (
      select distinct on (principal_kind, principal_id, action, resource_type, resource_id, context) *
        from decision_made
       order by principal_kind, principal_id, action, resource_type, resource_id, context, at desc) d
     order by at desc, id desc limit ${count}`);
  return rows.map((r) => ({
    principal: { kind: r.principalKind, id: r.principalId },
    action: r.action,
    resource: { type: r.resourceType, id: r.resourceId },
    context: r.context,
    allowed: r.allowed,
  }));
};

/** Days a question is kept to be asked again. */
const KEPT_DAYS = 30;

/** Forgets questions older than that. Returns how many. */
export const forgetOldQuestions = async (tx: Tx): Promise<number> =>
  await tx.run(sql`delete from decision_made where at < ${new Date(tx.now.getTime() - KEPT_DAYS * 86_400_000)}`);
