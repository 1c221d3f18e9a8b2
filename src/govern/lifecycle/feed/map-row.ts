import { sha256 } from '#kit/crypto/index.ts';
import type { IdentityKind } from '#spine/graph/index.ts';
import { isDay } from './day-start.ts';
import { NoAnswer } from './expression/expression-error.ts';
import { HOSTILE, isAddress, isReserved, isUsername, LONGEST, LONGEST_ADDRESS } from './fact-rules.ts';
import type { ColumnPlaces } from './find-columns.ts';
import { isHuman, type FeedMapping, type FeedProblem, type FeedRecord } from './model.ts';

/** One row in Reeve's words, or everything that is wrong with it. */
export type MappedRow =
  | { readonly record: FeedRecord; readonly problems?: undefined }
  | { readonly problems: readonly FeedProblem[]; readonly externalId: string | undefined };

/** Reads one row. `row` counts from 1. Values are trimmed and in Unicode normal form C, so that one name is one name. */
export function mapRow(fields: readonly string[], row: number, places: ColumnPlaces, mapping: FeedMapping): MappedRow {
  const problems: FeedProblem[] = [];
  const bad = (column: string | null, detail: string): null => {
    problems.push({ code: 'row.value', detail: `row ${row}: ${detail}`, row, column: column ?? undefined });
    return null;
  };
  const columns = places.names;
  const sound = (text: string, column: string | null, longest: number): string | null => {
    const value = text.trim().normalize('NFC');
    if (value === '') return null;
    if (value.length > longest) return bad(column, `${column} is longer than ${longest} characters`);
    if (HOSTILE.test(value)) return bad(column, `${column} holds control or direction characters`);
    return value;
  };
  const cells = cellsOf(fields, places);
  const compute = (name: string, longest: number): string | null => {
    if (cells === undefined)
      return bad(name, `a column that ${name} is made of is longer than ${LONGEST_CELL} characters`);
    try {
      return sound(places.computed.get(name)?.of(cells) ?? '', name, longest);
    } catch (error) {
      if (error instanceof NoAnswer) return bad(name, `${name} cannot be made: ${error.message}`);
      throw error;
    }
  };
  const read = (place: number, column: string | null, longest = LONGEST): string | null =>
    place < 0 ? null : sound(fields[place] ?? '', column, longest);
  const fact = (name: keyof FeedMapping['columns'], longest = LONGEST): string | null =>
    places.computed.has(name) ? compute(name, longest) : read(places.fact[name], columns[name], longest);
  const needed = (name: keyof FeedMapping['columns']): string => {
    const value = fact(name);
    if (value === null && !problems.some((p) => p.column === columns[name]))
      bad(columns[name], `${columns[name]} is empty`);
    return value ?? '';
  };
  const day = (name: 'startDate' | 'endDate'): string | null => {
    const value = fact(name);
    return value === null || isDay(value) ? value : bad(columns[name], `${columns[name]} is not a day like 2026-01-31`);
  };

  const externalId = needed('externalId');
  const [first, last, preferred] = [fact('firstName'), fact('lastName'), fact('preferredName')];
  if (
    first === null &&
    last === null &&
    !problems.some((p) => p.column === columns.firstName || p.column === columns.lastName)
  )
    bad(columns.lastName, `${columns.firstName} and ${columns.lastName} are empty`);
  const email = fact('email', LONGEST_ADDRESS);
  if (email !== null && !isAddress(email)) bad(columns.email, `${columns.email} is not a mail address`);
  const username = fact('username');
  if (username !== null && !isUsername(username))
    bad(columns.username, `${columns.username} is not a user name that systems take`);
  else if (username !== null && isReserved(username))
    bad(columns.username, `${columns.username} is a name that systems keep for themselves`);
  const employment = fact('employmentType');
  const said = columns.status === null ? 'active' : needed('status');
  const word = said.toLowerCase();
  const meant = Object.hasOwn(mapping.statuses, word) ? mapping.statuses[word] : undefined;
  const status = columns.status === null ? 'active' : meant;
  if (status === undefined && said !== '') bad(columns.status, `${columns.status} is a word this source does not map`);
  const startsOn = columns.startDate === null ? null : day('startDate');
  if (columns.startDate !== null && startsOn === null && !problems.some((p) => p.column === columns.startDate))
    bad(columns.startDate, `${columns.startDate} is empty`);
  const endsOn = day('endDate');
  if (startsOn !== null && endsOn !== null && endsOn < startsOn)
    bad(columns.endDate, `${columns.endDate} is before ${columns.startDate}`);
  const attributes: Record<string, string> = {};
  if (first !== null) attributes['first_name'] = first;
  if (last !== null) attributes['last_name'] = last;
  if (employment !== null) attributes['employment_type'] = employment;
  for (const [name, place] of places.attribute) {
    const value = read(place, mapping.attributes[name] ?? name);
    if (value !== null) attributes[name] = value;
  }
  for (const name of places.computed.keys()) {
    if (Object.hasOwn(mapping.columns, name)) continue;
    const value = compute(name, LONGEST);
    if (value !== null) attributes[name] = value;
  }
  const kind = kindOf(employment, mapping);
  const manager = fact('manager');
  if (manager === null && !isHuman(kind)) bad(columns.manager, 'nobody is named who owns what is not human');
  const record = {
    externalId,
    kind,
    displayName: [preferred ?? first, last].filter((part) => part !== null).join(' '),
    email,
    username,
    department: fact('department'),
    orgUnit: fact('orgUnit'),
    jobTitle: fact('jobTitle'),
    managerExternalId: manager,
    status: status ?? 'active',
    startsOn,
    endsOn,
    attributes,
  } as const;
  return problems.length > 0 ? { problems, externalId: externalId === '' ? undefined : externalId } : { record };
}

function kindOf(employment: string | null, { kinds, vendorTypes }: FeedMapping): IdentityKind {
  if (employment === null) return 'person';
  const word = employment.toLowerCase();
  const said = Object.hasOwn(kinds, word) ? kinds[word] : undefined;
  return said ?? (vendorTypes.includes(employment) ? 'vendor' : 'person');
}

/** Longest column an expression reads, in characters. */
const LONGEST_CELL = 2000;

/** What expressions read of a row; undefined when one of the columns is too long for them. */
function cellsOf(fields: readonly string[], places: ColumnPlaces): ReadonlyMap<string, string> | undefined {
  const cells = new Map<string, string>();
  for (const [name, place] of places.cells) {
    const value = fields[place] ?? '';
    if (value.length > LONGEST_CELL) return undefined;
    cells.set(name, value);
  }
  return cells;
}

/** Tells an unchanged row from a changed one: the same whenever everything read from it is the same. */
export const digestOf = (record: FeedRecord): Buffer =>
  sha256(
    JSON.stringify([
      record.kind,
      record.displayName,
      record.email,
      record.username,
      record.department,
      record.orgUnit,
      record.jobTitle,
      record.managerExternalId,
      record.status,
      record.startsOn,
      record.endsOn,
      Object.entries(record.attributes).sort(([a], [b]) => (a < b ? -1 : 1)),
    ]),
  );
