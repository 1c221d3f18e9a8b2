import { sql, type Db, type Tx } from '#kit/db/index.ts';
import type { Log } from '#kit/log/index.ts';

/** What every node must feel at once. */
export interface Signal {
  readonly id: number;
  readonly kind:
    | 'end_session'
    | 'lock_identity'
    | 'lock_account'
    | 'lock_system'
    | 'lock_everything'
    | 'session_changed'
    | 'message_session'
    | 'policy_changed';
  /** The id of what it is about: a session, an identity, an account, a system. */
  readonly subject: string;
  /** The sentence a person is shown, for instance why a session ended. */
  readonly message: string;
}

const CHANNEL = 'reeve_signal';

/** Raises a signal with the change that causes it. Nodes feel it when the transaction commits, usually within milliseconds. */
export async function raiseSignal(tx: Tx, signal: Omit<Signal, 'id'>): Promise<void> {
  await tx.run(sql`
    with raised as (
      insert into signal (kind, subject, message) values (${signal.kind}, ${signal.subject}, ${signal.message}) returning id
    )
    select pg_notify(${CHANNEL}, id::text) from raised`);
}

/**
 * Calls `feel` for each signal raised from now on, in order, at least once. A notification only wakes the look
 * at the rows; a look every `pollMs` catches what a lost connection missed. Rows of transactions that commit
 * out of order are caught by looking back `OVERLAP` ids; `feel` must therefore be idempotent.
 */
export async function followSignals(
  parts: { readonly db: Db; readonly log: Log; readonly pollMs?: number },
  feel: (signal: Signal) => void,
): Promise<() => Promise<void>> {
  const OVERLAP = 1000;
  const { db, log, pollMs = 500 } = parts;
  let from = (await db.one<{ id: number }>(sql`select coalesce(max(id), 0) as id from signal`)).id;
  let felt = new Set<number>(
    (await db.many<{ id: number }>(sql`select id from signal where id > ${from - OVERLAP}`)).map((r) => r.id),
  );
  let looking: Promise<void> | undefined;
  let again = false;

  const look = async (): Promise<void> => {
    const rows = await db.many<Signal>(sql`
      select id, kind, subject, message from signal where id > ${from - OVERLAP} order by id`);
    for (const signal of rows) {
      if (felt.has(signal.id)) continue;
      felt.add(signal.id);
      from = Math.max(from, signal.id);
      feel(signal);
    }
    if (felt.size > 4 * OVERLAP) felt = new Set([...felt].filter((id) => id > from - OVERLAP));
  };
  const wake = (): void => {
    if (looking !== undefined) {
      again = true;
      return;
    }
    looking = look()
      .catch((error: unknown) => log.warn('signals could not be read; trying again', { error }))
      .finally(() => {
        looking = undefined;
        if (again) {
          again = false;
          wake();
        }
      });
  };

  const stopListening = await db.listen(CHANNEL, wake);
  const timer = setInterval(wake, pollMs);
  return async () => {
    clearInterval(timer);
    await stopListening();
    await looking;
  };
}
