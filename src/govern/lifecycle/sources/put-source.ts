import { invalid } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { sourcePut } from '../events.ts';
import { isTimeZone } from '../feed/day-start.ts';
import { DEFAULT_MAPPING, type FeedMapping } from '../feed/model.ts';
import { DEFAULT_LIMITS, type PeopleSource, type SourceLimits } from './model.ts';
import { findSource, forgetDigests, lockSource, writeSource } from './store.ts';

type Loose<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** What may be said of a source; the rest keeps its default, or what it was. */
export interface SourceSettings {
  readonly name: string;
  readonly timeZone?: string | undefined;
  readonly mapping?:
    | (Loose<Omit<FeedMapping, 'columns'>> & { readonly columns?: Loose<FeedMapping['columns']> | undefined })
    | undefined;
  readonly limits?: { readonly [K in keyof SourceLimits]?: SourceLimits[K] | undefined } | undefined;
}

/** Makes a source, or changes how one is read. Rows are compared anew with the next delivery. */
export async function putSource(ctx: Ctx, permit: Permit<'source.put'>, input: SourceSettings): Promise<PeopleSource> {
  if (input.timeZone !== undefined && !isTimeZone(input.timeZone))
    throw invalid('/timeZone', 'is not a time zone', 'use an IANA name, for instance Europe/Amsterdam');
  const known = await findSource(ctx.tx, input.name);
  if (known !== undefined) await lockSource(ctx.tx, known.id);
  const before = known ?? { mapping: DEFAULT_MAPPING, limits: DEFAULT_LIMITS, timeZone: 'UTC' };
  const source: PeopleSource = {
    id: known?.id ?? newId(ctx.now.getTime()),
    name: input.name,
    kind: known?.kind ?? 'hr_csv',
    timeZone: input.timeZone ?? before.timeZone,
    mapping: mergeMapping(before.mapping, input.mapping),
    limits: { ...before.limits, ...given(input.limits ?? {}) },
  };
  await writeSource(ctx.tx, source);
  if (known !== undefined && known.timeZone !== source.timeZone) await forgetDigests(ctx.tx, source.id);
  const changed = known === undefined ? ['created'] : Object.keys(given({ ...input, name: undefined }));
  await ctx.record(permit, { event: sourcePut, data: { sourceId: source.id, name: source.name, changed } });
  return source;
}

const given = <T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

const lowerKeys = <T>(words: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(words).map(([word, meaning]) => [word.toLowerCase(), meaning]));

const mergeMapping = (before: FeedMapping, change: SourceSettings['mapping']): FeedMapping =>
  change === undefined
    ? before
    : ({
        ...before,
        ...given(change),
        columns: { ...before.columns, ...given(change.columns ?? {}) },
        statuses: lowerKeys(change.statuses ?? before.statuses),
      } as FeedMapping);
