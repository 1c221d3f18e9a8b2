import { sql, type Tx } from '#kit/db/index.ts';
import { conflict, notFound } from '#kit/errors/index.ts';
import { page, readCursor } from '#kit/http/index.ts';
import type { Permit } from '#spine/decide/index.ts';
import { renameEntitlement } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { renameCaseAnswered } from '../events.ts';

export interface RenameCase {
  readonly id: string;
  readonly systemId: string;
  readonly systemName: string;
  readonly goneId: string;
  readonly goneName: string;
  readonly cameId: string;
  readonly cameName: string;
  readonly because: string;
  readonly foundAt: Date;
}

/** Questions that still wait: was X, is Y? Newest first; one whose new side went too asks nothing any more. */
export async function listRenameCases(
  tx: Tx,
  input: { readonly systemId?: string | undefined; readonly cursor?: string | undefined; readonly limit: number },
) {
  const after = readCursor(input.cursor, ['at', 'id']);
  const rows = await tx.many<RenameCase>(sql`
    select c.id, c.system_id, y.name as system_name, c.gone_id, g.name as gone_name, c.came_id, n.name as came_name, c.because, c.found_at
      from rename_case c join system y on y.id = c.system_id join entitlement g on g.id = c.gone_id and g.valid_to is not null
      join entitlement n on n.id = c.came_id and n.valid_to is null
     where c.state = 'open' and ${input.systemId === undefined ? sql`true` : sql`c.system_id = ${input.systemId}`}
       and ${after === undefined ? sql`true` : sql`(c.found_at, c.id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`}
     order by c.found_at desc, c.id desc limit ${input.limit + 1}`);
  return page(rows, input.limit, (r) => [r.foundAt.toISOString(), r.id]);
}

/** Says whether what came is what went. The same: its id, owner, description, grants and rules stand under the new name. */
export async function answerRename(
  ctx: Ctx,
  permit: Permit,
  input: { readonly id: string; readonly same: boolean },
): Promise<{ readonly id: string; readonly entitlementId: string }> {
  const found = await ctx.tx.maybe<{ goneId: string; cameId: string; state: string }>(
    sql`select gone_id, came_id, state from rename_case where id = ${input.id} for update`,
  );
  if (found === undefined) throw notFound('rename_case', input.id);
  if (found.state !== 'open') throw conflict('rename_case.answered', 'this question was answered already');
  if (input.same) await renameEntitlement(ctx, permit, found);
  await ctx.tx.run(sql`
    update rename_case set state = ${input.same ? 'same' : 'another'}, answered_at = ${ctx.now}, answered_by = ${ctx.principal.id} where id = ${input.id}`);
  await ctx.record(permit, {
    event: renameCaseAnswered,
    data: { caseId: input.id, goneId: found.goneId, cameId: found.cameId, same: input.same },
  });
  return { id: input.id, entitlementId: input.same ? found.goneId : found.cameId };
}
