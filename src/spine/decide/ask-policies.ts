import type { Tx } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { Datetime } from './engine/values/datetime.ts';
import { envOf } from './engine/env.ts';
import { readFields } from './engine/values/read-value.ts';
import { CedarRecord, EntityUid, type Value } from './engine/values/value.ts';
import { loadEntities } from './load-entities.ts';
import { uniteObligations } from './obligations.ts';
import type { PolicySet } from './policy-set.ts';
import type { Decision, Principal, ResourceRef } from './port.ts';
import { NAMESPACE, uidOf, type Vocabulary } from './vocabulary.ts';

/** One asker and action, any number of resources. */
export interface Questions {
  readonly principals: readonly Principal[];
  readonly action: string;
  readonly resources: readonly ResourceRef[];
  readonly context?: Readonly<Record<string, unknown>> | undefined;
}

/** Who asks about what. */
export interface Pair {
  readonly principal: Principal;
  readonly resource: ResourceRef;
}

const principalUid = (principal: Principal): EntityUid =>
  uidOf(
    principal.kind === 'identity' ? 'Identity' : principal.kind === 'component' ? 'Component' : 'Anonymous',
    principal.id,
  );

/** As askPolicies for every pair of principal and resource, principals outermost. */
export const askPolicies = (
  tx: Tx,
  vocabulary: Vocabulary,
  set: PolicySet | Promise<PolicySet>,
  questions: Questions,
): Promise<Decision[]> =>
  askPairs(tx, vocabulary, set, {
    action: questions.action,
    context: questions.context,
    pairs: questions.principals.flatMap((principal) =>
      questions.resources.map((resource) => ({ principal, resource })),
    ),
  });

/**
 * Answers pairs of principal and resource in their order, with one load of entities for all of them.
 * Denies without asking a policy when nobody declares the action, or the principal or the resource does not exist:
 * a policy open to everything must not be open to nothing. Throws UnreadableValue for a context Cedar cannot hold.
 * A set that is still being read is read together with the entities. `lasts` as of loadEntities.
 */
export const askPairs = async (
  tx: Tx,
  vocabulary: Vocabulary,
  reading: PolicySet | Promise<PolicySet>,
  questions: Pick<Questions, 'action' | 'context'> & {
    readonly pairs: readonly Pair[];
  },
  lasts?: Parameters<typeof loadEntities>[5],
): Promise<Decision[]> => {
  const action = vocabulary.actions.get(questions.action);
  if (action === undefined) {
    const { version } = await reading;
    return questions.pairs.map(() => deniedFor('action', version));
  }
  const context = new CedarRecord(contextOf(questions.context, tx.now));
  const pairs = questions.pairs.map(({ principal, resource }) => ({
    principal: principalUid(principal),
    resource: uidOf(resource.type, resource.id),
  }));
  const [set, entities] = await Promise.all([
    reading,
    loadEntities(
      tx,
      vocabulary,
      [...pairs.flatMap(({ principal, resource }) => [principal, resource]), ...uidsOf(context)],
      action,
      Promise.resolve(reading).then((read) => read.followed(action)),
      lasts,
    ),
  ]);

  return pairs.map(({ principal, resource }): Decision => {
    if (!entities.has(principal.key)) return deniedFor('principal', set.version);
    if (!entities.has(resource.key)) return deniedFor('resource', set.version);
    const answer = set.compiled.answer(envOf({ principal, action: action.uid, resource, context }, entities));
    return {
      id: newId(),
      allowed: answer.allowed,
      policies: answer.policies,
      obligations: answer.allowed
        ? uniteObligations(answer.policies.flatMap((id) => set.obligations.get(id) ?? []))
        : [],
      errors: answer.errors.map(({ policy }) => policy),
      version: set.version,
    };
  });
};

const deniedFor = (missing: Decision['missing'], version: string): Decision => ({
  id: newId(),
  allowed: false,
  policies: [],
  obligations: [],
  errors: [],
  missing,
  version,
});

// Reeve's own types are written as in a ResourceRef, `{ entity: { type, id } }`, in a context too.
const contextOf = (given: Readonly<Record<string, unknown>> | undefined, now: Date): Map<string, Value> => {
  const present = Object.entries(given ?? {}).flatMap(([name, value]) =>
    value === undefined || value === null ? [] : [[name, asCedarJson(value)] as const],
  );
  const fields = readFields(Object.fromEntries(present));
  fields.set('now', new Datetime(BigInt(now.getTime())));
  return fields;
};

/** A value of a context as Cedar's JSON writes it. */
export const asCedarJson = (value: unknown): unknown => {
  if (value instanceof Date) return { __extn: { fn: 'datetime', arg: value.toISOString() } };
  if (Array.isArray(value)) return value.map(asCedarJson);
  if (typeof value !== 'object' || value === null) return value;
  if (
    'entity' in value &&
    typeof value.entity === 'object' &&
    value.entity !== null &&
    'type' in value.entity &&
    'id' in value.entity
  ) {
    return { __entity: { type: `${NAMESPACE}::${String(value.entity.type)}`, id: value.entity.id } };
  }
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, asCedarJson(field)]));
};

const uidsOf = (context: CedarRecord): EntityUid[] =>
  [...context.fields.values()].filter((v) => v instanceof EntityUid);
