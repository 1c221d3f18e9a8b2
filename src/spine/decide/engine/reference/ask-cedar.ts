import type * as Cedar from '@cedar-policy/cedar-wasm/nodejs';
import * as cedar from '../cedar-wasm.ts';
import type { PolicyAst } from '../ast.ts';
import { CompiledPolicies } from '../compiled-policies.ts';
import { buildEntities, type EntityInput } from '../entities.ts';
import { envOf } from '../env.ts';
import { setAsideLiterals } from '../literals.ts';
import { readPolicy } from '../read-policy.ts';
import { readFields, readUid, readValue } from '../values/read-value.ts';
import { CedarRecord } from '../values/value.ts';

/**
 * The slow reference: Cedar itself. Tests and the benchmark put one question to Cedar and to Reeve's engine and
 * compare what both say. Nothing in the product imports this file.
 */

export interface Verdict {
  readonly decision: 'allow' | 'deny';
  /** Sorted, because Cedar names them in no order. */
  readonly reason: readonly string[];
  readonly errors: readonly string[];
}

export interface Request {
  readonly principal: Cedar.EntityUidJson;
  readonly action: Cedar.EntityUidJson;
  readonly resource: Cedar.EntityUidJson;
  readonly context: Record<string, Cedar.CedarValueJson>;
}

/** Policies by id, as Cedar's JSON; or one text, whose policies Cedar names policy0, policy1, … */
export type Policies = Record<string, Cedar.PolicyJson> | string;

/** Asks Cedar. Throws what Cedar says when it cannot read the question. */
export const askCedar = (
  policies: Policies,
  entities: Cedar.Entities,
  request: Request,
  schema?: Cedar.Schema,
): Verdict => {
  const answer = cedar.isAuthorized({
    ...request,
    policies: { staticPolicies: policies },
    entities,
    ...(schema === undefined ? {} : { schema, validateRequest: true }),
  });
  if (answer.type === 'failure') throw new Error(answer.errors.map((error) => error.message).join('; '));
  const { decision, diagnostics } = answer.response;
  return {
    decision,
    reason: [...diagnostics.reason].sort(),
    errors: diagnostics.errors.map(({ policyId }) => policyId).sort(),
  };
};

/** Reads policies the way the product does, but under Cedar's own names. */
export const readPolicies = (policies: Policies): PolicyAst[] => {
  if (typeof policies !== 'string') return Object.entries(policies).map(([id, json]) => readPolicy(id, json));
  const aside = setAsideLiterals(policies);
  const parts = cedar.policySetTextToParts(aside.text);
  if (parts.type === 'failure') throw new Error(parts.errors.map((error) => error.message).join('; '));
  // Cedar returns the parts sorted by name, and policy10 sorts before policy2.
  const ids = parts.policies.map((_, position) => `policy${position}`).sort();
  return parts.policies.map((text, position) => {
    const json = cedar.policyToJson(text);
    if (json.type === 'failure') throw new Error(json.errors.map((error) => error.message).join('; '));
    return readPolicy(ids[position] ?? '', json.json, aside.integer);
  });
};

/** Entities as Cedar's JSON writes them, with every escape explicit. */
export const readEntities = (entities: Cedar.Entities): EntityInput[] =>
  entities.map(({ uid, attrs, tags, parents }) => ({
    uid: readUid(uid),
    attributes: readFields(attrs),
    tags: new Map(Object.entries(tags ?? {}).map(([name, value]) => [name, readValue(value)])),
    parents: parents.map(readUid),
  }));

/** A question as the engine takes it. */
export const readRequest = (entities: readonly EntityInput[], request: Request): ReturnType<typeof envOf> =>
  envOf(
    {
      principal: readUid(request.principal),
      action: readUid(request.action),
      resource: readUid(request.resource),
      context: new CedarRecord(readFields(request.context)),
    },
    buildEntities(entities),
  );

/** Asks Reeve's engine the same. */
export const askReeve = (
  policies: readonly PolicyAst[] | CompiledPolicies,
  entities: Cedar.Entities,
  request: Request,
): Verdict => {
  const compiled = policies instanceof CompiledPolicies ? policies : new CompiledPolicies(policies);
  const answer = compiled.answer(readRequest(readEntities(entities), request));
  return {
    decision: answer.allowed ? 'allow' : 'deny',
    reason: [...answer.policies].sort(),
    errors: answer.errors.map(({ policy }) => policy).sort(),
  };
};
