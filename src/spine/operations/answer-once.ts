import { AppError } from '#kit/errors/index.ts';
import { sql, type Queryable, type Tx } from '#kit/db/index.ts';

/** One unsafe call of one asker, as the Idempotency-Key header names it. */
export interface CallKey {
  readonly principal: string;
  readonly operation: string;
  readonly key: string;
}

/**
 * What a call was answered, where it was with this input. Whoever says it again, word for word, after its answer was lost
 * is told that and asks for nothing: by what the call itself did, policy may say no to it now.
 */
export async function keptAnswer(
  db: Queryable,
  call: CallKey,
  input: unknown,
  digest: (text: string) => Buffer,
): Promise<{ readonly response: unknown } | undefined> {
  const before = await db.maybe<{ inputHash: Buffer; response: unknown }>(sql`
    select input_hash, response from answered_call
     where principal = ${call.principal} and operation = ${call.operation} and key = ${call.key} and response is not null`);
  return before?.inputHash.equals(digest(JSON.stringify(input))) === true ? before : undefined;
}

/**
 * Runs `handle` at most once for a key (draft-ietf-httpapi-idempotency-key): a repeat with the same input gets
 * the first answer, with another input 422. The answer is stored in the change's own transaction, so a crash
 * leaves both or neither. Two at the same instant: the second waits on the row of the first.
 * An answer that holds a secret is not stored; its repeat is told 409. `digest` is keyed: an input may hold a password,
 * which its plain hash would let anybody guess who reads the table.
 */
export async function answerOnce(
  tx: Tx,
  call: CallKey,
  input: unknown,
  options: { readonly secret: boolean; readonly digest: (text: string) => Buffer },
  handle: () => Promise<unknown>,
): Promise<unknown> {
  const { secret } = options;
  const hash = options.digest(JSON.stringify(input));
  const fresh = await tx.run(sql`
    insert into answered_call (principal, operation, key, input_hash)
    values (${call.principal}, ${call.operation}, ${call.key}, ${hash})
    on conflict on constraint answered_call_pk do nothing`);
  if (fresh === 1) {
    const answer = await handle();
    if (!secret) {
      await tx.run(sql`
        update answered_call set response = ${sql.json(answer ?? null)}
        where principal = ${call.principal} and operation = ${call.operation} and key = ${call.key}`);
    }
    return answer;
  }
  const before = await tx.one<{ inputHash: Buffer; response: unknown }>(sql`
    select input_hash, response from answered_call
    where principal = ${call.principal} and operation = ${call.operation} and key = ${call.key}`);
  if (!before.inputHash.equals(hash)) {
    throw new AppError({
      code: 'idempotency.key_reused',
      status: 422,
      detail: 'this Idempotency-Key was used for another input',
      fix: 'send a new key for a new call',
    });
  }
  if (secret) {
    throw new AppError({
      code: 'idempotency.answer_not_kept',
      status: 409,
      detail: 'this call was already answered, and its answer held a secret that is not kept',
      fix: 'ask again with a new key',
    });
  }
  return before.response;
}
