/**
 * Templates of requests. What comes from elsewhere is put in as a value, never as text into text: a path takes it
 * percent-encoded as one segment, a query and a body whole.
 */
import { isDeepStrictEqual } from 'node:util';
import { TargetError } from '../../port.ts';
import { valueAt } from './pointer.ts';

/** What a template may take from, by the first name of the pointer. */
export type Scope = Readonly<Record<string, unknown>>;

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const PLACE = /\{(\/[^{}]*)\}/gu;

/** The pointers a path takes from. */
export const placesIn = (path: string): readonly string[] => [...path.matchAll(PLACE)].map((found) => found[1] ?? '');

/** Fills a path. Throws TargetError `refused` for what cannot be part of one. */
export function fillPath(path: string, scope: Scope): string {
  return path.replaceAll(PLACE, (_place, pointer: string) => {
    const value = plain(valueAt(scope, pointer));
    if (value === undefined) throw new TargetError('failed', `there is nothing at \`${pointer}\` for the path ${path}`);
    if (value === '' || value === '.' || value === '..' || !value.isWellFormed())
      throw new TargetError('refused', `what is at \`${pointer}\` cannot be part of the path ${path}`);
    return encodeURIComponent(value);
  });
}

/** Text and numbers as text; undefined for everything else, and for numbers that lost digits when they were read. */
export function plain(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : undefined;
}

const TAKING: ReadonlySet<string> = new Set(['$from', '$else', '$null', '$with', '$without', '$by']);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Fills a body. What is not there is left out with its key; undefined where nothing is left of the whole. */
export function fill(template: Json, scope: Scope): unknown {
  if (Array.isArray(template))
    return template.map((one: Json) => fill(one, scope)).filter((value) => value !== undefined);
  if (!isObject(template)) return template;
  if ('$from' in template) return taken(template, scope);
  const entries = Object.entries(template).map(([key, one]) => [key, fill(one as Json, scope)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function taken(template: Readonly<Record<string, unknown>>, scope: Scope): unknown {
  const from = valueAt(scope, String(template['$from']));
  if (from === undefined && '$else' in template) return template['$else'];
  if (from === null && '$null' in template) return template['$null'];
  if (!('$with' in template || '$without' in template)) return from;
  const list = Array.isArray(from) ? (from as unknown[]) : [];
  const by = String(template['$by'] ?? '');
  const other = fill((template['$with'] ?? template['$without']) as Json, scope);
  const key = '$with' in template ? valueAt(other, by) : other;
  const rest = list.filter((one) => !isDeepStrictEqual(valueAt(one, by), key));
  return '$with' in template ? [...rest, other] : rest;
}

/** Every pointer a body takes from, with where in the template it stands; and what is wrong with the template. */
export function* takingIn(
  template: unknown,
  path: readonly PropertyKey[] = [],
): Generator<{ readonly path: readonly PropertyKey[]; readonly pointer?: string; readonly problem?: string }> {
  if (Array.isArray(template)) {
    for (const [index, one] of template.entries()) yield* takingIn(one, [...path, index]);
    return;
  }
  if (!isObject(template)) return;
  const marks = Object.keys(template).filter((key) => key.startsWith('$'));
  const strange = marks.find((key) => !TAKING.has(key));
  if (strange !== undefined) yield { path, problem: `\`${strange}\` is none of ${[...TAKING].join(', ')}` };
  else if (marks.length > 0 && typeof template['$from'] !== 'string')
    yield { path, problem: `\`${marks[0] ?? ''}\` goes with \`$from\`, which says where the value is` };
  else if (marks.length > 0 && marks.length < Object.keys(template).length)
    yield { path, problem: '`$from` stands for the whole value; other keys beside it have no meaning' };
  else if (marks.length > 0) {
    yield { path, pointer: String(template['$from']) };
    for (const key of ['$with', '$without']) if (key in template) yield* takingIn(template[key], [...path, key]);
    return;
  }
  for (const [key, one] of Object.entries(template)) yield* takingIn(one, [...path, key]);
}
