import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import type * as Cedar from '@cedar-policy/cedar-wasm/nodejs';
import { askOnce } from './kept-answers.ts';

/**
 * The only door to Cedar's own code: parsing and validating policies, and the reference the engine is tested against.
 * Behind it are four megabytes to compile: it is loaded when it is first asked what is not known already.
 *
 * V8 11 (Node 20) inlines calls into WebAssembly and then aborts the whole process with "unreachable code" in its
 * deoptimizer, after some tens of thousands of calls that return objects: 12,000 random questions did it in 40 s,
 * every time, and never with this flag. Newer V8 is not affected and is left alone.
 */
if (process.versions.v8.startsWith('11.')) setFlagsFromString('--no-turbo-inline-js-wasm-calls');

const require = createRequire(import.meta.url);
const load = (): typeof Cedar => require('@cedar-policy/cedar-wasm/nodejs') as typeof Cedar;
let cedar: typeof Cedar | undefined;

/** A text took Cedar more stack than there is, for instance by a thousand brackets within each other. */
export class CedarGaveUp extends Error {
  override readonly name = 'CedarGaveUp';
}

/** WebAssembly.RuntimeError, which the types of Node 20 do not name as a value. */
const isTrap = (error: unknown): boolean =>
  error instanceof RangeError || (error instanceof Error && error.name === 'RuntimeError');

/**
 * Calls Cedar. An instance that ran out of stack is of no use any more: every later call ends with "memory access out of
 * bounds". So it is thrown away, and the next call finds a new one.
 */
const calling =
  <A extends readonly unknown[], R>(pick: (from: typeof Cedar) => (...args: A) => R) =>
  (...args: A): R => {
    try {
      return pick((cedar ??= load()))(...args);
    } catch (error) {
      if (!isTrap(error)) throw error;
      delete require.cache[require.resolve('@cedar-policy/cedar-wasm/nodejs')];
      cedar = undefined;
      throw new CedarGaveUp('Cedar ran out of stack', { cause: error });
    }
  };

/** As `calling`, for what a start asks. */
const keeping =
  <A extends readonly unknown[], R>(name: string, pick: (from: typeof Cedar) => (...args: A) => R) =>
  (...args: A): R =>
    askOnce(name, args, () => calling(pick)(...args));

export const isAuthorized = calling((from) => from.isAuthorized);
export const policySetTextToParts = keeping('policySetTextToParts', (from) => from.policySetTextToParts);
export const policyToJson = keeping('policyToJson', (from) => from.policyToJson);
export const schemaToJsonWithResolvedTypes = calling((from) => from.schemaToJsonWithResolvedTypes);
export const validate = keeping('validate', (from) => from.validate);
