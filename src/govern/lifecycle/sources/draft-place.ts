import type { Targets } from '#connectors/port.ts';
import { invalid } from '#kit/errors/index.ts';
import type { Tx } from '#kit/db/index.ts';
import { getSystem } from '#spine/graph/index.ts';
import { DEFAULT_MAPPING, type FeedMapping } from '../feed/model.ts';
import type { ReadFrom, ReadFromSettings } from './model.ts';

/** What facts are usually called where people are read from. */
type Usual = Readonly<Record<string, string>> | undefined;

/** A place as the connector of its system checks it. Throws 422 with what is wrong. */
export async function draftPlace(
  tx: Tx,
  input: ReadFromSettings,
  targets: Targets | undefined,
): Promise<{ readonly readFrom: ReadFrom; readonly usual: Usual }> {
  const system = await getSystem(tx, input.system);
  if (system === undefined)
    throw invalid('/readFrom/system', 'is no system that is connected', 'reeve systems ls names them');
  const rows = targets?.rowsOf?.(system.kind);
  if (rows === undefined)
    throw invalid(
      '/readFrom/system',
      `is of kind ${system.kind}, on which people are not read`,
      'choose a directory (ldap, activedirectory) or a database (postgres, mysql)',
    );
  const place = rows.place.safeParse(input.place);
  if (!place.success) {
    const issue = place.error.issues[0];
    const at = ['/readFrom/place', ...(issue?.path.map(String) ?? [])].join('/');
    throw invalid(at, issue?.message ?? 'is no place', 'see docs/how-to/read-people.md');
  }
  return {
    readFrom: { systemId: system.id, place: place.data, everyMinutes: input.everyMinutes },
    usual: rows.usual,
  };
}

/** How a new source is read: a directory has its usual names, anything else those of docs/how-to/feed-people.md. */
export function usualMapping(usual: Usual): FeedMapping {
  if (usual === undefined) return DEFAULT_MAPPING;
  const columns = Object.fromEntries(
    Object.keys(DEFAULT_MAPPING.columns).map((fact) => [fact, usual[fact] ?? null]),
  ) as unknown as FeedMapping['columns'];
  return {
    ...DEFAULT_MAPPING,
    columns,
    attributes: {},
    managerBy: usual['managerBy'] ?? null,
    statuses: { active: 'active', locked: 'leaver' },
  };
}
