/** Building blocks of the description's schema, with errors that say what to do. */
import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';
import type { Condition } from '../values/condition.ts';
import { pointerProblem } from '../values/pointer.ts';
import { placesIn, type Json } from '../values/template.ts';

/** An object of these keys and no others; another key is answered with the nearest of them. */
export const exact = <T extends z.core.$ZodShape>(shape: T): z.ZodObject<T, z.core.$strict> =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? strange(issue.keys[0] ?? '', Object.keys(shape)) : undefined,
  });

/** `x` is not known here; did you mean `y`? */
export function strange(key: string, known: readonly string[]): string {
  const near = closest(key, [...known]);
  const meant = distance(key, near) <= Math.max(2, Math.floor(near.length / 2)) ? `; did you mean \`${near}\`?` : '';
  return `\`${key}\` is not known here${meant === '' ? `; known are ${known.join(', ')}` : meant}`;
}

/** Refuses an object with none or several of `keys`. */
export const oneOf =
  (...keys: readonly string[]) =>
  (value: object, context: z.RefinementCtx): void => {
    const given = keys.filter((key) => (value as Record<string, unknown>)[key] !== undefined);
    if (given.length === 1) return;
    const message =
      given.length === 0 ? `says one of ${keys.join(', ')}` : `says ${given.join(' and ')}, of which only one can be`;
    context.addIssue({ code: 'custom', message });
  };

/** A JSON Pointer. */
export const pointer = z
  .string()
  .max(500)
  .superRefine((text, context) => {
    const problem = pointerProblem(text);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()], {
  error: 'is a text, a number, true, false or null',
});

export const condition: z.ZodType<Condition> = z.lazy(() =>
  exact({
    at: pointer.optional(),
    is: scalar.optional(),
    in: z.array(scalar).min(1).max(200).optional(),
    contains: scalar.optional(),
    present: z.boolean().optional(),
    absent: z.boolean().optional(),
    not: condition.optional(),
    any: z.array(condition).min(1).max(20).optional(),
    all: z.array(condition).min(1).max(20).optional(),
  }).superRefine((given, context) => {
    const looks = ['is', 'in', 'contains', 'present'];
    if (given.at === undefined) oneOf('at', 'not', 'any', 'all')(given, context);
    else oneOf(...looks)(given, context);
    const alone = given.not !== undefined || given.any !== undefined || given.all !== undefined;
    const beside = [...looks, 'at', 'absent'].find((key) => (given as Record<string, unknown>)[key] !== undefined);
    if (alone && beside !== undefined)
      context.addIssue({ code: 'custom', message: `\`${beside}\` goes into the conditions of not, any or all` });
  }),
);

/** Any JSON, for bodies. */
export const json: z.ZodType<Json> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(json), z.record(z.string(), json)]),
);

const CALL = /^(?<method>GET|POST|PUT|PATCH|DELETE) (?<path>\/[^\s?#\\]*)$/u;

/** `METHOD /path/{/pointer}`, kept as its two parts. */
const call = z
  .string()
  .max(1000)
  .transform((text, context) => {
    const groups = CALL.exec(text)?.groups;
    const [method, path] = [groups?.['method'] as 'GET' | undefined, groups?.['path'] ?? ''];
    const bare = path.replaceAll(/\{\/[^{}]*\}/gu, 'x');
    const wrong = !/^(?:\/(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})*)+$/u.test(bare);
    const stepping = bare.split('/').some((step) => step === '.' || step === '..');
    if (method === undefined || wrong || stepping) {
      const message = 'is a method and a path, such as `GET /users/{/name}`; what comes behind `?` goes into `query`';
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    }
    return { method: method as 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path, places: placesIn(path) };
  });

/** What a query takes: fixed, or one value whole. */
const queryValue = z.union([z.string(), z.number(), z.boolean(), exact({ $from: pointer })], {
  error: 'is a text, a number, true, false or `{ $from: /pointer }`',
});

const requestShape = {
  call,
  query: z.record(z.string().min(1).max(100), queryValue).optional(),
  body: json.optional(),
};

export const request = exact(requestShape);
export type RequestTemplate = z.infer<typeof request>;

/** Which answers count: a status, or a status whose body says more. */
const outcomes = z
  .array(
    z.union([z.int().min(100).max(599), exact({ status: z.int().min(100).max(599), when: condition })], {
      error: 'is a status such as 404, or `{ status: 400, when: … }`',
    }),
  )
  .min(1)
  .max(20);
export type Outcomes = z.infer<typeof outcomes>;

export const step = exact({ ...requestShape, done_already: outcomes.optional(), refused: outcomes.optional() });
export type Step = z.infer<typeof step>;
export const steps = z.array(step).min(1).max(10);

export const trying = exact({
  ...requestShape,
  basic: z.boolean().optional(),
  opens: outcomes.default([200]),
  refuses: outcomes.default([401]),
});

const queryName = z.string().min(1).max(100);
const size = { size_query: queryName.optional(), size: z.int().min(2).max(10_000).default(100) };

const paging = exact({
  page: exact({ query: queryName, first: z.int().min(0).max(1).default(1), ...size }).optional(),
  offset: exact({ query: queryName, first: z.int().min(0).max(1).default(0), ...size }).optional(),
  cursor: exact({ query: queryName, next: pointer, ...size }).optional(),
  link: exact(size).optional(),
  next_url: exact({ at: pointer, ...size }).optional(),
}).superRefine(oneOf('page', 'offset', 'cursor', 'link', 'next_url'));
export type Paging = z.infer<typeof paging>;

export const list = exact({
  ...requestShape,
  items: pointer.default(''),
  total: pointer.optional(),
  paging: paging.optional(),
});
export type List = z.infer<typeof list>;

const naming = {
  id: pointer.default(''),
  when: condition.optional(),
  unlisted: z.enum(['refuse', 'ignore']).default('refuse'),
};

/** Names of others in a list of an item: where the list is, and where the id is in each. */
export const refs = exact({ at: pointer, absent: z.enum(['refuse', 'none']).default('refuse'), ...naming });
export type Refs = z.infer<typeof refs>;

/** The same from an answer of its own. */
export const listedRefs = exact({ list, ...naming });
export type ListedRefs = z.infer<typeof listedRefs>;
