import { reseal } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { isUnderAnother, rewrapRows } from '#kit/key-ring/index.ts';
import { eventContext } from './event-context.ts';

interface Row {
  readonly sessionId: string;
  readonly n: number;
  readonly sealed: Buffer;
}

/** Seals what was typed in sessions under the newest key of the vault. */
export const rewrapSessionEvents = rewrapRows<Row>({
  name: 'session events',
  ring: 'vault',
  purpose: 'session events',
  count: (keyId) => sql`select count(*) as n from session_event where ${isUnderAnother(sql`sealed_detail`, keyId)}`,
  rows: ({ after, most, keyId }) => sql`
    select session_id, n, sealed_detail as sealed from session_event
    where ${isUnderAnother(sql`sealed_detail`, keyId)}
      and (${after?.[0] ?? null}::uuid is null or (session_id, n) > (${after?.[0] ?? null}::uuid, ${after?.[1] ?? null}::int))
    order by session_id, n limit ${most} for update skip locked`,
  place: (row) => [row.sessionId, row.n],
  again: (key, row) => reseal(key, row.sealed, eventContext(row.sessionId, row.n)),
  write: (moved) => sql`
    update session_event e set sealed_detail = fresh.sealed
    from unnest(${moved.map(({ row }) => row.sessionId)}::uuid[], ${moved.map(({ row }) => row.n)}::int[],
                ${moved.map(({ sealed }) => sealed)}::bytea[]) as fresh (session_id, n, sealed)
    where e.session_id = fresh.session_id and e.n = fresh.n`,
});
