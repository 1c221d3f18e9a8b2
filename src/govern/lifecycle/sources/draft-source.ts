import { invalid } from '#kit/errors/index.ts';
import type { Targets } from '#connectors/port.ts';
import { newId } from '#kit/ids/index.ts';
import type { Tx } from '#kit/db/index.ts';
import type { Principal } from '#spine/decide/port.ts';
import { isTimeZone } from '../feed/day-start.ts';
import { compileExpression } from '../feed/expression/compile-expression.ts';
import { ExpressionError } from '../feed/expression/expression-error.ts';
import type { FeedMapping } from '../feed/model.ts';
import {
  ALONE,
  DEFAULT_LIMITS,
  type PeopleSource,
  type ReadFromSettings,
  type SourceLimits,
  type SourceTerms,
} from './model.ts';
import { draftPlace, usualMapping } from './draft-place.ts';
import { findSource } from './store.ts';

type Loose<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** What may be said of a source; the rest keeps its default, or what it was. */
export interface SourceSettings {
  readonly name: string;
  readonly timeZone?: string | undefined;
  readonly mapping?:
    | (Loose<Omit<FeedMapping, 'columns' | 'expressions'>> & {
        readonly columns?: Loose<FeedMapping['columns']> | undefined;
        /** Null takes an expression away. */
        readonly expressions?: Readonly<Record<string, string | null>> | undefined;
      })
    | undefined;
  readonly limits?: { readonly [K in keyof SourceLimits]?: SourceLimits[K] | undefined } | undefined;
  readonly terms?: Loose<SourceTerms> | undefined;
  /** Null: nothing is collected. */
  readonly dropFile?: string | null | undefined;
  /** Where Reeve reads it itself; null: nowhere. */
  readonly readFrom?: ReadFromSettings | null | undefined;
}

export interface SourceDraft {
  readonly source: PeopleSource;
  /** As it is now; undefined for a source there is not yet. */
  readonly known: PeopleSource | undefined;
}

/** A source as it would be with these settings. Throws 422 with the place where one of them cannot be. */
export async function draftSource(
  tx: Tx,
  input: SourceSettings,
  by: Principal,
  targets?: Targets,
): Promise<SourceDraft> {
  if (input.timeZone !== undefined && !isTimeZone(input.timeZone))
    throw invalid('/timeZone', 'is not a time zone', 'use an IANA name, for instance Europe/Amsterdam');
  const known = await findSource(tx, input.name);
  const place = input.readFrom ? await draftPlace(tx, input.readFrom, targets) : undefined;
  const before = known ?? {
    mapping: usualMapping(place?.usual),
    limits: DEFAULT_LIMITS,
    timeZone: 'UTC',
    terms: ALONE,
    dropFile: null,
    readFrom: null,
  };
  if (known?.kind === 'scim' && Object.keys(input.mapping?.expressions ?? {}).length > 0)
    throw invalid('/mapping/expressions', 'are of files; this source is pushed to', 'say it in the directory');
  if (known?.kind === 'scim' && typeof input.dropFile === 'string')
    throw invalid('/dropFile', 'is of files; this source is pushed to', 'leave it out');
  if (known?.kind === 'scim' && place !== undefined)
    throw invalid('/readFrom', 'is of sources that are read; this one is pushed to', 'leave it out');
  const readFrom = input.readFrom === undefined ? before.readFrom : (place?.readFrom ?? null);
  const dropFile = input.dropFile === undefined ? before.dropFile : input.dropFile;
  if (readFrom !== null && dropFile !== null)
    throw invalid('/readFrom', 'cannot be beside a file: a source is read in one place', 'set dropFile to null');
  const source: PeopleSource = {
    id: known?.id ?? newId(tx.now.getTime()),
    name: input.name,
    kind: known?.kind ?? 'hr_csv',
    timeZone: input.timeZone ?? before.timeZone,
    mapping: mergeMapping(before.mapping, input.mapping),
    limits: { ...before.limits, ...given(input.limits ?? {}) },
    terms: { ...before.terms, ...given(input.terms ?? {}) },
    dropFile,
    readFrom,
    putBy: by.kind === 'identity' ? by.id : null,
  };
  checkExpressions(source.mapping);
  const { managerIn } = source.mapping;
  if (
    managerIn !== null &&
    (managerIn.source === source.name || (await findSource(tx, managerIn.source)) === undefined)
  )
    throw invalid('/mapping/managerIn/source', 'is no other source', 'reeve sources ls names them');
  return { source, known };
}

export const given = <T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

const lowerKeys = <T>(words: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(words).map(([word, meaning]) => [word.toLowerCase(), meaning]));

function mergeMapping(before: FeedMapping, change: SourceSettings['mapping']): FeedMapping {
  if (change === undefined) return before;
  const expressions = { ...before.expressions, ...change.expressions };
  return {
    ...before,
    ...given(change),
    columns: { ...before.columns, ...given(change.columns ?? {}) },
    expressions: Object.fromEntries(Object.entries(expressions).filter(([, text]) => text !== null)),
    statuses: lowerKeys(change.statuses ?? before.statuses),
    kinds: lowerKeys(change.kinds ?? before.kinds),
  } as FeedMapping;
}

function checkExpressions({ expressions, columns }: FeedMapping): void {
  for (const [name, text] of Object.entries(expressions)) {
    if (!Object.hasOwn(columns, name) && !/^[a-z][a-z0-9_]{0,60}$/.test(name))
      throw invalid(
        `/mapping/expressions/${name}`,
        'is neither a fact nor a name an attribute can have',
        `facts are ${Object.keys(columns).join(', ')}`,
      );
    try {
      compileExpression(text);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      throw invalid(`/mapping/expressions/${name}`, `${error.message}, at character ${error.position}`, error.fix);
    }
  }
}
