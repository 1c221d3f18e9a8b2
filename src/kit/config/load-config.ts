import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { inspect } from 'node:util';
import { closest } from 'fastest-levenshtein';
import { parse } from 'yaml';
import { AppError, type FieldProblem } from '#kit/errors/index.ts';
import type { Setting, Surroundings } from './define-setting.ts';
import { OTHER_ENV, SETTINGS } from './settings.ts';

type Settings = typeof SETTINGS;
type Camel<S extends string> = S extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : S;
type ValueOf<S> = S extends Setting<infer T> ? T : never;

/** The whole configuration, typed. main.ts hands each module the few values it needs. Prints without its secrets. */
export type Config = { readonly [K in keyof Settings & string as Camel<K>]: ValueOf<Settings[K]> };

/** Where a value came from, for `reeve doctor` and error messages. */
export type Source = 'environment' | 'file' | 'default';

export interface LoadedConfig {
  readonly config: Config;
  /** Every key with its value as it may be shown, and where it came from. */
  readonly shown: readonly { readonly key: string; readonly value: string; readonly source: Source }[];
  readonly file: string | undefined;
}

const HIDDEN = '[set, not shown]';
const entries = Object.entries(SETTINGS) as [keyof Settings & string, Setting][];
export const envNameOf = (key: string): string => `REEVE_${key.toUpperCase()}`;
const camel = (key: string): string => key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/**
 * Reads environment and file, environment first. Throws one AppError that lists every problem: unknown keys with the
 * nearest known one, wrong values without repeating secret ones.
 */
export function loadConfig(
  input: { readonly env?: Readonly<Record<string, string | undefined>>; readonly cwd?: string } = {},
): LoadedConfig {
  const env = input.env ?? process.env;
  const cwd = input.cwd ?? process.cwd();
  const at: Surroundings = { env, cwd, isRoot: process.getuid?.() === 0, exists: existsSync };
  const file = configFile(env, cwd);
  const fromFile = file === undefined ? {} : readConfigFile(file);
  const problems: FieldProblem[] = [...unknownEnv(env), ...unknownKeys(fromFile, file)];

  const values = new Map<string, unknown>();
  const sources = new Map<string, Source>();
  for (const [key, setting] of entries) {
    const given = givenValue(key, setting, env, fromFile);
    sources.set(key, given?.source ?? 'default');
    if (given === undefined) {
      values.set(
        key,
        setting.fallback(at, (other) => values.get(other)),
      );
      continue;
    }
    const parsed = setting.schema.safeParse(given.value);
    if (parsed.success) values.set(key, parsed.data);
    else problems.push(wrongValue(given, setting, parsed.error.issues[0]?.message ?? 'is not valid'));
  }
  if (problems.length > 0) throw refuse(problems, file);
  return {
    config: freeze(values),
    file,
    shown: entries.map(([key, setting]) => ({
      key,
      source: sources.get(key) ?? 'default',
      value: show(setting, values.get(key)),
    })),
  };
}

interface Given {
  readonly value: unknown;
  readonly source: Source;
  readonly name: string;
}

function givenValue(
  key: string,
  setting: Setting,
  env: Readonly<Record<string, string | undefined>>,
  fromFile: Readonly<Record<string, unknown>>,
): Given | undefined {
  for (const name of [envNameOf(key), ...setting.alsoEnv]) {
    const value = env[name];
    if (value !== undefined && value !== '') return { value, source: 'environment', name };
  }
  return fromFile[key] === undefined ? undefined : { value: fromFile[key], source: 'file', name: key };
}

function configFile(env: Readonly<Record<string, string | undefined>>, cwd: string): string | undefined {
  const named = env['REEVE_CONFIG'];
  if (named !== undefined && named !== '') return resolve(cwd, named);
  return ['reeve.yaml', 'reeve.json'].map((name) => join(cwd, name)).find((file) => existsSync(file));
}

function readConfigFile(file: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    // YAML 1.2 contains JSON.
    parsed = parse(readFileSync(file, 'utf8')) ?? {};
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    const line = error instanceof Error ? /at line (\d+)/.exec(error.message)?.[1] : undefined;
    throw refuse(
      [{ pointer: '', detail: `${file} cannot be read (${code}${line === undefined ? '' : `, line ${line}`})` }],
      file,
    );
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw refuse([{ pointer: '', detail: `${file} must hold keys and values` }], file);
  const result = parsed as Record<string, unknown>;
  const holdsSecret = entries.some(([key, setting]) => setting.secret && result[key] !== undefined);
  if (holdsSecret && (statSync(file).mode & 0o044) !== 0)
    throw refuse(
      [{ pointer: '', detail: `${file} holds a secret and can be read by others`, fix: `chmod 600 ${file}` }],
      file,
    );
  return result;
}

const nearest = (name: string, known: readonly string[]): string => `did you mean ${closest(name, known)}?`;

function unknownEnv(env: Readonly<Record<string, string | undefined>>): FieldProblem[] {
  const known = [...entries.map(([key]) => envNameOf(key)), ...Object.keys(OTHER_ENV)];
  return Object.keys(env)
    .filter((name) => name.startsWith('REEVE_') && !known.includes(name))
    .map((name) => ({ pointer: `/${name}`, detail: `there is no setting ${name}`, fix: nearest(name, known) }));
}

function unknownKeys(fromFile: Readonly<Record<string, unknown>>, file: string | undefined): FieldProblem[] {
  const known = entries.map(([key]) => key);
  return Object.keys(fromFile)
    .filter((name) => !known.some((key) => key === name))
    .map((name) => ({
      pointer: `/${name}`,
      detail: `${file ?? 'the file'} has an unknown key ${name}`,
      fix: nearest(name, known),
    }));
}

function wrongValue(given: Given, setting: Setting, why: string): FieldProblem {
  const shown = setting.secret ? '' : ` ${JSON.stringify(given.value)}`;
  return {
    pointer: `/${given.name}`,
    detail: `${given.name}${shown} is not usable: ${setting.secret ? 'it has the wrong form' : why}`,
    fix: `give it as: ${setting.shape}`,
  };
}

const refuse = (problems: readonly FieldProblem[], file: string | undefined): AppError =>
  new AppError({
    code: 'config.invalid',
    status: 500,
    detail: problems.map((p) => (p.fix === undefined ? p.detail : `${p.detail} (${p.fix})`)).join('; '),
    fix: `mend the environment${file === undefined ? '' : ` or ${file}`}; every key is in docs/reference/configuration.md`,
    errors: problems,
  });

const show = (setting: Setting, value: unknown): string =>
  value === undefined ? 'not set' : setting.secret ? HIDDEN : Array.isArray(value) ? value.join(',') : String(value);

/** Frozen, and safe to print: JSON and console.log show no secret. */
function freeze(values: ReadonlyMap<string, unknown>): Config {
  const config: Record<string, unknown> = {};
  const printable: Record<string, string> = {};
  for (const [key, setting] of entries) {
    config[camel(key)] = values.get(key);
    printable[camel(key)] = show(setting, values.get(key));
  }
  for (const name of ['toJSON', inspect.custom])
    Object.defineProperty(config, name, { value: () => printable, enumerable: false });
  return Object.freeze(config) as Config;
}
