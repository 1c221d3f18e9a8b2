import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { endGrants, startGrants, type IdentityState } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { byPerson, differencesInForce, NOT_DUE, UNDONE } from '../birthrights/find-differences.ts';
import { blockedStarts } from '../birthrights/judge-starts.ts';
import type { BirthrightRule } from '../birthrights/model.ts';
import { settleDifferences } from '../birthrights/settle-differences.ts';
import { rulesInForce } from '../birthrights/store.ts';
import type { Changed } from './find-changed.ts';

/** Somebody put back, and what they are now. */
interface Restored {
  readonly person: Pick<Changed, 'identityId' | 'touchedAt'>;
  readonly state: IdentityState;
}

/**
 * What rules give people whose facts are as they were: what they lost by the run starts again, and what the run gave
 * ends at once. A rule's grace is for what somebody had rightly; what a wrong delivery gave has none. Who was away is not
 * left with what only somebody at work is given. `kept` are grants that were just given again.
 */
export async function settleBirthrights(
  ctx: Ctx,
  permit: Permit,
  people: readonly Restored[],
  kept: readonly string[],
): Promise<void> {
  if (people.length === 0) return;
  const identityIds = people.map(({ person }) => person.identityId);
  const rules = await rulesInForce(ctx.tx);
  const away = people.filter(({ state }) => state !== 'active');
  const restored = [...kept, ...(await giveAway(ctx, permit, away, rules))];
  const differ = await byPerson(ctx.tx, differencesInForce({ identityIds, rules }, ctx.now), rules);
  const ending = differ.flatMap(({ ends }) => ends.map((end) => end.grantId));
  const since = await ctx.tx.many<{ grantId: string }>(sql`
    select g.id as grant_id from access_grant g
      join unnest(${sql.array(identityIds)}::uuid[], ${sql.array(people.map(({ person }) => person.touchedAt))}::timestamptz[],
                  ${sql.array(people.map(({ state }) => state))}::text[]) as p(id, touched_at, state) on p.id = g.identity_id
     where g.origin = 'birthright' and g.ended_because is null and g.valid_from >= p.touched_at
       and (p.state <> 'active' or g.id = any(${sql.array(ending)}::uuid[])) and g.id <> all(${sql.array(restored)}::uuid[])`);
  await endGrants(ctx, permit, { because: UNDONE, grants: since });
  const ended = new Set(since.map((g) => g.grantId));
  const settled = await settleDifferences(
    ctx,
    permit,
    differ.map((d) => ({ ...d, ends: d.ends.filter((end) => !ended.has(end.grantId)) })),
  );
  const started = settled.filter(
    (s) =>
      s.grantId !== undefined &&
      differ.some((d) => d.identityId === s.identityId && d.starts.some((r) => r.id === s.ruleId)),
  );
  await endWhatEndsLater(ctx, permit, started);
}

/**
 * Rules start nothing for who is away, and take nothing from them either: what the run ended of theirs, or was to end
 * later by it, starts again here, judged as anything a rule gives. Where a rule stands behind it no more it ends after.
 */
async function giveAway(
  ctx: Ctx,
  permit: Permit,
  people: readonly Restored[],
  rules: readonly BirthrightRule[],
): Promise<string[]> {
  if (people.length === 0) return [];
  const lost = await ctx.tx.many<{ identityId: string; ruleId: string }>(sql`
    select distinct g.identity_id, g.origin_id as rule_id from access_grant g
      join unnest(${sql.array(people.map(({ person }) => person.identityId))}::uuid[],
                  ${sql.array(people.map(({ person }) => person.touchedAt))}::timestamptz[]) as p(id, touched_at) on p.id = g.identity_id
     where g.origin = 'birthright' and g.valid_from < p.touched_at and g.recorded_from >= p.touched_at
       and (g.ended_because = ${NOT_DUE} or g.ended_because is null and g.valid_to is not null)
       and not exists (select from access_grant o where o.identity_id = g.identity_id and o.origin = 'birthright'
                          and o.origin_id = g.origin_id and o.ended_because is null and o.valid_to is null)
     order by 1, 2`);
  const again = people.flatMap(({ person: { identityId } }) => {
    const starts = rules.filter((rule) => lost.some((l) => l.identityId === identityId && l.ruleId === rule.id));
    return starts.length === 0 ? [] : [{ identityId, starts }];
  });
  const blocked = await blockedStarts(ctx.tx, again);
  const clear = again.flatMap(({ identityId, starts }) =>
    starts
      .filter((rule) => !blocked.some((b) => b.identityId === identityId && b.rule.id === rule.id))
      .map((rule) => ({
        identityId,
        entitlementId: rule.entitlementId,
        roleId: rule.roleId,
        originId: rule.id,
        reason: `birthright: ${rule.name}`,
      })),
  );
  const started = await startGrants(ctx, permit, { origin: 'birthright', grants: clear });
  await endWhatEndsLater(
    ctx,
    permit,
    clear.map((c) => ({ identityId: c.identityId, ruleId: c.originId })),
  );
  return started;
}

/** What a rule was to give until later is not needed beside what it gives now. */
async function endWhatEndsLater(
  ctx: Ctx,
  permit: Permit,
  started: readonly { readonly identityId: string; readonly ruleId: string }[],
): Promise<void> {
  const later = await ctx.tx.many<{ grantId: string }>(sql`
    select g.id as grant_id
      from unnest(${sql.array(started.map((s) => s.identityId))}::uuid[], ${sql.array(started.map((s) => s.ruleId))}::uuid[]) as s(identity_id, rule_id)
      join access_grant g on g.identity_id = s.identity_id and g.origin = 'birthright' and g.origin_id = s.rule_id
     where g.ended_because is null and g.valid_to is not null`);
  await endGrants(ctx, permit, { because: UNDONE, grants: later });
}
