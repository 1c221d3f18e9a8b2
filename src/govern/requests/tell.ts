import { getIdentities } from '#spine/graph/index.ts';
import type { Permit } from '#spine/decide/index.ts';
import { askNotice } from '#spine/events/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { loadTargets } from './lines/find-targets.ts';
import type { Request, RequestLine } from './model.ts';
import { linesOf } from './store.ts';

/** What was asked for, in the words of people: `sudo:ALL on web1, role Clerk`. */
export const whatOf = async (ctx: Ctx, lines: readonly RequestLine[]): Promise<string> => {
  const targets = await loadTargets(ctx.tx, {
    entitlementIds: lines.flatMap((l) => l.entitlementId ?? []),
    roleIds: lines.flatMap((l) => l.roleId ?? []),
  });
  return lines
    .map((l) => targets.get(l.entitlementId ?? l.roleId ?? ''))
    .flatMap((t) =>
      t === undefined ? [] : [t.kind === 'role' ? `role ${t.name}` : `${t.name} on ${t.systemName ?? '?'}`],
    )
    .join(', ');
};

/** Tells people of something that happened to a request. */
export const tell = async (
  ctx: Ctx,
  permit: Permit,
  request: Pick<Request, 'id' | 'number' | 'requesterId' | 'beneficiaryId' | 'reason'>,
  notice: {
    readonly to: readonly string[];
    readonly template: string;
    readonly facts?: Readonly<Record<string, string>>;
    /** Links by which they decide, by identity. */
    readonly links?: Readonly<Record<string, string>>;
    /** When others are asked too. */
    readonly answerBy?: Date;
  },
): Promise<void> => {
  const people = await getIdentities(ctx.tx, [request.requesterId, request.beneficiaryId]);
  const name = (id: string): string => people.find((p) => p.id === id)?.displayName ?? 'somebody';
  await askNotice(ctx, permit, {
    to: notice.to,
    template: notice.template,
    path: `/requests/${request.id}`,
    about: request.beneficiaryId,
    links: notice.links,
    answerBy: notice.answerBy,
    facts: {
      number: `R-${request.number}`,
      requester: name(request.requesterId),
      beneficiary: name(request.beneficiaryId),
      what: await whatOf(ctx, await linesOf(ctx.tx, [request.id])),
      reason: request.reason,
      ...notice.facts,
    },
  });
};
