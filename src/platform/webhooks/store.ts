import { sql, type Queryable, type Tx } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import type { Subscription, Webhook } from './model.ts';

const columns = sql`w.id, w.name, w.kind, w.host, w.version, w.kinds, w.system_ids, w.owner_ids, w.state, w.because,
  w.failures, w.quiet_until, w.old_secret_until, w.made_at`;

/** What is sealed of a webhook. */
export interface SealedParts {
  readonly sealedUrl: Buffer;
  readonly sealedSecret: Buffer | null;
  readonly sealedOldSecret: Buffer | null;
}

export const listWebhooks = (db: Queryable): Promise<Webhook[]> =>
  db.many<Webhook>(sql`select ${columns} from webhook w where w.state <> 'removed' order by lower(w.name)`);

export const findWebhook = (db: Queryable, id: string): Promise<Webhook | undefined> =>
  db.maybe<Webhook>(sql`select ${columns} from webhook w where w.id = ${id}`);

/** Locks a webhook against another change. Throws `webhook.not_found`. */
export const lockWebhook = async (tx: Tx, id: string): Promise<Webhook> => {
  const found = await tx.maybe<Webhook>(
    sql`select ${columns} from webhook w where w.id = ${id} and w.state <> 'removed' for update`,
  );
  if (found === undefined) throw notFound('webhook', id);
  return found;
};

export const findSealed = (db: Queryable, id: string): Promise<SealedParts | undefined> =>
  db.maybe<SealedParts>(
    sql`select sealed_url, sealed_secret, sealed_old_secret from webhook where id = ${id} and state <> 'removed'`,
  );

export const insertWebhook = async (
  tx: Tx,
  hook: Pick<Webhook, 'id' | 'name' | 'kind' | 'host'> &
    Subscription & { readonly sealedUrl: Buffer; readonly sealedSecret: Buffer | null },
): Promise<void> => {
  await tx.run(sql`
    insert into webhook (id, name, kind, host, sealed_url, sealed_secret, version, kinds, system_ids, owner_ids, state, made_at)
    values (${hook.id}, ${hook.name}, ${hook.kind}, ${hook.host}, ${hook.sealedUrl}, ${hook.sealedSecret}, 1,
            ${hook.kinds}::text[], ${hook.systemIds}::uuid[], ${hook.ownerIds}::uuid[], 'active', ${tx.now})`);
};

/** Keeps what is in force now as a version. */
export const keepVersion = async (tx: Tx, id: string, by: string): Promise<void> => {
  await tx.run(sql`
    insert into webhook_version (webhook_id, version, name, host, kinds, system_ids, owner_ids, state, made_at, made_by)
    select id, version, name, host, kinds, system_ids, owner_ids, state, ${tx.now}, ${by} from webhook where id = ${id}`);
};

/** One version of what a webhook subscribed to. */
export interface WebhookVersion extends Subscription {
  readonly version: number;
  readonly name: string;
  readonly host: string;
  readonly state: string;
  readonly madeAt: Date;
  readonly madeBy: string;
}
export const versionsOf = (db: Queryable, id: string): Promise<WebhookVersion[]> =>
  db.many<WebhookVersion>(sql`
    select version, name, host, kinds, system_ids, owner_ids, state, made_at, made_by
      from webhook_version where webhook_id = ${id} order by version desc limit 200`);

/** Puts a webhook's next version in force. */
export const changeSubscription = async (
  tx: Tx,
  hook: Pick<Webhook, 'id' | 'name' | 'host' | 'state'> & Subscription & { readonly sealedUrl: Buffer | null },
): Promise<void> => {
  await tx.run(sql`
    update webhook set name = ${hook.name}, host = ${hook.host}, kinds = ${hook.kinds}::text[],
           system_ids = ${hook.systemIds}::uuid[], owner_ids = ${hook.ownerIds}::uuid[], state = ${hook.state}, because = null,
           sealed_url = coalesce(${hook.sealedUrl}::bytea, sealed_url), version = version + 1,
           failures = 0, quiet_until = null
     where id = ${hook.id}`);
};

export const changeSecret = async (tx: Tx, id: string, sealed: Buffer, oldUntil: Date): Promise<void> => {
  await tx.run(sql`
    update webhook set sealed_old_secret = sealed_secret, old_secret_until = ${oldUntil}, sealed_secret = ${sealed}
     where id = ${id}`);
};

/** Removes a webhook and what was secret of it. */
export const removeWebhookRow = async (tx: Tx, id: string): Promise<void> => {
  await tx.run(sql`
    update webhook set state = 'removed', sealed_url = null, sealed_secret = null, sealed_old_secret = null,
           old_secret_until = null, version = version + 1
     where id = ${id}`);
};

export const pauseWebhook = async (tx: Tx, id: string, because: string): Promise<void> => {
  await tx.run(sql`
    update webhook set state = 'paused', because = ${because}, version = version + 1 where id = ${id} and state = 'active'`);
};

/** Remembers how a receiver fares: after an answer nothing is held against it. */
export const noteAnswer = async (tx: Tx, id: string): Promise<void> => {
  await tx.run(sql`
    update webhook set failures = 0, quiet_until = null where id = ${id} and (failures > 0 or quiet_until is not null)`);
};
export const noteSilence = async (tx: Tx, id: string, quietUntil: Date): Promise<void> => {
  await tx.run(sql`update webhook set failures = failures + 1, quiet_until = ${quietUntil} where id = ${id}`);
};
