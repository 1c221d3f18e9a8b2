import { getAccounts, getGrant, getIdentities, getSystem, listGrants, listUses } from '#spine/graph/index.ts';
import type { Decide } from '#spine/decide/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { loadTargets } from '#govern/requests/index.ts';
import { inWords, targetOf, usersOf, whoOpens } from './concerned.ts';
import { pathState, reviewState, type EmergencyPath, type EmergencyUse } from './model.ts';
import { findPaths, findUse, liveUse, openingOf } from './store.ts';

const namesOf = async (ctx: Ctx, ids: readonly string[]) => {
  const known = new Map((await getIdentities(ctx.tx, [...new Set(ids)])).map((i) => [i.id, i.displayName]));
  return (id: string) => ({ id, name: known.get(id) ?? 'somebody no longer known' });
};

const whatOf = async (ctx: Ctx, path: EmergencyPath) => {
  const target = await targetOf(ctx.tx, path);
  return {
    kind: path.roleId === null ? ('entitlement' as const) : ('role' as const),
    id: path.entitlementId ?? path.roleId ?? '',
    name: target?.name ?? 'something no longer known',
    systemName: target?.systemName ?? null,
    risk: target?.risk ?? ('low' as const),
    privileged: target?.privileged ?? false,
  };
};

const held = async (ctx: Ctx, id: string): Promise<string> =>
  inWords((await loadTargets(ctx.tx, { entitlementIds: [id], roleIds: [id] })).get(id));

/** A path as answered, with what the asker may do with it. */
export const showPath = async (ctx: Ctx, decide: Decide, path: EmergencyPath) => {
  const users = await usersOf(ctx.tx, path);
  const opening = path.lockedAt === null ? undefined : await openingOf(ctx.tx, path.id);
  const lockedBy = path.lockedByUseId === null ? undefined : (await findUse(ctx.tx, path.lockedByUseId)).identityId;
  const openers = path.lockedAt === null ? [] : await whoOpens(ctx.tx, lockedBy);
  const name = await namesOf(ctx, [
    ...users,
    ...path.reviewerIds,
    ...openers,
    path.definedBy,
    ...(opening === undefined ? [] : [opening.askedBy]),
  ]);
  const resource = { type: 'EmergencyPath', id: path.id };
  const live = await liveUse(ctx.tx, path.id, ctx.principal.id);
  const may = async (action: string): Promise<boolean> =>
    (await decide.may(ctx.tx, { principal: ctx.principal, action, resource })).allowed;
  return {
    id: path.id,
    name: path.name,
    purpose: path.purpose,
    what: await whatOf(ctx, path),
    users: users.map(name),
    usersHold: path.usersHoldId === null ? null : await held(ctx, path.usersHoldId),
    reviewers: path.reviewerIds.map(name),
    longestMinutes: path.longestSeconds / 60,
    reviewWithinHours: path.reviewSeconds / 3600,
    state: pathState(path),
    lockedAt: path.lockedAt,
    lockedBecause: path.lockedBecause,
    lockedByUseId: path.lockedByUseId,
    whoOpens: openers.map(name),
    opening:
      opening === undefined ? null : { askedBy: name(opening.askedBy), reason: opening.reason, endsAt: opening.endsAt },
    definedBy: name(path.definedBy),
    definedAt: path.definedAt,
    mine: live === undefined ? null : { useId: live.id, endsAt: live.endsAt },
    mayUse: pathState(path) === 'open' && (await may('emergency_path.use')),
    mayOpen: path.lockedAt !== null && opening?.askedBy !== ctx.principal.id && (await may('emergency_path.open')),
    mayClose: path.closedAt === null && (await may('emergency_path.close')),
  };
};

/** What was done with what a use gave: every session that rested on it. A recording opens only for who may watch it. */
const sessionsOf = async (ctx: Ctx, decide: Decide, use: EmergencyUse) => {
  const { items: grants } = await listGrants(ctx.tx, { filter: { origin: 'emergency', originId: use.id } });
  const uses = [];
  for (const grant of grants) uses.push(...(await listUses(ctx.tx, { grantId: grant.id, limit: 200 })));
  const watch = await decide.mayMany(
    ctx.tx,
    ctx.principal,
    'session.replay',
    uses.map((u) => ({ type: 'Session', id: u.id })),
  );
  const accounts = new Map(
    (
      await getAccounts(
        ctx.tx,
        uses.map((u) => u.accountId),
      )
    ).map((a) => [a.id, a.name]),
  );
  const sessions = [];
  for (const [i, one] of uses.entries()) {
    sessions.push({
      sessionId: one.id,
      account: accounts.get(one.accountId) ?? '?',
      system: (await getSystem(ctx.tx, one.systemId))?.name ?? '?',
      startedAt: one.startedAt,
      endedAt: one.endedAt,
      recorded: one.recorded,
      commands: one.commands,
      commandClasses: [...one.commandClasses],
      mayWatch: watch[i]?.allowed === true,
    });
  }
  return sessions;
};

/** A use as answered, with its review and what was done. */
export const showUse = async (ctx: Ctx, decide: Decide, use: EmergencyUse) => {
  const [path] = await findPaths(ctx.tx, [use.pathId]);
  if (path === undefined) throw new Error('a use has a path');
  const grant = await getGrant(ctx.tx, use.grantId);
  const name = await namesOf(ctx, [
    use.identityId,
    ...path.reviewerIds,
    ...(use.reviewedBy === null ? [] : [use.reviewedBy]),
  ]);
  const mayReview = await decide.may(ctx.tx, {
    principal: ctx.principal,
    action: 'emergency_use.review',
    resource: { type: 'EmergencyUse', id: use.id },
  });
  return {
    id: use.id,
    path: { id: path.id, name: path.name, state: pathState(path) },
    what: await whatOf(ctx, path),
    who: name(use.identityId),
    reason: use.reason,
    usedAt: use.usedAt,
    endsAt: use.endsAt,
    endedAt: grant?.endedBecause == null ? null : grant.validTo,
    endedBecause: grant?.endedBecause ?? null,
    grantId: use.grantId,
    stepUp: { method: use.stepUpMethod, at: use.stepUpAt },
    review: {
      state: reviewState(use, ctx.now),
      dueAt: use.reviewDueAt,
      reviewers: path.reviewerIds.map(name),
      by: use.reviewedBy === null ? null : name(use.reviewedBy),
      at: use.reviewedAt,
      comment: use.comment,
      mayReview: use.verdict === null && mayReview.allowed,
    },
    sessions: await sessionsOf(ctx, decide, use),
  };
};
