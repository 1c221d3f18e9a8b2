/** What a description says. docs/reference/rest-descriptions.md has every key in words. */
import { z } from 'zod';
import { condition, exact, list, listedRefs, oneOf, pointer, refs, request, step, steps, trying } from './parts.ts';

const line = (max: number): z.ZodString =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}\u2028\u2029]*$/u, 'is one line');
const factName = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/u, 'is a name of small letters, digits and _');

/** Headers a description may not say: they are the connection's, or carry the credential. */
const KEPT: ReadonlySet<string> = new Set(
  'authorization proxy-authorization cookie host connection content-length content-type transfer-encoding te trailer upgrade expect keep-alive accept'.split(
    ' ',
  ),
);
const headerName = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/u, 'is no name of a header');
const headerText = z
  .string()
  .max(500)
  .regex(/^[\x20-\x7E]*$/u, 'has printable ASCII characters only');

const auth = exact({
  basic: exact({}).optional(),
  bearer: exact({}).optional(),
  header: exact({
    name: headerName.refine(
      (name) => name.toLowerCase() === 'authorization' || !KEPT.has(name.toLowerCase()),
      'is a header of the connection itself',
    ),
    prefix: headerText.default(''),
  }).optional(),
  login: exact({
    ...request.shape,
    token: pointer,
    name: headerName.default('authorization'),
    prefix: headerText.default('Bearer '),
  }).optional(),
  proof: request.optional(),
}).superRefine(oneOf('basic', 'bearer', 'header', 'login'));

const attributes = z.record(factName, pointer).default({});

const accounts = exact({
  list,
  one: exact({
    ...request.shape,
    item: pointer.default(''),
    missing: z.array(z.int().min(400).max(499)).default([404]),
  }).optional(),
  map: exact({
    id: pointer,
    key: pointer.optional(),
    name: pointer.optional(),
    state: exact({ locked: condition.optional(), active: condition.optional() })
      .refine((state) => state.locked !== undefined || state.active !== undefined, 'says locked, active or both')
      .optional(),
    kind: exact({
      personal: condition.optional(),
      service: condition.optional(),
      shared: condition.optional(),
    }).optional(),
    attributes,
    privileged: z
      .array(exact({ when: condition, reason: line(200), evidence: pointer.optional() }))
      .max(50)
      .default([]),
    last_used_at: exact({ at: pointer, as: z.enum(['iso', 'seconds', 'milliseconds']).default('iso') }).optional(),
  }),
});

const held = exact({
  in_account: refs.optional(),
  in_entitlement: refs.optional(),
  of_account: listedRefs.optional(),
  of_entitlement: listedRefs.optional(),
}).superRefine(oneOf('in_account', 'in_entitlement', 'of_account', 'of_entitlement'));

const entitlement = exact({
  kind: z.string().regex(/^[a-z][a-z0-9_-]{0,31}$/u, 'is a word of small letters, digits, _ and -'),
  list: list.optional(),
  map: exact({
    id: pointer,
    name: pointer.optional(),
    privileged: condition.optional(),
    attributes,
  }).optional(),
  held: held.optional(),
  fixed: z
    .array(
      exact({
        id: line(100),
        name: line(200).optional(),
        privileged: z.boolean().default(false),
        held_when: condition.optional(),
      }),
    )
    .min(1)
    .max(100)
    .optional(),
  nesting: exact({ members: refs.optional(), implies: refs.optional() })
    .superRefine(oneOf('members', 'implies'))
    .optional(),
  grant: steps.optional(),
  revoke: steps.optional(),
}).superRefine((given, context) => {
  oneOf('list', 'fixed')(given, context);
  for (const [index, one] of (given.fixed ?? []).entries())
    if (one.held_when === undefined && given.held === undefined)
      context.addIssue({
        code: 'custom',
        message: 'says `held_when`, or its kind says `held`',
        path: ['fixed', index],
      });
  const needs = given.list === undefined ? [] : (['map', 'held'] as const);
  for (const key of needs)
    if (given[key] === undefined)
      context.addIssue({ code: 'custom', message: `what is listed needs \`${key}\``, path: [key] });
});

const changes = exact({
  create_account: steps.optional(),
  set_attributes: steps.optional(),
  lock_account: steps.optional(),
  unlock_account: steps.optional(),
  delete_account: steps.optional(),
  set_password: steps.optional(),
}).default({});

const apiKeys = exact({
  list,
  /** Of a key as the list shows it: what it is taken back by, and what it was labelled with. */
  id: pointer,
  label: pointer,
  issue: exact({ ...step.shape, key: pointer }),
  revoke: step,
  try: request.optional(),
});

/** The whole of a description. */
export const descriptionSchema = exact({
  version: z.literal(1, { error: 'is 1, the version of this format' }),
  about: line(200),
  base_path: z
    .string()
    .regex(/^(?:\/[A-Za-z0-9._~-]+)*$/u, 'is no path such as /api/v1')
    .default(''),
  headers: z
    .record(
      headerName.refine((name) => !KEPT.has(name.toLowerCase()), 'is a header Reeve sets; credentials go into `auth`'),
      headerText,
    )
    .default({}),
  good_when: condition.optional(),
  auth,
  accounts,
  entitlements: z.array(entitlement).max(50).default([]),
  try_password: trying.optional(),
  api_keys: apiKeys.optional(),
  changes,
});

export type Description = z.infer<typeof descriptionSchema>;
export type EntitlementKind = Description['entitlements'][number];
export type AccountMap = Description['accounts']['map'];
export type ChangeName = keyof Description['changes'];
