/** Entries as rows, for whoever reads many. */
import type { AttributeTypes } from './attribute-types.ts';
import type { LdapEntry } from './entry.ts';

/** Entries a batch has at most. */
const BATCH = 500;

/** Makes a row of each entry, in batches; memory holds one. */
export async function* inBatches(
  entries: AsyncIterable<LdapEntry>,
  rowOf: (entry: LdapEntry) => readonly string[],
): AsyncGenerator<readonly (readonly string[])[], void, void> {
  let batch: (readonly string[])[] = [];
  for await (const entry of entries) {
    batch.push(rowOf(entry));
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** The attributes the first entries have, by name, with whether each may have several values. Stops after `most`. */
export async function attributesIn(
  entries: AsyncIterable<LdapEntry>,
  types: AttributeTypes | undefined,
  most: number,
): Promise<readonly { readonly name: string; readonly type: string }[]> {
  const found = new Map<string, string>();
  let seen = 0;
  for await (const entry of entries) {
    for (const name of entry.names) {
      const plain = name.split(';')[0] ?? name;
      if (!found.has(plain.toLowerCase())) found.set(plain.toLowerCase(), plain);
    }
    seen += 1;
    if (seen >= most) break;
  }
  return [...found]
    .map(([key, name]) => ({ name, type: types?.get(key)?.single === true ? 'one value' : 'values' }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
