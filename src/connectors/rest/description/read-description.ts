/** From the text of a description to what the connector works with; every problem with its place and what to do. */
import { parse } from 'yaml';
import type { z } from 'zod';
import { nestsDeeper } from '#kit/http/index.ts';
import { rootOf } from '../values/pointer.ts';
import { takingIn } from '../values/template.ts';
import { strange, type RequestTemplate } from './parts.ts';
import { descriptionSchema, type Description } from './schema.ts';

/** One thing that is wrong with a description. */
export interface Problem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Deeper than descriptions are; the parser goes down with each level. */
const DEEPEST = 40;
const NESTED_LINE = /(?:[-?:][ \t]+){40}/u;
const REMEMBERED = 50;

type Read = { readonly description: Description } | { readonly problems: readonly Problem[] };
/** Descriptions read before, by their text: every call brings the text again. */
const known = new Map<string, Read>();

/** Reads YAML 1.2. Aliases are not followed, and a key written twice is refused. */
export function readDescription(text: string): Read {
  const before = known.get(text);
  if (before !== undefined) return before;
  const read = readAnew(text);
  const [oldest] = known.keys();
  if (known.size >= REMEMBERED && oldest !== undefined) known.delete(oldest);
  known.set(text, read);
  return read;
}

function readAnew(text: string): Read {
  const whole = (message: string): Read => ({ problems: [{ path: [], message }] });
  if (nestsDeeper(text, DEEPEST) || NESTED_LINE.test(text)) return whole('is nested too deep to be a description');
  let raw: unknown;
  try {
    raw = parse(text, { maxAliasCount: 0, uniqueKeys: true, schema: 'core' });
  } catch (error) {
    return whole(`is no YAML: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'it cannot be read'}`);
  }
  const parsed = descriptionSchema.safeParse(raw);
  if (!parsed.success) return { problems: parsed.error.issues.map(problemOf) };
  const problems = [...requestProblems(parsed.data), ...setupProblems(parsed.data)];
  return problems.length > 0 ? { problems } : { description: parsed.data };
}

