import type { Permit } from '#spine/decide/index.ts';
import { endGrant, getGrant, refuseLastAdministrator } from '#spine/graph/index.ts';
import { AppError } from '#kit/errors/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { effectOf, isLive, type Request } from '../model.ts';
import { addNote, linesOf, settleLine } from '../store.ts';
import { targetsOf } from './give-access.ts';

/** What became of the lines that ask for access to be taken away. */
export interface Taken {
  readonly grantIds: readonly string[];
  readonly refused: readonly { readonly lineId: string; readonly because: string }[];
}

/**
 * Ends the grants a request asks to be ended, once that is decided. One that ended by itself meanwhile, or that nobody
 * may end (the last administrator), is refused, line by line.
 */
export const takeAway = async (ctx: Ctx, permit: Permit, request: Request): Promise<Taken> => {
  const grantIds: string[] = [];
  const refused: { lineId: string; because: string }[] = [];
  for (const line of await linesOf(ctx.tx, [request.id])) {
    if (!isLive(line) || line.takesGrantId === null) continue;
    const because = await whyNot(ctx, line.takesGrantId);
    if (because !== undefined) {
      refused.push({ lineId: line.id, because });
      await settleLine(ctx.tx, { id: line.id, state: 'refused', because });
      await addNote(ctx.tx, ctx.principal, {
        requestId: request.id,
        lineId: line.id,
        kind: 'line_refused',
        detail: { because },
      });
      continue;
    }
    const targets = await targetsOf(ctx, line);
    await endGrant(ctx, permit, {
      grantId: line.takesGrantId,
      because: `asked for by request R-${request.number}`,
      said: `asked for by request R-${request.number}`,
    });
    grantIds.push(line.takesGrantId);
    const effect = effectOf({ targets, realised: 0, ended: true, withdrawn: 0 });
    await settleLine(ctx.tx, { id: line.id, state: 'removed', effect });
    await addNote(ctx.tx, ctx.principal, {
      requestId: request.id,
      lineId: line.id,
      kind: 'removed',
      detail: { grantId: line.takesGrantId, targets },
    });
  }
  return { grantIds, refused };
};

const whyNot = async (ctx: Ctx, grantId: string): Promise<string | undefined> => {
  const grant = await getGrant(ctx.tx, grantId);
  if (grant === undefined || grant.endedBecause !== null) return 'it has ended already';
  try {
    await refuseLastAdministrator(ctx.tx, grant);
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
};
