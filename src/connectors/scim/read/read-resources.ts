/** What a provider keeps, as Reeve has it. Whatever is not of the shape RFC 7643 gives it is left out, or throws where that would be less than there is. */
import { z } from 'zod';
import { TargetError, type ReadAccount } from '../../port.ts';
import type { ScimResource } from '../provider.ts';
import type { ScimSettings } from '../settings.ts';

const user = z.looseObject({
  id: z.string(),
  userName: z.string().min(1),
  active: z.boolean().optional(),
  displayName: z.string().optional().catch(undefined),
  userType: z.string().optional().catch(undefined),
  roles: z
    .array(z.looseObject({ value: z.string().min(1) }))
    .catch([])
    .default([]),
});
const group = z.looseObject({
  id: z.string(),
  displayName: z.string().min(1),
  members: z
    .array(z.looseObject({ value: z.string().min(1), type: z.string().optional(), $ref: z.string().optional() }))
    .default([]),
});

export interface User {
  readonly id: string;
  readonly userName: string;
  readonly active: boolean;
  readonly roles: readonly string[];
  readonly resource: ScimResource;
}
export interface Group {
  readonly id: string;
  readonly name: string;
  readonly members: readonly string[];
}

/** Throws TargetError `failed` for what is no user: leaving it out would make the reading less than there is. */
export function userOf(resource: ScimResource, at: string): User {
  const parsed = user.safeParse(resource);
  if (!parsed.success) throw new TargetError('failed', `${at} shows a user ${shownId(resource.id)} without a userName`);
  const { id, userName, active = true, roles } = parsed.data;
  return { id, userName, active, roles: [...new Set(roles.map(({ value }) => value))], resource };
}

/** As {@link userOf}. */
export function groupOf(resource: ScimResource, at: string): Group {
  const parsed = group.safeParse(resource);
  if (!parsed.success)
    throw new TargetError(
      'failed',
      `${at} shows a group ${shownId(resource.id)} without a displayName or with members that are none`,
    );
  const { id, displayName, members } = parsed.data;
  return { id, name: displayName, members: [...new Set(members.map(({ value }) => value))] };
}

const shownId = (id: string): string => id.slice(0, 60).replaceAll(/[\p{Cc}\s]/gu, ' ');

/** A member of a resource at a path of the settings, as text; of many values the work one, the primary one or the first. */
export function valueAt(resource: ScimResource, path: string): string | undefined {
  const [holder, name] = stepsOf(resource, path);
  const value = holder?.[name];
  if (!Array.isArray(value)) return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  const many = value.filter((one): one is Record<string, unknown> => typeof one === 'object' && one !== null);
  const one = many.find(({ type }) => type === 'work') ?? many.find(({ primary }) => primary === true) ?? many[0];
  return typeof one?.['value'] === 'string' ? one['value'] : undefined;
}

function stepsOf(
  resource: ScimResource,
  path: string,
): readonly [Readonly<Record<string, unknown>> | undefined, string] {
  const schema = /^(urn:.+):([^:]+)$/u.exec(path);
  const within: unknown = schema === null ? resource : resource[schema[1] ?? ''];
  const [first = '', second] = (schema?.[2] ?? path).split('.');
  const holder = record(within);
  return second === undefined ? [holder, first] : [record(holder?.[first]), second];
}

const record = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;

/** `because`: what makes the account privileged, in words with evidence. */
export function accountOf(one: User, settings: ScimSettings, because: ReadAccount['privilegedBecause']): ReadAccount {
  const facts = Object.entries(settings.attributes).flatMap(([fact, path]) => {
    const value = valueAt(one.resource, path);
    return value === undefined ? [] : [[fact, value] as const];
  });
  const fullName = valueAt(one.resource, 'displayName') ?? valueAt(one.resource, 'name.formatted');
  const externalId = valueAt(one.resource, 'externalId');
  return {
    nativeId: one.userName,
    name: one.userName,
    state: one.active ? 'active' : 'locked',
    kind: 'unknown',
    attributes: {
      ...Object.fromEntries(facts),
      ...(fullName === undefined ? {} : { full_name: fullName }),
      ...(externalId === undefined ? {} : { external_id: externalId }),
      scim_id: one.id,
    },
    privilegedBecause: because,
  };
}
