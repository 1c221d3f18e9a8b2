import type { Keys } from '#kit/crypto/index.ts';
import { sql, type Queryable, type Tx } from '#kit/db/index.ts';
import { AppError, conflict } from '#kit/errors/index.ts';
import { isNoticeLinkToken, linkOfToken } from '#spine/events/index.ts';
import { lockRequest } from '../store.ts';

/** A link as it stands. */
export interface DecisionLink {
  readonly id: string;
  readonly requestId: string;
  readonly stepId: string;
  readonly identityId: string;
  readonly endsAt: Date;
  readonly usedAt: Date | null;
}

const columns = sql`l.id, l.request_id, l.step_id, l.identity_id, l.ends_at, l.used_at`;

/**
 * The link a token proves. Throws 401 for one that is made up, and for one of a link that is gone, alike: whether there is
 * such a link is told to nobody who has not the mail.
 */
export const provenLink = async (db: Queryable, keys: Keys, token: string): Promise<DecisionLink> => {
  const id = linkOfToken(token);
  const link =
    id === undefined
      ? undefined
      : await db.maybe<DecisionLink>(sql`select ${columns} from decision_link l where l.id = ${id}`);
  if (link !== undefined && isNoticeLinkToken(keys, token, link.identityId)) return link;
  throw new AppError({
    code: 'decision_link.not_good',
    status: 401,
    detail: 'this link is not one of ours, or is not complete',
    fix: 'open the mail again and follow the whole link, or decide in your inbox',
  });
};

/**
 * Holds a link that has not decided yet, and its request, until the transaction ends. The request first, as everywhere
 * it is moved. Throws what keeps the link from deciding.
 */
export const holdLink = async (tx: Tx, found: DecisionLink): Promise<DecisionLink> => {
  await lockRequest(tx, found.requestId);
  const link = await tx.one<DecisionLink>(
    sql`select ${columns} from decision_link l where l.id = ${found.id} for update`,
  );
  if (link.usedAt !== null)
    throw conflict('decision_link.used', 'this link has decided already', 'what it decided is shown with the request');
  if (link.endsAt <= tx.now)
    throw conflict('decision_link.over', 'this link is too old to decide', 'sign in and decide in your inbox');
  return link;
};

/** Marks a link used: it decides nothing more. */
export const useLink = async (tx: Tx, id: string): Promise<void> => {
  await tx.run(sql`update decision_link set used_at = ${tx.now} where id = ${id} and used_at is null`);
};
