import type * as Cedar from '@cedar-policy/cedar-wasm/nodejs';
import { nestsDeeper } from '#kit/http/index.ts';
import * as cedar from './cedar-wasm.ts';
import type { PolicyAst } from './ast.ts';
import { setAsideLiterals } from './literals.ts';
import { UnsupportedPolicy } from './read-expression.ts';
import { readPolicy } from './read-policy.ts';

/** One thing wrong with policy text, told to its author. Offsets are into the whole text, in UTF-8 bytes, as Cedar counts. */
export interface PolicyProblem {
  readonly policy?: string | undefined;
  readonly message: string;
  readonly help?: string | undefined;
  readonly at?: { readonly start: number; readonly end: number } | undefined;
}

/** One policy of a set: its name, its own text for people to read, and its meaning. */
export interface ParsedPolicy {
  readonly id: string;
  readonly text: string;
  /** Where it begins in the whole text, in UTF-8 bytes. */
  readonly start: number;
  readonly ast: PolicyAst;
}

export type Parsed =
  | { readonly ok: true; readonly policies: readonly ParsedPolicy[] }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

export const problemOf = (error: Cedar.DetailedError, policy?: string, offset = 0): PolicyProblem => {
  const [at] = error.sourceLocations ?? [];
  const label = at?.label;
  // The policy has a field of its own.
  const message = policy === undefined ? error.message : error.message.replace(`for policy \`${policy}\`, `, '');
  return {
    policy,
    message: label === undefined || label === null ? message : `${message}: ${label}`,
    help: error.help ?? undefined,
    at: at === undefined ? undefined : { start: offset + at.start, end: offset + at.end },
  };
};

/**
 * Parses Cedar text with Cedar's own parser. Every policy must carry `@id("…")`, unique in the text, because that
 * is the name decisions give as their reason. Templates are refused: Reeve keeps no links to fill them.
 */
export const parsePolicies = (text: string): Parsed => {
  if (nestsDeeper(text, DEEPEST)) return tooComplex;
  try {
    return parse(text);
  } catch (error) {
    // A RangeError: this reader's own stack, which only what is nested beyond all use fills.
    if (error instanceof cedar.CedarGaveUp || error instanceof RangeError) return tooComplex;
    throw error;
  }
};

/** Brackets within each other; people write five. */
const DEEPEST = 100;

/** What is wrong with a text that takes more stack to read than there is. */
export const TOO_COMPLEX: PolicyProblem = {
  message: 'this is nested too deep, or strung together from too much, to be read',
  help: 'write it as several policies',
};
const tooComplex: Parsed = { ok: false, problems: [TOO_COMPLEX] };

const parse = (text: string): Parsed => {
  // Cedar judges the text as written; only what it accepts is rewritten and taken apart.
  const written = cedar.policySetTextToParts(text);
  if (written.type === 'failure') return { ok: false, problems: written.errors.map((error) => problemOf(error)) };
  if (written.policy_templates.length > 0) {
    const help = 'write the policy out for each principal or resource';
    return { ok: false, problems: [{ message: 'templates are not supported', help }] };
  }
  const aside = setAsideLiterals(text);
  // Hardly any text has a literal to set aside, and reading one is most of a start's work.
  const parts = aside.text === text ? written : cedar.policySetTextToParts(aside.text);
  if (parts.type === 'failure') return { ok: false, problems: parts.errors.map((error) => problemOf(error)) };
  const problems: PolicyProblem[] = [];
  const policies: ParsedPolicy[] = [];
  const seen = new Set<string>();
  parts.policies.forEach((part, position) => {
    const json = cedar.policyToJson(part);
    const own = written.policies[position] ?? part;
    if (json.type === 'failure') return problems.push(...json.errors.map((error) => problemOf(error)));
    const id = json.json.annotations?.id;
    if (id === undefined || id === '')
      return problems.push({ message: 'a policy has no name', help: 'put `@id("…")` before it' });
    if (seen.has(id)) return problems.push({ policy: id, message: `two policies are called \`${id}\`` });
    seen.add(id);
    try {
      const start = Buffer.byteLength(text.slice(0, Math.max(0, text.indexOf(own))));
      return policies.push({ id, text: own, start, ast: readPolicy(id, json.json, aside.integer) });
    } catch (error) {
      if (!(error instanceof UnsupportedPolicy)) throw error;
      return problems.push({ policy: id, message: error.message });
    }
  });
  return problems.length > 0 ? { ok: false, problems } : { ok: true, policies };
};
