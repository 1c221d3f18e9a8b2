import { sql, type Queryable } from '#kit/db/index.ts';
import type { GatewayPassword } from './model.ts';

const columns = sql`
  p.id, p.identity_id, p.account_id, a.name as account_name, p.system_id, y.name as system_name, p.protocol, p.database,
  p.connections, p.used, p.address, p.person_address, p.asked_at, p.ends_at, p.ended_at, p.ended_because`;
const named = sql`
  select ${columns} from gateway_password p join account a on a.id = p.account_id join system y on y.id = p.system_id`;

/** Held until the end of the transaction: of two who show it at once, one waits for the other. */
export const lockByHash = (tx: Queryable, hash: Buffer): Promise<GatewayPassword | undefined> =>
  tx.maybe<GatewayPassword>(sql`${named} where p.hash = ${hash} for update of p`);

export const getPassword = (tx: Queryable, id: string): Promise<GatewayPassword | undefined> =>
  tx.maybe<GatewayPassword>(sql`${named} where p.id = ${id}`);

/** Those of somebody that are still good for something, newest first. */
export const openPasswords = (tx: Queryable, identityId: string, now: Date): Promise<GatewayPassword[]> =>
  tx.many<GatewayPassword>(sql`
    ${named} where p.identity_id = ${identityId} and p.ended_at is null and p.ends_at > ${now} and p.used < p.connections
    order by p.asked_at desc, p.id desc limit 200`);

export const isActive = async (tx: Queryable, identityId: string, now: Date): Promise<boolean> =>
  (await tx.maybe<{ one: number }>(sql`
    select 1 as one from identity_facts where identity_id = ${identityId} and state = 'active'
      and valid_from <= ${now} and (valid_to is null or valid_to > ${now})`)) !== undefined;
