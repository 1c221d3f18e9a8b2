import { setFlagsFromString } from 'node:v8';
import {
  isAuthorized,
  policySetTextToParts,
  policyToJson,
  schemaToJsonWithResolvedTypes,
  validate,
} from '@cedar-policy/cedar-wasm/nodejs';

/**
 * The only door to Cedar's own code: parsing and validating policies, and the reference the engine is tested against.
 *
 * V8 11 (Node 20) inlines calls into WebAssembly and then aborts the whole process with "unreachable code" in its
 * deoptimizer, after some tens of thousands of calls that return objects: 12,000 random questions did it in 40 s,
 * every time, and never with this flag. Newer V8 is not affected and is left alone.
 */
if (process.versions.v8.startsWith('11.')) setFlagsFromString('--no-turbo-inline-js-wasm-calls');

export { isAuthorized, policySetTextToParts, policyToJson, schemaToJsonWithResolvedTypes, validate };
