import { sql, type Tx } from '#kit/db/index.ts';
import type { Decide, Permit } from '#spine/decide/index.ts';
import { eligibilitiesFor, getEntitlements, getRole, layOutEligibility, makeEligibility } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { targetNamed, type AskedLine } from './find-targets.ts';

/**
 * What somebody asks to be eligible for; undefined where they may not see it, or its owner has opened neither it nor being
 * eligible for it: it is then judged as it is.
 */
const forWhat = async (ctx: Ctx, decide: Decide, line: AskedLine): Promise<string | undefined> => {
  if (line.eligible !== true) return undefined;
  const id =
    line.entitlementId ?? line.roleId ?? (line.what === undefined ? undefined : await targetNamed(ctx.tx, line.what));
  if (id === undefined) return undefined;
  const role = await getRole(ctx.tx, id);
  const [entitlement] = role === undefined ? await getEntitlements(ctx.tx, [id]) : [];
  const found = role ?? entitlement;
  if (found === undefined || (found.validTo !== null && found.validTo <= ctx.now)) return undefined;
  const [type, action] = role === undefined ? ['Entitlement', 'entitlement.read'] : ['Role', 'role.read'];
  const seen = await decide.may(ctx.tx, { principal: ctx.principal, action, resource: { type, id: found.id } });
  if (!seen.allowed) return undefined;
  return found.requestable || (await eligibilitiesFor(ctx.tx, [found.id])).size > 0 ? found.id : undefined;
};

const asEligibility = ({ seconds, until }: AskedLine, entitlementId: string): AskedLine => ({
  entitlementId,
  ...(seconds === undefined ? {} : { seconds }),
  ...(until === undefined ? {} : { until }),
});

const each = async (
  ctx: Ctx,
  decide: Decide,
  lines: readonly AskedLine[],
  eligibilityOf: (tx: Tx, targetId: string) => Promise<string>,
): Promise<readonly AskedLine[]> => {
  const asked: AskedLine[] = [];
  for (const line of lines) {
    const what = await forWhat(ctx, decide, line);
    asked.push(what === undefined ? line : asEligibility(line, await eligibilityOf(ctx.tx, what)));
  }
  return asked;
};

/** Lines that ask to be eligible for something ask for that eligibility, made where there is none yet. */
export const eligibilitiesAsked = (
  ctx: Ctx,
  permit: Permit,
  decide: Decide,
  lines: readonly AskedLine[],
): Promise<readonly AskedLine[]> => each(ctx, decide, lines, (_tx, what) => makeEligibility(ctx, permit, what));

/** Looks at lines as `eligibilitiesAsked` would make them, and leaves no eligibility behind. */
export const asIfEligibilitiesAsked = async <T>(
  ctx: Ctx,
  decide: Decide,
  lines: readonly AskedLine[],
  look: (lines: readonly AskedLine[]) => Promise<T>,
): Promise<T> => {
  if (lines.every((line) => line.eligible !== true)) return await look(lines);
  await ctx.tx.run(sql`savepoint as_if_eligible`);
  try {
    return await look(
      await each(ctx, decide, lines, async (tx, what) => (await layOutEligibility(tx, what)).entitlementId),
    );
  } finally {
    await ctx.tx.run(sql`rollback to savepoint as_if_eligible`);
  }
};
