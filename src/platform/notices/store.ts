import { sql, type Queryable, type Tx } from '#kit/db/index.ts';
import { page, readCursor } from '#kit/http/index.ts';

export interface Mail {
  readonly id: string;
  readonly eventId: string;
  readonly identityId: string;
  readonly template: string;
  readonly state: 'waiting' | 'sent' | 'not_sent';
  readonly because: string | null;
  readonly attempts: number;
  readonly wantedAt: Date;
  readonly settledAt: Date | null;
}

const columns = sql`m.id, m.event_id, m.identity_id, m.template, m.state, m.because, m.attempts, m.wanted_at, m.settled_at`;

/** Queues one mail; undefined when that person was told of that event already. */
export const insertMail = async (
  tx: Tx,
  mail: Pick<Mail, 'id' | 'eventId' | 'identityId' | 'template'>,
): Promise<string | undefined> =>
  (
    await tx.maybe<{ id: string }>(sql`
      insert into mail (id, event_id, identity_id, template, wanted_at)
      select ${mail.id}, ${mail.eventId}, i.id, ${mail.template}, ${tx.now} from identity i where i.id = ${mail.identityId}
      on conflict (event_id, identity_id) do nothing returning id`)
  )?.id;

export const findMail = async (db: Queryable, id: string): Promise<Mail | undefined> =>
  await db.maybe<Mail>(sql`select ${columns} from mail m where m.id = ${id}`);

/** Settles a waiting mail, once. */
export const settleMail = async (
  tx: Tx,
  mail: { readonly id: string; readonly state: 'sent' | 'not_sent'; readonly because: string | null },
): Promise<boolean> =>
  (await tx.run(sql`
    update mail set state = ${mail.state}, because = ${mail.because}, attempts = attempts + 1, settled_at = ${tx.now}
     where id = ${mail.id} and state = 'waiting'`)) === 1;

export const countAttempt = async (tx: Tx, id: string, because: string): Promise<void> => {
  await tx.run(
    sql`update mail set attempts = attempts + 1, because = ${because} where id = ${id} and state = 'waiting'`,
  );
};

/** Lets a mail that was not sent wait again. */
export const reopenMail = async (tx: Tx, id: string): Promise<Mail | undefined> =>
  await tx.maybe<Mail>(sql`
    update mail m set state = 'waiting', settled_at = null, because = null, attempts = 0
     where m.id = ${id} and m.state = 'not_sent' returning ${columns}`);

export const listMails = async (
  tx: Tx,
  input: { readonly state?: string | undefined; readonly cursor?: string | undefined; readonly limit: number },
): Promise<{ items: (Mail & { identityName: string })[]; nextCursor: string | null }> => {
  const after = readCursor(input.cursor, ['at', 'id']);
  const rows = await tx.many<Mail & { identityName: string }>(sql`
    select ${columns}, f.display_name as identity_name
      from mail m
      join lateral (select display_name from identity_facts f where f.identity_id = m.identity_id order by valid_from desc limit 1) f on true
     where (${input.state ?? null}::text is null or m.state = ${input.state ?? ''})
       and (${after?.[0] ?? null}::timestamptz is null or (m.wanted_at, m.id) < (${after?.[0] ?? null}::timestamptz, ${after?.[1] ?? null}::uuid))
     order by m.wanted_at desc, m.id desc limit ${input.limit + 1}`);
  return page(rows, input.limit, (r) => [r.wantedAt.toISOString(), r.id]);
};
