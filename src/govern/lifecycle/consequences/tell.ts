import { sql, type Tx } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { askNotice } from '#spine/events/index.ts';
import { ADMIN_ROLES, getIdentities } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { Named } from './read-access.ts';

/** Those who run Reeve and are here. */
export const administrators = async (tx: Tx): Promise<string[]> =>
  (
    await tx.many<{ id: string }>(sql`
      select distinct g.identity_id as id from access_grant g
        join identity_facts f on f.identity_id = g.identity_id and f.state = 'active'
         and f.valid_from <= ${tx.now} and (f.valid_to is null or f.valid_to > ${tx.now})
       where g.entitlement_id = ${ADMIN_ROLES.administrator} and g.ended_because is null
         and g.valid_from <= ${tx.now} and (g.valid_to is null or g.valid_to > ${tx.now}) order by 1`)
  ).map((r) => r.id);

/** Tells those who run Reeve that a delivery was refused, or waits for one of them. */
export async function tellAdministrators(
  ctx: Ctx,
  permit: Permit,
  notice: {
    readonly template: 'feed.refused' | 'feed.held';
    readonly source: string;
    readonly rows: number;
    readonly because: readonly { readonly detail: string }[];
  },
): Promise<void> {
  const to = await administrators(ctx.tx);
  const [about] = to;
  if (about === undefined) return;
  await askNotice(ctx, permit, {
    to,
    about,
    template: notice.template,
    path: '/sources',
    facts: {
      source: notice.source,
      rows: String(notice.rows),
      because: notice.because
        .slice(0, 5)
        .map((b) => b.detail)
        .join('; '),
    },
  });
}

/** Tells the new managers of movers what these kept that no rule gives them, to be looked through. */
export async function tellManagers(ctx: Ctx, permit: Permit, kept: readonly Named[]): Promise<void> {
  const people = await getIdentities(ctx.tx, [...new Set(kept.map((k) => k.identityId))]);
  for (const person of people) {
    if (person.managerId === null) continue;
    const what = kept.filter((k) => k.identityId === person.id).map((k) => k.name);
    await askNotice(ctx, permit, {
      to: [person.managerId],
      about: person.id,
      template: 'mover.review',
      path: `/identities/${person.id}`,
      facts: { name: person.displayName, what: what.slice(0, 20).join(', ') },
    });
  }
}
