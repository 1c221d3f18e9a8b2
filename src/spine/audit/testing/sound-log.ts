import { sql, type Tx } from '#kit/db/index.ts';
import { entryColumns, toDocument, type EntryRow } from '../read/read-entry.ts';
import { documentText } from '../record/entry.ts';
import { leafHash } from '../tree/hash.ts';
import type { Finding } from '../verify/finding.ts';
import { logHouse, type LogHouse } from './log-house.ts';

/** A log nobody has touched yet: batches of 6, 4, 1 and 9 entries, so seq 0–5, 6–9, 10 and 11–19. */
export interface SoundLog {
  readonly house: LogHouse;
  readonly ids: readonly string[];
  readonly witness: string;
  /** The first wrong entry as the verifier names it on the database, and on a copy exported from it. */
  firstWrong(...witnesses: string[]): Promise<{ database: Finding | undefined; copy: Finding | undefined }>;
}

export async function soundLog(): Promise<SoundLog> {
  const house = await logHouse();
  const ids: string[] = [];
  for (const count of [6, 4, 1, 9]) {
    ids.push(...(await house.happen(count)));
    await house.sequence();
    house.clock.advance(60_000);
  }
  await house.save();
  return {
    house,
    ids,
    witness: await house.witnessed(),
    firstWrong: async (...witnesses) => {
      const database = await house.verify({ witnesses });
      const copy = await house.verifyCopy(await house.exported(), { witnesses });
      return { database: database.first, copy: copy.first };
    },
  };
}

/** The same finding on the database and on the copy. */
export const both = (finding: {
  kind?: Finding['kind'];
  seq: number;
  id?: string | undefined;
}): { database: object; copy: object } => ({ database: finding, copy: finding });

/** Makes the stored hashes of an event agree with its row, as an attacker would who knows the format. */
export async function rehash(tx: Tx, id: string): Promise<void> {
  const row = await tx.one<EntryRow>(sql`select ${entryColumns} from audit_event e where id = ${id}`);
  const leaf = leafHash(documentText(toDocument(row)));
  await tx.run(sql`update audit_event set leaf = ${leaf} where id = ${id}`);
  await tx.run(sql`update audit_leaf set hash = ${leaf} where event_id = ${id}`);
}
