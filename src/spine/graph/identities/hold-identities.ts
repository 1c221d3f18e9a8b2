import { sql, type Tx } from '#kit/db/index.ts';

/**
 * Holds identities until the transaction ends, against everybody else who decides what they are given: two grants
 * that are fine alone may be a conflict of duties together, so whoever judges the second waits for the first. Call it
 * before looking at what they have. In order of id, so that two holders of several never wait for each other for ever.
 */
export const holdIdentities = async (tx: Tx, ids: readonly string[]): Promise<void> => {
  await tx.run(sql`select from identity where id = any(${[...ids]}::uuid[]) order by id for no key update`);
};
