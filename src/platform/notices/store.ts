import { sql, type Queryable, type Sql, type Tx } from '#kit/db/index.ts';
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
  /** Kept back until then. */
  readonly heldUntil: Date | null;
  /** The mail it goes out with. */
  readonly digestId: string | null;
}

const columns = sql`m.id, m.event_id, m.identity_id, m.template, m.state, m.because, m.attempts, m.wanted_at, m.settled_at, m.held_until, m.digest_id`;

/** Queues one mail; undefined when that person was told of that event already. */
export const putMail = async (
  tx: Tx,
  mail: Pick<Mail, 'id' | 'eventId' | 'identityId' | 'template'> & { readonly heldUntil?: Date | undefined },
): Promise<string | undefined> =>
  (
    await tx.maybe<{ id: string }>(sql`
      insert into mail (id, event_id, identity_id, template, wanted_at, held_until)
      select ${mail.id}, ${mail.eventId}, i.id, ${mail.template}, ${tx.now}, ${mail.heldUntil ?? null}::timestamptz from identity i where i.id = ${mail.identityId}
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

/** Who has mails whose time to be sent together has come. */
export const peopleWithHeld = async (db: Queryable, now: Date): Promise<string[]> => {
  const rows = await db.many<{ identityId: string }>(sql`
    select m.identity_id from mail m
     where m.state = 'waiting' and m.held_until <= ${now} and m.digest_id is null group by 1 order by min(m.held_until) limit 10000`);
  return rows.map((row) => row.identityId);
};

const held = (identityId: string, now: Date, limit: number): Sql => sql`
  select ${columns} from mail m
   where m.identity_id = ${identityId} and m.state = 'waiting' and m.held_until <= ${now} and m.digest_id is null
   order by m.wanted_at, m.id limit ${limit}`;

/** Mails of somebody whose time to be sent together has come, oldest first. */
export const heldOf = async (db: Queryable, identityId: string, now: Date, limit: number): Promise<Mail[]> =>
  await db.many<Mail>(held(identityId, now, limit));

/** The same, claimed until this transaction ends. */
export const lockHeld = async (tx: Tx, identityId: string, limit: number): Promise<Mail[]> =>
  await tx.many<Mail>(sql`${held(identityId, tx.now, limit)} for update skip locked`);

/** Lets mails go out with another. */
export const joinDigest = async (tx: Tx, digestId: string, mailIds: readonly string[]): Promise<void> => {
  await tx.run(sql`update mail set digest_id = ${digestId} where id = any(${sql.array(mailIds)}::uuid[])`);
};

/** The mails that go out with another and are not settled, oldest first. */
export const mailsOfDigest = async (db: Queryable, digestId: string): Promise<Mail[]> =>
  await db.many<Mail>(
    sql`select ${columns} from mail m where m.digest_id = ${digestId} and m.state = 'waiting' order by m.wanted_at, m.id`,
  );

/** Settles what went out with another as that one was. */
export const settleDigest = async (
  tx: Tx,
  digest: { readonly id: string; readonly state: 'sent' | 'not_sent'; readonly because: string | null },
): Promise<void> => {
  await tx.run(sql`
    update mail set state = ${digest.state}, because = ${digest.because}, attempts = attempts + 1, settled_at = ${tx.now}
     where digest_id = ${digest.id} and state = 'waiting'`);
};

/** Lets a mail that was not sent wait again: by itself where it was of a digest, and a digest with all that is in it. */
export const reopenMail = async (tx: Tx, id: string): Promise<Mail | undefined> => {
  const mail = await tx.maybe<Mail>(sql`
    update mail m set state = 'waiting', settled_at = null, because = null, attempts = 0, held_until = null, digest_id = null
     where m.id = ${id} and m.state = 'not_sent' returning ${columns}`);
  if (mail !== undefined)
    await tx.run(sql`
      update mail set state = 'waiting', settled_at = null, because = null, attempts = 0
       where digest_id = ${id} and state = 'not_sent'`);
  return mail;
};

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
