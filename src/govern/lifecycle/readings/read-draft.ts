import type { Targets } from '#connectors/port.ts';
import type { Db } from '#kit/db/index.ts';
import { draftSource, type SourceSettings } from '../sources/draft-source.ts';
import { readPlace, type PlaceRead } from './read-place.ts';
import { isRead } from './read-source.ts';

/** Reads what a draft of a source says now; undefined where it is not read from a system. */
export async function readDraft(
  targets: Targets,
  db: Db,
  input: { readonly settings: SourceSettings; readonly wholeMs: number },
): Promise<PlaceRead | undefined> {
  const { source } = await db.tx((tx) =>
    draftSource(tx, input.settings, { kind: 'anonymous', id: 'anonymous' }, targets),
  );
  return isRead(source) ? await readPlace(targets, source, input.wholeMs) : undefined;
}
