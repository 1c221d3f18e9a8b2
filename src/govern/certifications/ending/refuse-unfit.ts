import { sql, type Tx } from '#kit/db/index.ts';
import { invalid } from '#kit/errors/index.ts';

/** Refuses to keep an account nobody answers for without a word about why: silence about it is what the review is against. */
export async function refuseUnfit(
  tx: Tx,
  itemIds: readonly string[],
  { decision, comment }: { readonly decision: string; readonly comment?: string | undefined },
): Promise<void> {
  if (decision !== 'keep' || (comment !== undefined && comment.trim() !== '')) return;
  const orphan = await tx.maybe(sql`
    select i.id from campaign_item i join account a on a.id = i.account_id
     where i.id = any(${sql.array(itemIds)}::uuid[]) and i.subject = 'account' and a.identity_id is null limit 1`);
  if (orphan !== undefined)
    throw invalid(
      '/comment',
      'is needed to keep an account nobody answers for',
      'say why it stays, or say who answers for it',
    );
}
