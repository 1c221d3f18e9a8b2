import type { EntryDetail } from '../src/api/catalogue.ts';
import type { Out } from '../src/api/shapes/of-contract.ts';
import { Refusal, days, id, type Routes } from './answer.ts';
import { identities, person } from './people.ts';

/** What was said of entries while the mock runs. */
const said = new Map<string, Partial<EntryDetail>>();
const say = (entry: string, more: Partial<EntryDetail>): void => {
  said.set(entry, { ...said.get(entry), ...more });
};

const children: Readonly<Record<number, readonly number[]>> = { 19: [9], 9: [8], 8: [0], 0: [1, 2], 2: [5], 5: [6] };
const ownPrivilege = new Set([1, 6]);
const numberOf = (entry: string): number => Number(entry.slice(-12));
const wayToPrivilege = (n: number): readonly number[] | undefined => {
  if (ownPrivilege.has(n)) return [n];
  for (const child of children[n] ?? []) {
    const way = wayToPrivilege(child);
    if (way !== undefined) return [n, ...way];
  }
  return undefined;
};

/** What an entry is called where others name it; set by the first that is read. */
let called: (n: number) => string = String;

/** An entry with what it is nested in and brings along, and what was said of it meanwhile. */
export const withSaid = (entry: EntryDetail, nameOf: (n: number) => string): EntryDetail => {
  called = nameOf;
  const n = numberOf(entry.id);
  const near = (numbers: readonly number[]) =>
    numbers.map((one) => ({ id: id('e7', one), name: nameOf(one), goneSince: null }));
  const way = wayToPrivilege(n) ?? (entry.privileged ? [n] : []);
  return {
    ...entry,
    privileged: way.length > 0,
    privilegedThrough: way.map((one) => ({ kind: 'entitlement', id: id('e7', one), name: nameOf(one) })),
    children: near(children[n] ?? []),
    parents: near(
      Object.keys(children)
        .map(Number)
        .filter((parent) => children[parent]?.includes(n) === true),
    ),
    ...said.get(entry.id),
  };
};

const steward = (n: number, identityId: string, name: string) => ({
  id: id('57', n),
  identityId,
  identityName: name,
  systemId: id('5e', 0),
  systemName: 'web1',
  tag: null,
  since: days(-40),
});
let stewards: Out<'entitlements.listStewards'>['items'] = [steward(0, person(2).id, person(2).name)];

const wrong = (pointer: string, detail: string): Refusal =>
  new Refusal({ status: 400, code: 'input.invalid', detail: 'the input is wrong', errors: [{ pointer, detail }] });

export const entryEditRoutes: Routes = {
  'GET /v1/stewards': () => ({ items: stewards, nextCursor: null }),
  'POST /v1/stewards': ({ body }) => {
    const who = identities.find((one) => one.id === body['identity']);
    const named = steward(stewards.length + 1, who?.id ?? '', who?.displayName ?? '');
    stewards = [...stewards, named];
    return { id: named.id };
  },
  'DELETE /v1/stewards/{id}': ({ params }) => {
    stewards = stewards.filter((one) => one.id !== params['id']);
    return { id: params['id'] };
  },
  'POST /v1/entitlements/{id}/describe': ({ params, body }) => {
    const entry = params['id'] ?? '';
    const { ownerId, tags, ...rest } = body as Partial<EntryDetail>;
    const bad = tags?.findIndex((tag) => !/^[a-z0-9][a-z0-9._-]{0,49}$/.test(tag)) ?? -1;
    if (bad >= 0)
      throw wrong(`/tags/${String(bad)}`, 'has lower-case letters, digits, dots, dashes and underscores, at most 50');
    const owner = identities.find((one) => one.id === ownerId);
    say(entry, {
      ...rest,
      ...(tags === undefined ? {} : { tags }),
      ...(ownerId === undefined ? {} : { ownerId, ownerName: owner?.displayName ?? null, ownerGone: false }),
    });
    return { id: entry, requestable: true, privileged: false };
  },
  'PUT /v1/entitlements/{id}/prerequisites': ({ params, body }) => {
    const entry = params['id'] ?? '';
    const facts = body['facts'] as readonly { readonly attribute: string; readonly value: string | null }[];
    const needs = body['needs'] as readonly string[];
    const prerequisites = [
      ...needs.map((needsId) => ({
        needsId,
        name: called(numberOf(needsId)),
        gone: false,
        attribute: null,
        value: null,
      })),
      ...facts.map((fact) => ({ needsId: null, name: fact.attribute, gone: false, ...fact })),
    ];
    say(entry, { prerequisites });
    return { id: entry, prerequisites };
  },
};
