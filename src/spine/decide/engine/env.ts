import type { Entities, EntityData } from './entities.ts';
import { CedarRecord, EntityUid, type Value } from './values/value.ts';

/** One question, as compiled policies see it. */
export interface Env {
  readonly principal: EntityUid;
  readonly action: EntityUid;
  readonly resource: EntityUid;
  readonly context: CedarRecord;
  readonly entities: Entities;
  /** Looked up once a question, because nearly every policy asks them. */
  readonly principalData: EntityData | undefined;
  readonly actionData: EntityData | undefined;
  readonly resourceData: EntityData | undefined;
}

/** A compiled expression: evaluates, or throws a Fault. */
export type Node = (env: Env) => Value;

export const envOf = (
  question: { principal: EntityUid; action: EntityUid; resource: EntityUid; context: CedarRecord },
  entities: Entities,
): Env => ({
  principal: question.principal,
  action: question.action,
  resource: question.resource,
  context: question.context,
  entities,
  principalData: entities.get(question.principal.key),
  actionData: entities.get(question.action.key),
  resourceData: entities.get(question.resource.key),
});

export const dataOf = (uid: EntityUid, env: Env): EntityData | undefined =>
  uid === env.principal ? env.principalData : uid === env.resource ? env.resourceData : env.entities.get(uid.key);

/** Cedar's `in` for one ancestor. */
export const isIn = (uid: EntityUid, data: EntityData | undefined, ancestorKey: string): boolean =>
  uid.key === ancestorKey || (data !== undefined && data.ancestors.has(ancestorKey));

const NOWHERE = new EntityUid('', '');
/** For what asks nothing of the question: constants. */
export const NO_ENV: Env = envOf(
  { principal: NOWHERE, action: NOWHERE, resource: NOWHERE, context: new CedarRecord(new Map()) },
  new Map(),
);
