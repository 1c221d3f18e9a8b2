import { sql, type Tx } from '#kit/db/index.ts';
import { deputiesOfStep } from '../deputies/cover.ts';

/** Whether a page of the console shows a request that still waits for somebody, in their own right or as a deputy. */
export const requestStillWaits = async (
  tx: Tx,
  asked: { readonly path: string; readonly identityId: string },
): Promise<boolean> => {
  const requestId = /^\/requests\/([0-9a-f-]{36})$/.exec(asked.path)?.[1];
  if (requestId === undefined) return true;
  const open = await tx.many<{ id: string; candidates: readonly string[] }>(
    sql`select id, candidates from approval_step where request_id = ${requestId} and state = 'open'`,
  );
  if (open.some(({ candidates }) => candidates.includes(asked.identityId))) return true;
  for (const { id } of open) if ((await deputiesOfStep(tx, id)).includes(asked.identityId)) return true;
  return false;
};
