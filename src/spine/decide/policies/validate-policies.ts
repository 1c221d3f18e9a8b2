import type { Schema } from '@cedar-policy/cedar-wasm/nodejs';
import * as cedar from '../engine/cedar-wasm.ts';
import { problemOf, type ParsedPolicy, type PolicyProblem } from '../engine/parse-policies.ts';
import { readObligations } from '../obligations.ts';

export interface Validation {
  readonly problems: readonly PolicyProblem[];
  /** What is allowed and yet odd, for instance a policy that can never apply. */
  readonly warnings: readonly PolicyProblem[];
}

/** Cedar's strict validation with its suggestions, and the annotations Reeve gives a meaning to. */
export const validatePolicies = (schema: Schema, policies: readonly ParsedPolicy[]): Validation => {
  const answer = cedar.validate({
    schema,
    policies: { staticPolicies: Object.fromEntries(policies.map(({ id, text }) => [id, text])) },
    validationSettings: { mode: 'strict' },
  });
  if (answer.type === 'failure') return { problems: answer.errors.map((error) => problemOf(error)), warnings: [] };
  return {
    problems: [
      ...answer.validationErrors.map(({ policyId, error }) => problemOf(error, policyId)),
      ...policies.flatMap(annotationProblems),
    ],
    warnings: answer.validationWarnings.map(({ policyId, error }) => problemOf(error, policyId)),
  };
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
