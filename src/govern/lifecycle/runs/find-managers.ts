import { mapRow } from '../feed/map-row.ts';
import { findColumns } from '../feed/find-columns.ts';
import type { FeedMapping } from '../feed/model.ts';
import type { DeliveredRows } from './delivery.ts';

/** Key of each manager, by what rows call them. */
export type Managers = ReadonlyMap<string, string>;

const spelled = (text: string): string => text.trim().normalize('NFC').toLowerCase();

/** What a row says of its manager as the key of that manager's row; as it is where nobody is called so. */
export const keyOfManager = (managers: Managers | undefined, said: string | null): string | null =>
  said === null ? null : (managers?.get(spelled(said)) ?? said);

/**
 * Where rows call a manager by another column than the key (a directory says their whole name), finds who is meant. Goes
 * through the rows twice; memory grows with the managers, not with the rows. Undefined where managers are named by key.
 */
export async function findManagers(rows: DeliveredRows, mapping: FeedMapping): Promise<Managers | undefined> {
  const { managerBy } = mapping;
  if (managerBy === null) return undefined;
  const named = new Set<string>();
  for await (const { record } of mapped(rows, mapping))
    if (record?.managerExternalId != null) named.add(spelled(record.managerExternalId));
  const found = new Map<string, string>();
  for await (const { record, externalId, called } of mapped(rows, mapping)) {
    const key = record?.externalId ?? externalId;
    if (key !== undefined && called !== '' && named.has(called)) found.set(called, key);
  }
  return found;
}

async function* mapped(rows: DeliveredRows, mapping: FeedMapping) {
  let places: Exclude<ReturnType<typeof findColumns>, readonly unknown[]> | undefined;
  let at = -1;
  let row = 0;
  for await (const fields of rows()) {
    if (places === undefined) {
      const found = findColumns(fields, mapping);
      // Said where the rows are read.
      if (!('fact' in found)) return;
      places = found;
      at = fields.findIndex((name) => spelled(name) === spelled(mapping.managerBy ?? ''));
      continue;
    }
    row += 1;
    const one = mapRow(fields, row, places, mapping);
    const called = spelled(fields[at] ?? '');
    yield one.problems === undefined
      ? { record: one.record, externalId: undefined, called }
      : { record: undefined, externalId: one.externalId, called };
  }
}
