import { sql, type Queryable } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { grantControlled } from '../events.ts';
import { NO_CONTROLS, stricterThan, uniteControls, type GrantControls } from './controls.ts';
import { lockGrant } from './read-grants.ts';

type Kind = 'step_up' | 'max_seconds' | 'one_session' | 'idle' | 'observer';
interface Row {
  readonly kind: Kind;
  readonly value: number;
}

const rowsOf = (c: GrantControls): Row[] => [
  ...(c.stepUpSeconds === null ? [] : [{ kind: 'step_up' as const, value: c.stepUpSeconds }]),
  ...(c.sessionSeconds === null ? [] : [{ kind: 'max_seconds' as const, value: c.sessionSeconds }]),
  ...(c.oneSession ? [{ kind: 'one_session' as const, value: 1 }] : []),
  ...(c.idleSeconds === null ? [] : [{ kind: 'idle' as const, value: c.idleSeconds }]),
  ...(c.observerSeconds === null ? [] : [{ kind: 'observer' as const, value: c.observerSeconds }]),
];
const fromRow = ({ kind, value }: Row): GrantControls => ({
  stepUpSeconds: kind === 'step_up' ? value : null,
  sessionSeconds: kind === 'max_seconds' ? value : null,
  oneSession: kind === 'one_session',
  idleSeconds: kind === 'idle' ? value : null,
  observerSeconds: kind === 'observer' ? value : null,
});

/** What each of these grants is under. */
export const controlsOfGrants = async (
  tx: Queryable,
  grantIds: readonly string[],
): Promise<(grantId: string) => GrantControls> => {
  const rows =
    grantIds.length === 0
      ? []
      : await tx.many<Row & { readonly grantId: string }>(
          sql`select grant_id, kind, value from grant_control where grant_id = any(${[...new Set(grantIds)]}::uuid[])`,
        );
  const all = new Map<string, GrantControls>();
  for (const row of rows) all.set(row.grantId, uniteControls([all.get(row.grantId) ?? NO_CONTROLS, fromRow(row)]));
  return (grantId) => all.get(grantId) ?? NO_CONTROLS;
};

/**
 * Puts a grant under controls, beside those it is under. Only what is stricter is added; where nothing is, nothing is
 * recorded. Returns what was added.
 */
export async function addGrantControls(
  ctx: Ctx,
  permit: Permit,
  input: { readonly grantId: string; readonly controls: GrantControls; readonly because: string },
): Promise<GrantControls | undefined> {
  const { grantId, because } = input;
  const grant = await lockGrant(ctx.tx, grantId);
  const added = stricterThan((await controlsOfGrants(ctx.tx, [grantId]))(grantId), input.controls);
  if (added === undefined) return undefined;
  for (const { kind, value } of rowsOf(added))
    await ctx.tx.run(sql`
      insert into grant_control (grant_id, kind, value, because, added_at)
      values (${grantId}, ${kind}, ${value}, ${because}, ${ctx.now})`);
  const { stepUpSeconds, sessionSeconds, oneSession, idleSeconds, observerSeconds } = added;
  await ctx.record(permit, {
    event: grantControlled,
    subject: grant.identityId,
    data: {
      grantId,
      identityId: grant.identityId,
      ...(stepUpSeconds === null ? {} : { stepUpSeconds }),
      ...(sessionSeconds === null ? {} : { sessionSeconds }),
      ...(oneSession ? { oneSession } : {}),
      ...(idleSeconds === null ? {} : { idleSeconds }),
      ...(observerSeconds === null ? {} : { observerSeconds }),
      because,
    },
  });
  return added;
}
