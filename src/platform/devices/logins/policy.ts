import { sql, type Queryable } from '#kit/db/index.ts';

/** How people may sign in to the SSH gateway besides by certificate. */
interface LoginPolicy {
  /** What a registered key is worth: with a fresh proof besides, alone, or nothing. */
  readonly registeredKey: 'step_up' | 'alone' | 'refused';
  /** Without any key, by agreeing in a browser alone. */
  readonly withoutKey: boolean;
  /** A one-time code may be typed in place of the browser. */
  readonly typedCode: boolean;
  /** For so long one agreement counts for the same key from the same address. */
  readonly rememberMinutes: number;
  /** How long a key that is registered counts at most. */
  readonly keyDays: number;
}

export const loginPolicy = (tx: Queryable): Promise<LoginPolicy> =>
  tx.one<LoginPolicy>(
    sql.named(
      'ssh_login_policy',
      sql`select registered_key, without_key, typed_code, remember_minutes, key_days from ssh_login_policy`,
    ),
  );
