import { closest } from 'fastest-levenshtein';
import type { SchemaJson, ValidationAnswer } from '@cedar-policy/cedar-wasm/nodejs';
import { sha256 } from '#kit/crypto/index.ts';
import * as cedar from '../engine/cedar-wasm.ts';
import { problemOf, TOO_COMPLEX, type ParsedPolicy, type PolicyProblem } from '../engine/parse-policies.ts';
import { readObligations } from '../obligations.ts';
import { actionsNamed, NAMESPACE } from '../vocabulary.ts';

export interface Validation {
  readonly problems: readonly PolicyProblem[];
  /** What is allowed and yet odd, for instance a policy that can never apply. */
  readonly warnings: readonly PolicyProblem[];
}

/** Answers kept: the same policies are looked at for every database a process opens, and each look takes a second. */
const KEPT = 32;
const known = new Map<string, Validation>();

/** Cedar's strict validation with its suggestions, and the annotations Reeve gives a meaning to. */
export const validatePolicies = (schema: SchemaJson<string>, policies: readonly ParsedPolicy[]): Validation => {
  const asked = JSON.stringify([schema, policies.map(({ id, text, start }) => [id, text, start])]);
  const key = sha256(asked).toString('base64');
  const before = known.get(key);
  known.delete(key);
  const found = before ?? validate(schema, policies);
  known.set(key, found);
  for (const [oldest] of known) {
    if (known.size <= KEPT) break;
    known.delete(oldest);
  }
  return found;
};

/**
 * Cedar looks at every policy for every kind of asker, action and resource, of which there are thousands, though nearly
 * all policies say which actions they are for and are nothing in all others. So it is asked about a few of them at a
 * time, over a schema of the actions they name. Where it finds no fault so, it finds none over the whole schema: what
 * that has more of is beyond their scope. The rest is put to the whole, and told in its words.
 */
const validate = (schema: SchemaJson<string>, policies: readonly ParsedPolicy[]): Validation => {
  const narrow = policies.filter(({ ast }) => ast.action.kind !== 'any');
  const sound = new Set<ParsedPolicy>();
  for (let at = 0; at < narrow.length; at += TOGETHER) {
    const few = narrow.slice(at, at + TOGETHER);
    const found = validateOver(narrowed(schema, few), few);
    if (found.problems.length === 0 && found.warnings.length === 0) for (const policy of few) sound.add(policy);
  }
  const rest = policies.filter((policy) => !sound.has(policy));
  return rest.length === 0 ? { problems: [], warnings: [] } : validateOver(schema, rest);
};

/** Few enough that what the others name costs each little, and many enough that reading the schema does not. */
const TOGETHER = 12;

/** The schema without actions that are neither named nor members of a group that is. */
const narrowed = (schema: SchemaJson<string>, policies: readonly ParsedPolicy[]): SchemaJson<string> => {
  const named = new Set(policies.flatMap(({ ast }) => actionsNamed(ast.action)));
  const { [NAMESPACE]: own, ...rest } = schema;
  if (own === undefined) return schema;
  const actions = Object.entries(own.actions).filter(
    ([name, { appliesTo, memberOf = [] }]) =>
      appliesTo === undefined || named.has(name) || memberOf.some(({ id }) => named.has(id)),
  );
  return { ...rest, [NAMESPACE]: { ...own, actions: Object.fromEntries(actions) } };
};

/** As Cedar validates them over a schema as it is. */
export const validateOver = (schema: SchemaJson<string>, policies: readonly ParsedPolicy[]): Validation => {
  let answer: ValidationAnswer;
  try {
    answer = cedar.validate({
      schema,
      policies: { staticPolicies: Object.fromEntries(policies.map(({ id, text }) => [id, text])) },
      validationSettings: { mode: 'strict' },
    });
  } catch (error) {
    if (error instanceof cedar.CedarGaveUp) return { problems: [TOO_COMPLEX], warnings: [] };
    throw error;
  }
  const starts = new Map(policies.map(({ id, start }) => [id, start]));
  if (answer.type === 'failure') return { problems: answer.errors.map((error) => problemOf(error)), warnings: [] };
  return {
    problems: [
      ...answer.validationErrors.map(({ policyId, error }) =>
        withNearestAction(schema, problemOf(error, policyId, starts.get(policyId))),
      ),
      ...policies.flatMap(annotationProblems),
    ],
    warnings: answer.validationWarnings.map(({ policyId, error }) => problemOf(error, policyId, starts.get(policyId))),
  };
};

// Cedar's own suggestion for an action prefers short names over near ones.
const withNearestAction = (schema: SchemaJson<string>, problem: PolicyProblem): PolicyProblem => {
  const [, namespace, action] = /^unrecognized action `(.+)::Action::"(.*)"`/.exec(problem.message) ?? [];
  const actions = Object.keys(schema[namespace ?? '']?.actions ?? {});
  if (action === undefined || actions.length === 0) return problem;
  return { ...problem, help: `did you mean \`${namespace}::Action::"${closest(action, actions)}"\`?` };
};

const MEANINGFUL = new Set(['id', 'obligation', 'description']);

const annotationProblems = ({ id, ast }: ParsedPolicy): PolicyProblem[] => {
  const problems: PolicyProblem[] = [];
  for (const name of ast.annotations.keys()) {
    if (!MEANINGFUL.has(name)) {
      problems.push({
        policy: id,
        message: `\`@${name}\` means nothing here`,
        help: `one of ${[...MEANINGFUL].map((n) => `@${n}`).join(', ')}`,
      });
    }
  }
  const written = ast.annotations.get('obligation');
  if (written === undefined) return problems;
  if (ast.effect === 'forbid')
    problems.push({ policy: id, message: 'a forbid has no obligation', help: 'put it on the permit' });
  const read = readObligations(written);
  if (!read.ok) problems.push({ policy: id, message: read.message, help: read.help });
  return problems;
};
