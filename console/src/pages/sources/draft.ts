import type { SourceDraft } from '../../api/sources.ts';
import type { Item } from '../../api/shapes/of-contract.ts';

export type Source = Item<'sources.list'>;

/** Where one fact comes from, as it stands in the editor. */
export interface Line {
  readonly name: string;
  readonly how: 'column' | 'expression' | 'none';
  readonly text: string;
  /** An attribute of the house's own, that can be taken away. */
  readonly own: boolean;
}

/** What each fact is called for people. */
export const FACTS: Readonly<Record<string, string>> = {
  externalId: 'Key',
  firstName: 'First name',
  lastName: 'Last name',
  preferredName: 'Preferred name',
  email: 'Mail',
  username: 'User name',
  department: 'Department',
  orgUnit: 'Unit',
  jobTitle: 'Job',
  manager: 'Key of the manager',
  employmentType: 'Employment',
  status: 'Status',
  startDate: 'First day',
  endDate: 'Last day',
};
/** Facts a feed cannot do without. */
const NEEDED = new Set(['externalId', 'firstName', 'lastName']);
export const mayBeNone = (name: string): boolean => !NEEDED.has(name);

export function linesOf({ mapping }: Pick<Source, 'mapping'>): readonly Line[] {
  const line = (name: string, column: string | null | undefined, own: boolean): Line => {
    const expression = mapping.expressions[name];
    if (expression !== undefined) return { name, how: 'expression', text: expression, own };
    return column === null || column === undefined
      ? { name, how: 'none', text: '', own }
      : { name, how: 'column', text: column, own };
  };
  const facts = Object.keys(FACTS).map((name) => line(name, mapping.columns[name], false));
  const extra = [...new Set([...Object.keys(mapping.attributes), ...Object.keys(mapping.expressions)])].filter(
    (name) => !(name in FACTS),
  );
  return [...facts, ...extra.sort().map((name) => line(name, mapping.attributes[name], true))];
}

/** Lines as a system of its kind usually has them: every fact that has a usual column is in it, any other is not there. */
export const usualLines = (lines: readonly Line[], usual: Readonly<Record<string, string>>): readonly Line[] =>
  lines
    .filter((line) => !line.own)
    .map((line) => {
      const column = usual[line.name];
      if (column !== undefined) return { ...line, how: 'column', text: column };
      return mayBeNone(line.name) ? { ...line, how: 'none', text: '' } : line;
    });

/** What the editor holds, as it is put: what has become something else is taken away. */
export function mappingOf(
  source: Pick<Source, 'mapping'>,
  lines: readonly Line[],
  delimiter: string,
): NonNullable<SourceDraft['mapping']> {
  const of = (how: Line['how'], own: boolean): readonly (readonly [string, string])[] =>
    lines.filter((l) => l.how === how && l.own === own).map((l) => [l.name, l.text] as const);
  const gone = Object.keys(source.mapping.expressions).map((name) => [name, null] as const);
  const none = lines.filter((l) => l.how === 'none' && !l.own && mayBeNone(l.name)).map((l) => [l.name, null] as const);
  return {
    delimiter: delimiter as ',',
    columns: Object.fromEntries([...none, ...of('column', false)]),
    attributes: Object.fromEntries(of('column', true)),
    expressions: Object.fromEntries([...gone, ...of('expression', false), ...of('expression', true)]),
  };
}
