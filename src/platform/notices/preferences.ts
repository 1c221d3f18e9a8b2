import { sql, type Queryable, type Tx } from '#kit/db/index.ts';
import { calendarsOf } from '#spine/calendars/index.ts';
import { AT_ONCE, keptUntil, type Preference } from './when-to-send.ts';

interface Row {
  readonly identityId: string;
  readonly delivery: Preference['delivery'];
  readonly quietFrom: string | null;
  readonly quietTo: string | null;
}

/** When each of these people wants mails. */
export const preferencesOf = async (
  db: Queryable,
  identityIds: readonly string[],
): Promise<(identityId: string) => Preference> => {
  const rows = await db.many<Row>(sql`
    select identity_id, delivery, quiet_from, quiet_to from notice_preference where identity_id = any(${sql.array(identityIds)}::uuid[])`);
  const found = new Map(
    rows.map(({ identityId, delivery, quietFrom: from, quietTo: to }) => [
      identityId,
      { delivery, quiet: from === null || to === null ? null : { from, to } },
    ]),
  );
  return (id) => found.get(id) ?? AT_ONCE;
};

/** Keeps what somebody said, and lets what is kept back for them already wait as long as that says. */
export const putPreference = async (tx: Tx, identityId: string, { delivery, quiet }: Preference): Promise<void> => {
  await tx.run(sql`
    insert into notice_preference (identity_id, delivery, quiet_from, quiet_to, changed_at)
    values (${identityId}, ${delivery}, ${quiet?.from ?? null}, ${quiet?.to ?? null}, ${tx.now})
    on conflict (identity_id) do update
       set delivery = excluded.delivery, quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to, changed_at = excluded.changed_at`);
  const until = await nextFor(tx, identityId, tx.now);
  // Never later than was said: an answer may be due.
  await tx.run(sql`
    update mail set held_until = least(held_until, ${until ?? tx.now}::timestamptz)
     where identity_id = ${identityId} and state = 'waiting' and held_until is not null and digest_id is null`);
};

/** Until when a mail that is not urgent would be kept back for somebody now. */
export const nextFor = async (db: Queryable, identityId: string, now: Date): Promise<Date | undefined> => {
  const [preferenceOf, calendarOf] = [await preferencesOf(db, [identityId]), await calendarsOf(db, now, [identityId])];
  return keptUntil(preferenceOf(identityId), calendarOf(identityId), now, { template: '' });
};
