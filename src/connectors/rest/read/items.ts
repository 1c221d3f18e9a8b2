/** What a service shows, as Reeve has it. What the description asks for and is not there throws: leaving it out would be less than there is. */
import { TargetError, type ReadAccount } from '../../port.ts';
import type { Description, EntitlementKind } from '../description/schema.ts';
import { shown } from '../names.ts';
import { holds } from '../values/condition.ts';
import { valueAt } from '../values/pointer.ts';
import { plain } from '../values/template.ts';
import { idAt } from './references.ts';

type Privileges = ReadAccount['privilegedBecause'];

/** An account with what the service showed of it. Why it is privileged by what it holds is not known yet. */
export interface Account {
  readonly id: string;
  /** What others name it by. */
  readonly key: string;
  readonly item: unknown;
  readonly read: ReadAccount;
}

/** Something to hold. */
export interface Entitlement {
  readonly kind: EntitlementKind;
  readonly id: string;
  readonly nativeId: string;
  readonly name: string;
  readonly privileged: boolean;
  readonly item: unknown;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export function accountOf(map: Description['accounts']['map'], item: unknown, at: string): Account {
  const id = idAt(item, map.id, `an account of ${at}`);
  const what = `account ${shown(id)} of ${at}`;
  const lastUsedAt = lastUse(map.last_used_at, item, what);
  return {
    id,
    key: map.key === undefined ? id : idAt(item, map.key, what),
    item,
    read: {
      nativeId: id,
      name: map.name === undefined ? id : idAt(item, map.name, what),
      state: stateOf(map.state, item, what),
      kind: kindOf(map.kind, item, what),
      attributes: attributesOf(map.attributes, item, what),
      privilegedBecause: reasons(map.privileged, item, what),
      ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
    },
  };
}

type AccountMap = Description['accounts']['map'];

function stateOf(state: AccountMap['state'], item: unknown, what: string): ReadAccount['state'] {
  if (state === undefined) return 'active';
  const locked = state.locked === undefined ? undefined : holds(state.locked, item, what);
  const active = state.active === undefined ? undefined : holds(state.active, item, what);
  if (locked !== undefined && active !== undefined && locked === active)
    throw new TargetError(
      'failed',
      `${what} is ${locked ? 'both' : 'neither'} active ${locked ? 'and' : 'nor'} locked, as the description has it`,
    );
  return (locked ?? active === false) ? 'locked' : 'active';
}

function kindOf(kind: AccountMap['kind'], item: unknown, what: string): ReadAccount['kind'] {
  for (const name of ['personal', 'service', 'shared'] as const) {
    const when = kind?.[name];
    if (when !== undefined && holds(when, item, what)) return name;
  }
  return 'unknown';
}

/** Facts that are there. The empty text is no fact, as an empty column is none. */
export function attributesOf(
  map: Readonly<Record<string, string>>,
  item: unknown,
  what: string,
): Readonly<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const [fact, pointer] of Object.entries(map)) {
    const value = valueAt(item, pointer);
    if (value === undefined || value === null || value === '') continue;
    const values = Array.isArray(value) ? (value as unknown[]) : [value];
    if (values.some((one) => plain(one) === undefined && typeof one !== 'boolean'))
      throw new TargetError(
        'failed',
        `${what} has at \`${pointer}\` what is no fact: text, number, or a list of these`,
      );
    found[fact] = typeof value === 'number' ? String(value) : value;
  }
  return found;
}

function reasons(rules: AccountMap['privileged'], item: unknown, what: string): Privileges {
  return rules
    .filter(({ when }) => holds(when, item, what))
    .map(({ when, reason, evidence }) => {
      const pointer = evidence ?? when.at ?? '';
      const shownValue = pointer === '' ? 'as the description has it' : JSON.stringify(valueAt(item, pointer) ?? null);
      return { reason, evidence: shown(`${pointer} ${shownValue}`.trim()) };
    });
}

function lastUse(map: AccountMap['last_used_at'], item: unknown, what: string): string | undefined {
  if (map === undefined) return undefined;
  const value = valueAt(item, map.at);
  // Never used is often written as nothing or as the beginning of time: neither is an instant of use.
  if (value === undefined || value === null || value === '' || value === 0) return undefined;
  const unit = { iso: undefined, seconds: 1000, milliseconds: 1 }[map.as];
  const numeric = typeof value === 'number' || (typeof value === 'string' && /^\d{1,16}$/u.test(value));
  const at = unit === undefined ? isoInstant(value) : numeric ? Number(value) * unit : Number.NaN;
  const date = new Date(at);
  if (!Number.isNaN(date.getTime()) && date.getUTCFullYear() >= 1970 && date.getUTCFullYear() <= 9999)
    return date.toISOString();
  throw new TargetError('failed', `${what} has at \`${map.at}\` what is no instant (${map.as})`);
}

/** RFC 3339 with its offset: without one nobody knows which instant is meant. */
const isoInstant = (value: unknown): number =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+-]\d\d:?\d\d)$/u.test(value)
    ? Date.parse(value.replace(' ', 'T'))
    : Number.NaN;

/** What one item of a listed kind is. */
export function entitlementOf(kind: EntitlementKind, item: unknown, at: string): Entitlement {
  const { map } = kind;
  if (map === undefined) throw new TargetError('unsupported', `the description of ${at} maps no \`${kind.kind}\``);
  const id = idAt(item, map.id, `a ${kind.kind} of ${at}`);
  const what = `${kind.kind} ${shown(id)} of ${at}`;
  return {
    kind,
    id,
    nativeId: `${kind.kind}:${id}`,
    name: map.name === undefined ? id : idAt(item, map.name, what),
    privileged: map.privileged === undefined ? false : holds(map.privileged, item, what),
    item,
    attributes: attributesOf(map.attributes, item, what),
  };
}
