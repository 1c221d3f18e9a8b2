import { refusal } from '../errors.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import { COMMON, findTarget, type ResourceKind } from './resource-kind.ts';

/** Which attributes an answer has (RFC 7644 §3.9). Paths are as given; those of no schema name nothing. */
export interface Projection {
  readonly only?: readonly string[] | undefined;
  readonly without?: readonly string[] | undefined;
}

const PATH = /^(?:[A-Za-z$][\w$-]*(?:\.[A-Za-z$][\w$-]*)?|urn:[\w.:$-]+)$/i;
const MOST_PATHS = 100;

/** Reads `attributes` and `excludedAttributes`. A value filter behind a name (`emails[type eq "work"]`) is let be: Entra ID's validator sends one. Throws `invalidValue`. */
export function readProjection(attributes: unknown, excluded: unknown): Projection {
  const only = readPaths('attributes', attributes);
  const without = readPaths('excludedAttributes', excluded);
  if (only !== undefined && without !== undefined)
    throw refusal('invalidValue', 'attributes and excludedAttributes exclude each other', 'send one of them');
  return { only, without };
}

function readPaths(name: string, raw: unknown): readonly string[] | undefined {
  if (raw === undefined || raw === null || raw === '') return undefined;
  const list: unknown[] = Array.isArray(raw) ? raw : String(raw).split(',');
  if (list.length > MOST_PATHS) throw refusal('invalidValue', `${name} names at most ${MOST_PATHS} attributes`);
  return list.map((item) => {
    const text = typeof item === 'string' ? item.trim().replace(/\[[^[\]]*\]$/, '') : '';
    if (!PATH.test(text)) throw refusal('invalidValue', `${name} holds what is no attribute name`);
    return text;
  });
}

/** What of a kind is asked for, by the names of its places. */
interface Asked {
  readonly whole: ReadonlySet<string>;
  readonly subs: ReadonlyMap<string, ReadonlySet<string>>;
}

function askedOf(kind: ResourceKind, paths: readonly string[]): Asked {
  const whole = new Set<string>();
  const subs = new Map<string, Set<string>>();
  for (const path of paths) {
    const target = findTarget(kind, path);
    if (target?.extension !== undefined)
      for (const a of target.extension.attributes) whole.add(`${target.extension.id}:${a.name}`);
    if (target?.place === undefined) continue;
    const key = target.place.at.join(':');
    if (target.place.sub === undefined) whole.add(key);
    else subs.set(key, (subs.get(key) ?? new Set()).add(target.place.sub.name));
  }
  return { whole, subs };
}

/** Whether an answer shows anything of an attribute, so that what is costly to gather is gathered only then. */
export function isShown(kind: ResourceKind, projection: Projection, name: string): boolean {
  if (projection.only !== undefined) {
    const asked = askedOf(kind, projection.only);
    return asked.whole.has(name) || asked.subs.has(name);
  }
  return projection.without === undefined || !askedOf(kind, projection.without).whole.has(name);
}

const ALWAYS = new Set(COMMON.filter((a) => a.returned === 'always').map((a) => a.name));

/** Cuts a resource down to what was asked for; `id` and `schemas` are always there. */
export function shapeResource(kind: ResourceKind, resource: JsonObject, projection: Projection): JsonObject {
  const paths = projection.only ?? projection.without;
  if (paths === undefined) return resource;
  const keep = projection.only !== undefined;
  const asked = askedOf(kind, paths);
  const out: Record<string, Json> = {};
  for (const [name, value] of Object.entries(resource)) {
    if (ALWAYS.has(name)) out[name] = value;
    else if (kind.extensions.some((e) => e.id === name) && isObject(value)) {
      const inner: Record<string, Json> = {};
      for (const [sub, subValue] of Object.entries(value)) {
        const cut = cutDown(`${name}:${sub}`, subValue, asked, keep);
        if (cut !== undefined) inner[sub] = cut;
      }
      if (Object.keys(inner).length > 0) out[name] = inner;
    } else {
      const cut = cutDown(name, value, asked, keep);
      if (cut !== undefined) out[name] = cut;
    }
  }
  return out;
}

function cutDown(key: string, value: Json, asked: Asked, keep: boolean): Json | undefined {
  if (asked.whole.has(key)) return keep ? value : undefined;
  const subs = asked.subs.get(key);
  if (subs === undefined) return keep ? undefined : value;
  const cut = (v: Json): Json =>
    isObject(v) ? Object.fromEntries(Object.entries(v).filter(([name]) => subs.has(name) === keep)) : v;
  return Array.isArray(value) ? (value as readonly Json[]).map(cut) : cut(value);
}
