import { parse, stringify } from 'yaml';
import type { z } from 'zod';
import type { Tx } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { nestsDeeper } from '#kit/http/index.ts';
import { getIdentities, getSystem } from '#spine/graph/index.ts';
import { approvalRules, namedIn, type ApprovalRules } from '../approvers/approval-rules.ts';
import { targetNamed } from '../lines/find-targets.ts';
import { identityMeant } from './shapes.ts';

interface Wrong {
  readonly pointer: string;
  readonly detail: string;
}

const unreadable = (errors: readonly Wrong[]): AppError =>
  new AppError({
    code: 'approval_policy.unreadable',
    status: 422,
    detail: errors.map((e) => `${e.pointer.replace(/^\/yaml\/?/, '') || 'the file'}: ${e.detail}`).join('; '),
    fix: 'see the file that `reeve approval-policy show` writes, and docs/how-to/decide-who-approves.md',
    errors: [...errors],
  });

/** Far deeper than a policy is. */
const DEEPEST = 50;

/**
 * Reads an approval policy from YAML 1.2, of which JSON is a part. People are named by username, mail address or id,
 * systems by name or id, what somebody is to hold by `system:entitlement`, `role:name` or id. Aliases are not
 * followed; a key written twice or unknown is refused. Throws `approval_policy.unreadable`, saying where.
 */
export const readPolicyFile = async (tx: Tx, yaml: string): Promise<ApprovalRules> => {
  if (nestsDeeper(yaml, DEEPEST)) throw unreadable([{ pointer: '/yaml', detail: 'is nested too deep' }]);
  let raw: unknown;
  try {
    raw = parse(yaml, { maxAliasCount: 0, uniqueKeys: true, schema: 'core', logLevel: 'error' });
  } catch (error) {
    const said = error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'it cannot be read';
    throw unreadable([{ pointer: '/yaml', detail: `is no YAML: ${said}` }]);
  }
  const wrong: Wrong[] = [];
  const resolved = await withIds(tx, raw, '/yaml', wrong);
  if (wrong.length > 0) throw unreadable(wrong);
  const read = approvalRules.safeParse(resolved);
  if (!read.success) throw unreadable(read.error.issues.map(said));
  return read.data;
};

const said = (issue: z.core.$ZodIssue): Wrong => ({
  pointer: ['/yaml', ...issue.path.map(String)].join('/'),
  detail: issue.message,
});

/** Names in place of which ids are kept. */
const withIds = async (tx: Tx, value: unknown, at: string, wrong: Wrong[]): Promise<unknown> => {
  if (Array.isArray(value)) {
    const all: unknown[] = [];
    for (const [i, one] of value.entries()) all.push(await withIds(tx, one, `${at}/${i}`, wrong));
    return all;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries: [string, unknown][] = [];
  for (const [key, inner] of Object.entries(value))
    entries.push([key, await inPlace(tx, key, inner, `${at}/${key}`, wrong)]);
  return Object.fromEntries(entries);
};

const inPlace = async (tx: Tx, key: string, value: unknown, at: string, wrong: Wrong[]): Promise<unknown> => {
  const idOf = LOOK_UP.get(key);
  if (idOf === undefined) return await withIds(tx, value, at, wrong);
  const one = async (name: unknown, where: string): Promise<unknown> => {
    if (typeof name !== 'string') return name;
    const id = await idOf.find(tx, name);
    if (id === undefined) wrong.push({ pointer: where, detail: `there is no ${idOf.what} ${name}` });
    return id;
  };
  if (!Array.isArray(value)) return await one(value, at);
  const ids: unknown[] = [];
  for (const [i, name] of value.entries()) ids.push(await one(name, `${at}/${i}`));
  return ids;
};

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
interface LookUp {
  readonly what: string;
  find(tx: Tx, name: string): Promise<string | undefined>;
}
const LOOK_UP: ReadonlyMap<string, LookUp> = new Map([
  ['named', { what: 'person', find: identityMeant }],
  [
    'systemIds',
    {
      what: 'system',
      find: async (tx: Tx, name: string) => (UUID.test(name) ? name : (await getSystem(tx, name.toLowerCase()))?.id),
    },
  ],
  ['holdersOf', { what: 'entitlement or role', find: targetNamed }],
]);

/** Writes a policy as that file, people by their usernames. */
export const writePolicyFile = async (tx: Tx, rules: ApprovalRules): Promise<string> => {
  const people = await getIdentities(tx, namedIn(rules).people);
  const name = new Map(people.map((p) => [p.id, p.username ?? p.id]));
  const named = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(named);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]: [string, unknown]) => [
        key,
        key === 'named' && Array.isArray(inner) ? inner.map((id) => name.get(String(id)) ?? id) : named(inner),
      ]),
    );
  };
  return stringify(named(rules), { lineWidth: 0 });
};
