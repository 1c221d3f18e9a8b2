import {
  HOSTILE,
  INACTIVE,
  isAddress,
  isDay,
  isReserved,
  isUsername,
  LONGEST,
  type FeedRecord,
  type PeopleSource,
} from '#govern/lifecycle/index.ts';
import { refusal } from '../errors.ts';
import type { ScimClient } from '../model.ts';
import { isObject, type Body, type Json, type JsonObject } from '../schema/json.ts';
import { EMPLOYMENT, ENTERPRISE_USER } from '../schema/user.ts';

/** A user as a record of the source, the same that a row of a feed becomes. `groups` are names in full: `entra/Finance`. */
export function mapUser(
  client: Pick<ScimClient, 'usernameFrom'>,
  source: Pick<PeopleSource, 'mapping'>,
  user: { readonly id: string; readonly body: Body; readonly groups: readonly string[] },
): FeedRecord {
  const { body } = user;
  const enterprise = objectAt(body, ENTERPRISE_USER.id);
  const employment = objectAt(body, EMPLOYMENT.id);
  const name = objectAt(body, 'name');
  const first = fact('name.givenName', name['givenName']);
  const last = fact('name.familyName', name['familyName']);
  const employmentType = fact('userType', body['userType']);
  const { statuses, vendorTypes } = source.mapping;
  const manager = objectAt(enterprise, 'manager')['value'];
  const [startsOn, endsOn] = [day(employment, 'startDate'), day(employment, 'endDate')];
  if (startsOn !== null && endsOn !== null && endsOn < startsOn)
    throw refusal('invalidValue', 'endDate is before startDate');
  return {
    externalId: user.id,
    kind:
      employmentType !== null && vendorTypes.some((t) => t.toLowerCase() === employmentType.toLowerCase())
        ? 'vendor'
        : 'person',
    displayName: displayNameOf(body, first, last),
    email: emailOf(body),
    username: usernameOf(client, body),
    department: fact('department', enterprise['department']),
    orgUnit: fact('division', enterprise['division']),
    jobTitle: fact('title', body['title']),
    managerExternalId: typeof manager === 'string' && manager !== '' ? manager : null,
    status: body['active'] === false ? (statuses[INACTIVE] ?? 'leaver') : (statuses['active'] ?? 'active'),
    startsOn,
    endsOn,
    attributes: {
      ...given('first_name', first),
      ...given('last_name', last),
      ...given('employment_type', employmentType),
      ...given('company', fact('organization', enterprise['organization'])),
      ...given('cost_centre', fact('costCenter', enterprise['costCenter'])),
      ...given('employee_number', fact('employeeNumber', enterprise['employeeNumber'])),
      ...given('time_zone', fact('timezone', body['timezone'])),
      ...given('location', locationOf(body)),
      ...(user.groups.length === 0 ? {} : { scim_groups: [...user.groups] }),
    },
  };
}

const objectAt = (from: Body, name: string): JsonObject => {
  const found = from[name];
  return isObject(found) ? found : {};
};

const given = (name: string, value: string | null): Record<string, string> => (value === null ? {} : { [name]: value });

/** A text that becomes a fact of a person, held to the rules of a feed. */
function fact(name: string, value: Json | undefined): string | null {
  if (typeof value !== 'string') return null;
  const text = value.trim().normalize('NFC');
  if (text === '') return null;
  if (text.length > LONGEST) throw refusal('invalidValue', `${name} has at most ${LONGEST} characters`);
  if (HOSTILE.test(text)) throw refusal('invalidValue', `${name} holds control or direction characters`);
  return text;
}

function day(employment: JsonObject, name: 'startDate' | 'endDate'): string | null {
  const value = fact(name, employment[name]);
  if (value === null || isDay(value)) return value;
  throw refusal('invalidValue', `${name} is not a day like 2026-01-31`);
}

function displayNameOf(body: Body, first: string | null, last: string | null): string {
  const formatted = fact('name.formatted', objectAt(body, 'name')['formatted']);
  const parts = [first, last].filter((part) => part !== null).join(' ');
  const name = fact('displayName', body['displayName']) ?? formatted ?? (parts === '' ? null : parts);
  return name ?? fact('userName', body['userName']) ?? '';
}

/** The value of many that counts: the primary one, else the one for work, else the first. */
function chosen(body: Body, attribute: string, sub: string): Json | undefined {
  const list = body[attribute];
  if (!Array.isArray(list)) return undefined;
  const objects = (list as readonly Json[]).filter(isObject).filter((v) => v[sub] !== undefined);
  const best =
    objects.find((v) => v['primary'] === true) ??
    objects.find((v) => typeof v['type'] === 'string' && v['type'].toLowerCase() === 'work') ??
    objects[0];
  return best?.[sub];
}

/** Directories keep what is no address in `emails`; it stays with the user, and is no address of the person. */
function emailOf(body: Body): string | null {
  const value = chosen(body, 'emails', 'value');
  return typeof value === 'string' && isAddress(value.trim()) ? value.trim() : null;
}

function locationOf(body: Body): string | null {
  return fact('addresses.locality', chosen(body, 'addresses', 'locality'));
}

/**
 * A name that accounts can have, or none: somebody called `admin@…` in the directory is a person here, and nobody's
 * `admin` account becomes theirs.
 */
function usernameOf(client: Pick<ScimClient, 'usernameFrom'>, body: Body): string | null {
  const value = fact('userName', body['userName']);
  if (value === null || client.usernameFrom === 'none') return null;
  const text = client.usernameFrom === 'local_part' ? (value.split('@')[0] ?? '') : value;
  return isUsername(text) && !isReserved(text) ? text : null;
}
