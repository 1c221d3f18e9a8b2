import { sql, type Queryable } from '#kit/db/index.ts';
import { page, readCursor } from '#kit/http/index.ts';
import type { LivingState, ReeveNode } from './model.ts';

const columns = sql`id, name, roles, version, state, live_sessions, started_at, seen_at, drain_asked_at, ended_at`;

export const insertNode = (
  tx: Queryable,
  node: Pick<ReeveNode, 'id' | 'name' | 'roles' | 'version' | 'startedAt'>,
): Promise<number> =>
  tx.run(sql`
    insert into node (id, name, roles, version, started_at, seen_at)
    values (${node.id}, ${node.name}, ${[...node.roles]}::text[], ${node.version}, ${node.startedAt}, clock_timestamp())`);

/** Says that a node lives. Answers whether it was asked to drain; undefined where it has no row. */
export const sayNodeLives = (
  tx: Queryable,
  node: { readonly id: string; readonly state: LivingState; readonly liveSessions: number },
): Promise<{ drain: boolean } | undefined> =>
  tx.maybe<{ drain: boolean }>(
    sql.named(
      'node_lives',
      sql`
        update node set seen_at = clock_timestamp(), state = ${node.state}, live_sessions = ${node.liveSessions}, ended_at = null
         where id = ${node.id} returning drain_asked_at is not null as drain`,
    ),
  );

/** Nodes that are silent for so long and not said to be lost yet. */
export const silentNodes = (tx: Queryable, silentMs: number): Promise<ReeveNode[]> =>
  tx.many<ReeveNode>(sql`
    select ${columns} from node
     where ended_at is null and seen_at < clock_timestamp() - make_interval(secs => ${silentMs / 1000})`);

/** Says that a node is no more; undefined where somebody said so before, or it is heard of again. */
export const endNode = (
  tx: Queryable,
  end: { readonly id: string; readonly state: 'stopped' | 'lost'; readonly at: Date; readonly silentMs?: number },
): Promise<ReeveNode | undefined> =>
  tx.maybe<ReeveNode>(sql`
    update node set state = ${end.state}, ended_at = ${end.at}, live_sessions = 0
     where id = ${end.id} and ended_at is null
       and (${end.silentMs ?? null}::float8 is null
         or seen_at < clock_timestamp() - make_interval(secs => ${(end.silentMs ?? 0) / 1000}))
    returning ${columns}`);

/** What ended long ago is in the log, and need not be in the list. */
export const forgetOldNodes = (tx: Queryable): Promise<number> =>
  tx.run(sql`delete from node where ended_at < clock_timestamp() - interval '30 days'`);

export const lockNode = (tx: Queryable, id: string): Promise<ReeveNode | undefined> =>
  tx.maybe<ReeveNode>(sql`select ${columns} from node where id = ${id} for update`);

export const askDrain = (
  tx: Queryable,
  ask: { readonly id: string; readonly by: string; readonly at: Date },
): Promise<number> =>
  tx.run(sql`update node set drain_asked_at = ${ask.at}, drain_asked_by = ${ask.by} where id = ${ask.id}`);

/** Newest first; `living` leaves out what ended. */
export async function listNodes(
  tx: Queryable,
  input: { readonly living: boolean; readonly cursor?: string | undefined; readonly limit: number },
): Promise<{ items: ReeveNode[]; nextCursor: string | null }> {
  const after = readCursor(input.cursor, ['id'])?.[0] ?? null;
  const rows = await tx.many<ReeveNode>(sql`
    select ${columns} from node
     where (not ${input.living} or ended_at is null) and (${after}::uuid is null or id < ${after})
     order by id desc limit ${input.limit + 1}`);
  return page(rows, input.limit, (row) => [row.id]);
}
