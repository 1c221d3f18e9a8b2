import type { ReadFrom } from '../../api/sources.ts';
import type { Source } from './draft.ts';

/** A place as it stands in the editor. */
export interface PlaceDraft {
  readonly system: string;
  /** Values by key; an empty one is left to its default. */
  readonly values: Readonly<Record<string, string>>;
  readonly everyMinutes: number;
}

interface Field {
  readonly key: string;
  readonly label: string;
  readonly description?: string;
  readonly placeholder?: string;
}
const ORDER: Field = { key: 'orderBy', label: 'Ordered by', description: 'A column. Empty: as the server likes.' };
const BRANCH: readonly Field[] = [
  { key: 'base', label: 'Branch', description: 'Empty: all of it.', placeholder: 'ou=people,dc=example,dc=com' },
  { key: 'filter', label: 'Filter', description: 'Empty: everybody.', placeholder: '(employeeType=staff)' },
];

/** What is asked about a place, by the kind of its system. */
export const FIELDS: Readonly<Record<string, readonly Field[]>> = {
  ldap: BRANCH,
  activedirectory: BRANCH,
  postgres: [
    { key: 'schema', label: 'Schema', placeholder: 'public' },
    { key: 'table', label: 'Table or view' },
    ORDER,
    { key: 'database', label: 'Database', description: 'Empty: that of the system.' },
  ],
  mysql: [{ key: 'database', label: 'Database' }, { key: 'table', label: 'Table or view' }, ORDER],
};

export const placeDraftOf = (of: Source['readFrom']): PlaceDraft => ({
  system: of?.systemId ?? '',
  values: Object.fromEntries(
    Object.entries(of?.place ?? {}).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  ),
  everyMinutes: of?.everyMinutes ?? 60,
});

/** The place as it is put. */
export const readFromOf = ({ system, values, everyMinutes }: PlaceDraft): ReadFrom => ({
  system,
  place: Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim() !== '')),
  everyMinutes,
});
