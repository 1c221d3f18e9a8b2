import { sql, type Tx } from '#kit/db/index.ts';
import { page, readCursor } from '#kit/http/index.ts';
import type { CaseState, DriftCase, Reaction, Situation } from './model.ts';

const columns = sql`c.id, c.situation, c.system_id, c.account_id, c.entitlement_id, c.identity_id, c.grant_id, c.privileged,
  c.since, c.state, c.reaction, c.problem, c.opened_at, c.settled_at, c.decided_by, c.because, c.accepted_until`;

/** The case, held against other writers until the transaction ends; undefined when there is none. */
export const lockCase = async (tx: Tx, id: string): Promise<DriftCase | undefined> =>
  await tx.maybe<DriftCase>(sql`select ${columns} from drift_case c where c.id = ${id} for no key update`);

/** These cases, held until the transaction ends, in the order of their ids. */
export const lockCases = async (tx: Tx, ids: readonly string[]): Promise<DriftCase[]> =>
  await tx.many<DriftCase>(
    sql`select ${columns} from drift_case c where c.id = any(${[...ids]}::uuid[]) order by c.id for no key update`,
  );

export const moveCase = async (
  tx: Tx,
  id: string,
  to: { readonly state: CaseState; readonly reaction?: Reaction | undefined; readonly problem?: string | undefined },
): Promise<void> => {
  const open = to.state === 'open' || to.state === 'reacting' || to.state === 'accepted';
  await tx.run(sql`
    update drift_case set state = ${to.state}, reaction = coalesce(${to.reaction ?? null}, reaction),
           problem = ${to.problem ?? null}, settled_at = ${open ? null : tx.now} where id = ${id}`);
};

export interface ListedCase extends DriftCase {
  readonly systemName: string;
  readonly accountName: string | null;
  readonly entitlementName: string | null;
  readonly personName: string | null;
}

export async function listCases(
  tx: Tx,
  input: {
    readonly systemId?: string | undefined;
    readonly situation?: Situation | undefined;
    readonly identityId?: string | undefined;
    readonly state?: CaseState | undefined;
    readonly cursor?: string | undefined;
    readonly limit: number;
  },
): Promise<{ items: ListedCase[]; nextCursor: string | null }> {
  const after = readCursor(input.cursor, ['id'])?.[0] ?? null;
  const rows = await tx.many<ListedCase>(sql`
    select ${columns}, s.name as system_name, a.name as account_name, e.name as entitlement_name, f.display_name as person_name
      from drift_case c join system s on s.id = c.system_id left join account a on a.id = c.account_id
      left join entitlement e on e.id = c.entitlement_id
      left join identity_facts f on f.identity_id = c.identity_id and f.valid_from <= ${tx.now}
       and (f.valid_to is null or f.valid_to > ${tx.now})
     where (${input.systemId ?? null}::uuid is null or c.system_id = ${input.systemId ?? null})
       and (${input.situation ?? null}::text is null or c.situation = ${input.situation ?? null})
       and (${input.identityId ?? null}::uuid is null or c.identity_id = ${input.identityId ?? null})
       and (${input.state ?? null}::text is null or c.state = ${input.state ?? null})
       and (${after}::uuid is null or c.id < ${after}) order by c.id desc limit ${input.limit + 1}`);
  return page(rows, input.limit, (r) => [r.id]);
}

export interface ReactionRow {
  readonly systemId: string | null;
  readonly situation: Situation;
  readonly reaction: Reaction;
  readonly privilegedReaction: Reaction;
}

export const listReactions = async (tx: Tx): Promise<ReactionRow[]> =>
  await tx.many<ReactionRow>(sql`
    select system_id, situation, reaction, privileged_reaction from drift_reaction
     order by system_id nulls first, situation limit 1000`);

export const writeReaction = async (tx: Tx, row: ReactionRow): Promise<void> => {
  await tx.run(sql`
    insert into drift_reaction (system_id, situation, reaction, privileged_reaction)
    values (${row.systemId}, ${row.situation}, ${row.reaction}, ${row.privilegedReaction})
    on conflict on constraint drift_reaction_is_once_for_system_and_situation do update
       set reaction = excluded.reaction, privileged_reaction = excluded.privileged_reaction, recorded_from = reeve_now()`);
};
