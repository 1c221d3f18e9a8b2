import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { addressRanges } from '#kit/outbound/index.ts';
import { parseUrl } from '../urls/index.ts';

/** Where a default may look: nothing but the environment of the process. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly isRoot: boolean;
  exists(path: string): boolean;
}

/** One key of the configuration, declared once: file key, environment name, help and validation all follow from it. */
export interface Setting<T = unknown> {
  readonly description: string;
  /** Accepts the text of an environment variable as well as the value of a file. */
  readonly schema: z.ZodType<T>;
  readonly fallback: (at: Surroundings, read: (key: string) => unknown) => T;
  /** The default as a person reads it. */
  readonly fallbackText: string;
  /** What may stand there, as a person reads it. */
  readonly shape: string;
  /** May hold a password: never printed. */
  readonly secret: boolean;
  /** Names of the environment besides `REEVE_<KEY>`. */
  readonly alsoEnv: readonly string[];
}

interface Details<T> {
  readonly description: string;
  readonly fallback: T | ((at: Surroundings, read: (key: string) => unknown) => T);
  readonly fallbackText?: string;
  readonly secret?: boolean;
  readonly alsoEnv?: readonly string[];
}

function setting<T>(schema: z.ZodType<T>, shape: string, details: Details<T>): Setting<T> {
  const { fallback } = details;
  return {
    description: details.description,
    schema,
    shape,
    fallback: typeof fallback === 'function' ? (fallback as Setting<T>['fallback']) : () => fallback,
    fallbackText:
      details.fallbackText ??
      (fallback === undefined ? 'not set' : Array.isArray(fallback) ? fallback.join(',') : String(fallback)),
    secret: details.secret ?? false,
    alsoEnv: details.alsoEnv ?? [],
  };
}

const trimmed = z.string().trim().min(1, 'must not be empty');

export const text = (
  details: Details<string>,
  shape: string,
  rule?: { readonly matches: RegExp; readonly says: string },
): Setting<string> => setting(rule === undefined ? trimmed : trimmed.regex(rule.matches, rule.says), shape, details);

/** A path; relative ones are taken from the working directory. */
export const path = (details: Details<string>): Setting<string> =>
  setting(
    trimmed.transform((p) => (isAbsolute(p) ? p : resolve(p))),
    'path',
    details,
  );

export const integer = (
  details: Details<number>,
  range: { readonly min: number; readonly max: number },
): Setting<number> =>
  setting(
    z
      .union([
        z.number(),
        z
          .string()
          .trim()
          .regex(/^-?\d+$/, 'must be a whole number')
          .transform(Number),
      ])
      .pipe(z.int().min(range.min).max(range.max)),
    `${range.min} to ${range.max}`,
    details,
  );

export const choice = <const T extends readonly [string, ...string[]]>(
  details: Details<T[number]>,
  values: T,
): Setting<T[number]> => setting(trimmed.pipe(z.enum(values)), values.join(' | '), details);

/** Several of the values: a list in a file, separated by commas in the environment. */
export const choices = <const T extends readonly [string, ...string[]]>(
  details: Details<readonly T[number][]>,
  values: T,
): Setting<readonly T[number][]> =>
  setting(
    z
      .union([z.array(z.string()), z.string().transform((list) => list.split(',').map((one) => one.trim()))])
      .pipe(z.array(z.enum(values)).min(1)),
    `any of ${values.join(', ')}`,
    details,
  );

const urlOf = (schemes: readonly string[]): z.ZodType<string> =>
  trimmed.refine(
    (value) => schemes.includes(parseUrl(value)?.protocol.replace(':', '') ?? ''),
    `must be a URL starting with ${schemes.map((s) => `${s}://`).join(' or ')}`,
  );
const urlShape = (schemes: readonly string[]): string => schemes.map((s) => `${s}://…`).join(' or ');

/** A URL of one of the given schemes. */
export const url = (details: Details<string>, schemes: readonly string[]): Setting<string> =>
  setting(urlOf(schemes), urlShape(schemes), details);

/** A URL that may be left out and may hold a password. */
export const secretUrl = (
  details: Omit<Details<string | undefined>, 'fallback'>,
  schemes: readonly string[],
): Setting<string | undefined> =>
  setting<string | undefined>(urlOf(schemes), urlShape(schemes), { ...details, fallback: undefined, secret: true });

/** Ranges of addresses: a list in a file, separated by commas in the environment. */
export const ranges = (details: Details<readonly string[]>): Setting<readonly string[]> =>
  setting(
    z
      .union([z.array(z.string()), z.string().transform((list) => list.split(',').map((one) => one.trim()))])
      .superRefine((list, ctx) => {
        for (const range of list)
          try {
            addressRanges([range]);
          } catch (error) {
            ctx.addIssue({ code: 'custom', message: (error as Error).message });
          }
      }),
    'ranges such as 10.20.0.0/16',
    details,
  );
