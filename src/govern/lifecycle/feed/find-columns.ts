import { distance } from 'fastest-levenshtein';
import { compileExpression, type Expression } from './expression/compile-expression.ts';
import type { FeedMapping, FeedProblem } from './model.ts';

/** Where each mapped fact and attribute stands in a row; -1 where the feed does not have it by design. */
export interface ColumnPlaces {
  readonly width: number;
  readonly fact: Readonly<Record<keyof FeedMapping['columns'], number>>;
  readonly attribute: readonly (readonly [name: string, place: number])[];
  /** What each fact is called in a problem: its column, or itself where an expression makes it. */
  readonly names: FeedMapping['columns'];
  /** Facts and attributes that are made by an expression, by name. */
  readonly computed: ReadonlyMap<string, Expression>;
  /** Every column an expression reads, as it spells it. */
  readonly cells: readonly (readonly [name: string, place: number])[];
}

const spelled = (name: string): string => name.trim().normalize('NFC').toLowerCase();

/**
 * Finds the mapped columns in a header, in whatever order they come; columns nobody mapped are let be. A mapped
 * column that is missing means that the feed changed its shape, and reading on would empty that fact of everybody.
 */
export function findColumns(header: readonly string[], mapping: FeedMapping): ColumnPlaces | readonly FeedProblem[] {
  const names = header.map(spelled);
  const problems: FeedProblem[] = [];
  const twice = names.filter((name, i) => name !== '' && names.indexOf(name) !== i);
  for (const name of new Set(twice))
    problems.push({ code: 'feed.column_twice', detail: `the header names the column ${name} twice`, column: name });
  const place = (column: string | null): number => {
    if (column === null) return -1;
    const at = names.indexOf(spelled(column));
    if (at === -1)
      problems.push(
        missing(
          column,
          names.filter((n) => !isMapped(n, mapping)),
        ),
      );
    return at;
  };
  const computed = new Map(Object.entries(mapping.expressions).map(([name, text]) => [name, compileExpression(text)]));
  const read = [...new Set([...computed.values()].flatMap((e) => e.columns))];
  const fact = Object.fromEntries(
    Object.entries(mapping.columns).map(([name, column]) => [name, computed.has(name) ? -1 : place(column)]),
  ) as ColumnPlaces['fact'];
  const attribute = Object.entries(mapping.attributes).flatMap(([name, column]) =>
    computed.has(name) ? [] : [[name, place(column)] as const],
  );
  if (mapping.managerBy !== null) place(mapping.managerBy);
  const cells = read.map((name) => [name, place(name)] as const);
  const called = Object.fromEntries(
    Object.entries(mapping.columns).map(([name, column]) => [name, computed.has(name) ? name : column]),
  ) as unknown as FeedMapping['columns'];
  return problems.length > 0 ? problems : { width: header.length, fact, attribute, names: called, computed, cells };
}

const isMapped = (name: string, mapping: FeedMapping): boolean =>
  [...Object.values(mapping.columns), ...Object.values(mapping.attributes)].some(
    (column) => column !== null && spelled(column) === name,
  );

function missing(column: string, unmapped: readonly string[]): FeedProblem {
  const near = unmapped
    .filter((name) => name !== '')
    .map((name) => ({ name, apart: distance(name, spelled(column)) }))
    .sort((a, b) => a.apart - b.apart)[0];
  const hint = near === undefined ? '' : `; is it called ${clip(near.name)} now?`;
  return {
    code: 'feed.column_missing',
    detail: `the column ${column} is missing${hint}`,
    column,
    fix: 'mend the export, or map the new name with sources.put',
  };
}

const clip = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
