import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import { lockSource, requireSource } from '#govern/lifecycle/index.ts';
import type { Pusher, ScimClient } from '../model.ts';

const columns: Sql = sql`c.id, c.source_id, s.name, c.identity_id, c.scopes, c.username_from, c.baseline_until, c.created_at`;

/** A client that was not removed. Throws `scim_client.not_found`. */
export async function requireClient(tx: Tx, id: string): Promise<ScimClient> {
  const client = await tx.maybe<ScimClient>(sql`
    select ${columns} from scim_client c join people_source s on s.id = c.source_id
     where c.id = ${id} and c.removed_at is null`);
  if (client === undefined) throw notFound('scim_client', id);
  return client;
}

export const findClientOfSource = async (tx: Tx, sourceId: string): Promise<ScimClient | undefined> =>
  await tx.maybe<ScimClient>(sql`
    select ${columns} from scim_client c join people_source s on s.id = c.source_id
     where c.source_id = ${sourceId} and c.removed_at is null`);

/** The client with its source, held against its other writes until the transaction ends, and who knows its tokens. */
export async function openPusher(tx: Tx, clientId: string): Promise<Pusher> {
  const client = await requireClient(tx, clientId);
  await lockSource(tx, client.sourceId);
  const source = await requireSource(tx, client.sourceId);
  const { pushers } = await tx.one<{ pushers: string[] }>(sql`
    select coalesce(array_agg(distinct t.created_by) filter (where t.created_by is not null), '{}') as pushers
      from scim_token t where t.client_id = ${clientId} and t.ends_at > ${tx.now}`);
  return { client, source, pushers };
}

export interface ClientLine extends ScimClient {
  readonly tokenEndsAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly users: number;
  readonly groups: number;
}

export const listClients = async (
  tx: Tx,
  input: { readonly after: string | null; readonly limit: number },
): Promise<ClientLine[]> =>
  await tx.many<ClientLine>(sql`
    select ${columns},
           (select max(t.ends_at) from scim_token t where t.client_id = c.id and t.ends_at > ${tx.now}) as token_ends_at,
           (select max(t.last_used_at) from scim_token t where t.client_id = c.id) as last_used_at,
           (select count(*)::int from scim_resource r where r.source_id = c.source_id and r.type = 'User' and r.deleted_at is null) as users,
           (select count(*)::int from scim_resource r where r.source_id = c.source_id and r.type = 'Group' and r.deleted_at is null) as groups
      from scim_client c join people_source s on s.id = c.source_id
     where c.removed_at is null and (${input.after}::text is null or s.name > ${input.after})
     order by s.name limit ${input.limit + 1}`);
