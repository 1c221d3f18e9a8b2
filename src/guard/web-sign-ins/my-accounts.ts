import { sql } from '#kit/db/index.ts';
import { accountsThere, getSystem, type System } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { justifyingGrants } from '#guard/sessions/index.ts';
import { webTermsOf } from '#guard/web-terms/index.ts';

/** Shared accounts of one system that are looked at; more than a person chooses from. */
const MOST = 50;

/** Where somebody may use a web application now: its site, and as which accounts. Undefined where they may not, or it is none. */
export async function openTo(
  ctx: Ctx,
  systemName: string,
): Promise<{ readonly site: string; readonly accounts: readonly string[] } | undefined> {
  const identityId = ctx.principal.id;
  const system = await getSystem(ctx.tx, systemName);
  const terms = system === undefined ? undefined : await webTermsOf(ctx.tx, system.id);
  if (system === undefined || terms === undefined) return undefined;
  const own = await accountsThere(ctx.tx, system.id, [identityId]);
  const accounts: string[] = [];
  for (const { id, name, isOwn } of [...own.map((a) => ({ ...a, isOwn: true })), ...(await shared(ctx, system))]) {
    const asked = { identityId, accountId: id, systemId: system.id, own: isOwn, now: ctx.now };
    if (!accounts.includes(name) && (await justifyingGrants(ctx.tx, asked)).length > 0) accounts.push(name);
  }
  return accounts.length === 0 ? undefined : { site: terms.site, accounts };
}

const shared = (ctx: Ctx, system: System) =>
  ctx.tx.many<{ id: string; name: string; isOwn: boolean }>(sql`
    select distinct a.id, a.name, false as is_own from entitlement e join account a on a.id = e.account_id
    where e.system_id = ${system.id} and e.valid_to is null and a.valid_to is null
      and a.identity_id is distinct from ${ctx.principal.id} order by a.name limit ${MOST}`);
