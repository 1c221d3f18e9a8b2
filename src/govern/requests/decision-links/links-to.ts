import { sql, type Tx } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Request } from '../model.ts';
import { readLinkSettings } from './settings.ts';

const HOUR = 3_600_000;

/**
 * A link for each of these people to the step they are asked about: the first of these steps that is theirs, by themselves or
 * as a deputy. Asked again, they keep the link they have, for longer; one that was used is not made again.
 */
export const linksTo = async (
  tx: Tx,
  request: Pick<Request, 'id' | 'expiresAt'>,
  stepIds: readonly string[],
  people: readonly string[],
): Promise<Record<string, string>> => {
  const { mode, hours } = await readLinkSettings(tx);
  const endsAt = new Date(Math.min(tx.now.getTime() + hours * HOUR, request.expiresAt.getTime()));
  if (mode === 'off' || endsAt <= tx.now) return {};
  const steps = await tx.many<{ id: string; candidates: string[] }>(
    sql`select id, candidates from approval_step where id = any(${stepIds}::uuid[]) and state = 'open' order by n`,
  );
  const wanted = [...new Set(people)].flatMap((identityId) => {
    const step = steps.find((s) => s.candidates.includes(identityId)) ?? steps[0];
    return step === undefined ? [] : [{ identityId, stepId: step.id }];
  });
  const rows = await tx.many<{ id: string; identityId: string }>(sql`
    insert into decision_link as l (id, request_id, step_id, identity_id, made_at, ends_at)
    select w.id, ${request.id}, w.step_id, w.identity_id, ${tx.now}, ${endsAt}
      from unnest(${sql.array(wanted.map(() => newId(tx.now.getTime())))}::uuid[], ${sql.array(wanted.map((w) => w.stepId))}::uuid[],
                  ${sql.array(wanted.map((w) => w.identityId))}::uuid[]) as w (id, step_id, identity_id)
    on conflict on constraint decision_link_is_one_for_each_person_and_step do update set ends_at = greatest(l.ends_at, excluded.ends_at)
     where l.used_at is null
    returning id, identity_id`);
  return Object.fromEntries(rows.map(({ id, identityId }) => [identityId, id]));
};