const SHAPES: Readonly<Record<string, string>> = {
  object: 'keys with values',
  record: 'keys with values',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

function problemOf(issue: z.core.$ZodIssue): Problem {
  const { path } = issue;
  if (issue.code === 'invalid_key') return { path, message: issue.issues[0]?.message ?? 'is no name that can be here' };
  if (issue.code === 'invalid_value' && issue.message.startsWith('Invalid'))
    return { path, message: `is one of ${issue.values.map(String).join(', ')}` };
  if (issue.code !== 'invalid_type' || !issue.message.startsWith('Invalid')) return { path, message: issue.message };
  if (issue.message.endsWith('received undefined')) return { path, message: 'is missing' };
  return { path, message: `should be ${SHAPES[issue.expected] ?? issue.expected}` };
}

interface Place {
  readonly path: readonly PropertyKey[];
  readonly request: RequestTemplate | undefined;
  /** What it may take from. */
  readonly from: readonly string[];
}

/** Every request of a description, and what each may take from. */
function placesOf({ auth, accounts, entitlements, try_password, api_keys, changes }: Description): readonly Place[] {
  const place = (request: RequestTemplate | undefined, from: readonly string[], ...path: PropertyKey[]): Place => ({
    path,
    request,
    from,
  });
  const each = (
    list: readonly RequestTemplate[] | undefined,
    from: readonly string[],
    ...path: PropertyKey[]
  ): Place[] => (list ?? []).map((one, index) => place(one, from, ...path, index));
  const one = ['name', 'account'];
  return [
    place(auth.login, ['username', 'password'], 'auth', 'login'),
    place(auth.proof, [], 'auth', 'proof'),
    place(accounts.list, [], 'accounts', 'list'),
    place(accounts.one, ['name'], 'accounts', 'one'),
    place(try_password, ['name', 'password'], 'try_password'),
    place(api_keys?.list, one, 'api_keys', 'list'),
    place(api_keys?.issue, [...one, 'label'], 'api_keys', 'issue'),
    place(api_keys?.revoke, [...one, 'key_id', 'key'], 'api_keys', 'revoke'),
    place(api_keys?.try, [], 'api_keys', 'try'),
    ...each(changes.create_account, ['name', 'full_name', 'facts'], 'changes', 'create_account'),
    ...each(changes.set_attributes, [...one, 'facts'], 'changes', 'set_attributes'),
    ...each(changes.set_password, [...one, 'password'], 'changes', 'set_password'),
    ...(['lock_account', 'unlock_account', 'delete_account'] as const).flatMap((name) =>
      each(changes[name], one, 'changes', name),
    ),
    ...entitlements.flatMap((kind, index) => {
      const at = ['entitlements', index] as const;
      const both = [...one, 'entitlement', 'entitlement_id'];
      return [
        place(kind.list, [], ...at, 'list'),
        place(kind.held?.of_account?.list, one, ...at, 'held', 'of_account', 'list'),
        place(
          kind.held?.of_entitlement?.list,
          ['entitlement', 'entitlement_id'],
          ...at,
          'held',
          'of_entitlement',
          'list',
        ),
        ...each(kind.grant, both, ...at, 'grant'),
        ...each(kind.revoke, both, ...at, 'revoke'),
      ];
    }),
  ];
}

/** Requests that take what is not to be had, or carry a secret where it would be logged. */
function* requestProblems(description: Description): Generator<Problem> {
  for (const { path, request, from } of placesOf(description)) {
    if (request === undefined) continue;
    const had = (pointer: string, where: readonly PropertyKey[], inUrl: boolean): Problem | undefined => {
      const root = rootOf(pointer);
      if (!from.includes(root)) {
        const message =
          from.length === 0
            ? `\`${pointer}\`: nothing is to be had here yet; write the value itself`
            : strange(root, from);
        return { path: where, message };
      }
      if (inUrl && root === 'password')
        return { path: where, message: 'a password goes into the body; addresses are written to logs' };
      return undefined;
    };
    const found: (Problem | undefined)[] = request.call.places.map((pointer) => had(pointer, [...path, 'call'], true));
    for (const [name, value] of Object.entries(request.query ?? {}))
      if (typeof value === 'object') found.push(had(value.$from, [...path, 'query', name], true));
    for (const { path: at, pointer, problem } of takingIn(request.body, [...path, 'body']))
      found.push(problem === undefined ? had(pointer ?? '', at, false) : { path: at, message: problem });
    if (request.body !== undefined && request.call.method === 'GET')
      found.push({ path: [...path, 'body'], message: 'a GET has no body' });
    for (const problem of found) if (problem !== undefined) yield problem;
  }
}

/** The facts that `set_attributes` keeps: those its requests take. */
export function factsKept({ changes }: Description): ReadonlySet<string> {
  const facts = new Set<string>();
  for (const { body, query, call } of changes.set_attributes ?? []) {
    const pointers = [
      ...call.places,
      ...Object.values(query ?? {}).map((value) => (typeof value === 'object' ? value.$from : '')),
      ...[...takingIn(body)].map((one) => one.pointer ?? ''),
    ];
    for (const pointer of pointers) if (rootOf(pointer) === 'facts') facts.add(pointer.split('/')[2] ?? '');
  }
  return facts;
}

const takesPasswords = (auth: Description['auth']): boolean => auth.basic !== undefined || auth.login !== undefined;

/** Parts that need each other. */
function* setupProblems(description: Description): Generator<Problem> {
  const { accounts, entitlements, changes } = description;
  if (changes.set_password !== undefined && description.try_password === undefined)
    yield { path: ['changes', 'set_password'], message: 'needs `try_password`: only what can be tried is set' };
  for (const name of ['lock_account', 'unlock_account'] as const)
    if (changes[name] !== undefined && accounts.map.state === undefined)
      yield { path: ['changes', name], message: 'needs `accounts.map.state`, which shows whether it is done' };
  for (const fact of factsKept(description))
    if (accounts.map.attributes[fact] === undefined)
      yield {
        path: ['changes', 'set_attributes'],
        message: `sets \`${fact}\`; \`accounts.map.attributes\` has to say where it is read`,
      };
  if (description.api_keys !== undefined && takesPasswords(description.auth))
    yield { path: ['api_keys'], message: 'needs `auth` by `bearer` or `header`: that is how a key is tried' };
  const kinds = entitlements.map(({ kind }) => kind);
  for (const [index, { kind, fixed }] of entitlements.entries()) {
    if (kinds.indexOf(kind) !== index)
      yield { path: ['entitlements', index, 'kind'], message: `\`${kind}\` is there twice` };
    const ids = (fixed ?? []).map(({ id }) => id);
    const twice = ids.find((id, at) => ids.indexOf(id) !== at);
    if (twice !== undefined) yield { path: ['entitlements', index, 'fixed'], message: `\`${twice}\` is there twice` };
  }
}
