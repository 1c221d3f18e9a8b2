import type { Tx } from '#kit/db/index.ts';
import type { Module } from '#spine/operations/contract.ts';
import { askPolicies } from './ask-policies.ts';
import { described, readHouse, type House } from './house-policies.ts';
import { givePermit } from './permit.ts';
import { activePolicySets, type PolicySets } from './policies/active-policies.ts';
import type { Decision, Permit, Principal, Question, ResourceRef } from './port.ts';
import { Refusal } from './refusal.ts';
import { rememberAnswers } from './remember-answers.ts';
import { rememberDecisions, type RememberDecision } from './remember-decision.ts';

export interface PermitOptions {
  /** The asker may not learn whether the resource exists: a refusal reads like a resource that does not (404). */
  readonly hidden?: boolean | undefined;
}

/** The one answer to "may they?". One a process, made by main.ts; everyone else is handed it. */
export interface Decide {
  /** Answers without consequence: for showing what one could do. A write needs `permit`. */
  may(tx: Tx, question: Question): Promise<Decision>;
  /** Answers, and turns a yes into the proof every write takes. Throws Refusal (403, or 404 where hidden or absent). */
  permit<A extends string>(
    tx: Tx,
    question: Question & { readonly action: A },
    options?: PermitOptions,
  ): Promise<{ readonly decision: Decision; readonly permit: Permit<A> }>;
  /**
   * As permit for many askers of one action, in their order: a permit, or the refusal in its place. What policies look at
   * is loaded once for all, and an answer is remembered while it is proved to stand: ask before the transaction changes
   * anything.
   */
  permitMany<A extends string>(
    tx: Tx,
    action: A,
    questions: readonly { readonly principal: Principal; readonly resource: ResourceRef }[],
  ): Promise<readonly (Permit<A> | Refusal)[]>;
  /** One answer a resource, in their order, with one load of entities for all. */
  mayMany(
    tx: Tx,
    principal: Principal,
    action: string,
    resources: readonly ResourceRef[],
    context?: Readonly<Record<string, unknown>>,
  ): Promise<readonly Decision[]>;
  /** Keeps a question and its answer for a few weeks, for drafts of policies to be tried on. Not for read-only transactions. */
  readonly remember: RememberDecision;
  /**
   * Call once at boot: validates the shipped policies and records their text as a version. Throws naming each problem.
   * Returns what is wrong with the customer's policies in force under this version of Reeve: log it loudly.
   */
  start(tx: Tx): Promise<readonly string[]>;
  /** A policy that ships with this version of Reeve, as it is in force; undefined where there is none of that name. */
  shippedPolicy(id: string): { readonly effect: 'permit' | 'forbid'; readonly text: string } | undefined;
  /** What this folder's own operations work on; no concern of anyone else. */
  readonly inside: { readonly house: () => House; readonly sets: PolicySets };
}

/** `modules` is asked for once, on first use, because the module of decide itself is one of them. */
export const createDecide = (modules: () => readonly Module[]): Decide => {
  let known: House | undefined;
  const house = (): House => (known ??= readHouse(modules()));
  const sets = activePolicySets(house);

  const remembered = rememberAnswers(() => house().vocabulary, sets);

  const mayMany: Decide['mayMany'] = async (tx, principal, action, resources, context) =>
    await askPolicies(tx, house().vocabulary, sets.active(tx), {
      principals: [principal],
      action,
      resources,
      context,
    });

  const may: Decide['may'] = async (tx, { principal, action, resource, context }) => {
    const [decision] = await mayMany(tx, principal, action, [resource], context);
    if (decision === undefined) throw new Error('one question has one answer');
    return decision;
  };

  return {
    may,
    mayMany,
    permit: async (tx, question, options = {}) => {
      const decision = await may(tx, question);
      if (!decision.allowed) throw new Refusal(question, decision, options.hidden === true);
      return { decision, permit: givePermit(tx, question, decision) };
    },
    permitMany: async (tx, action, questions) => {
      const decisions = await remembered(tx, { action, pairs: questions });
      return decisions.map((decision, i) => {
        const asked = questions[i];
        if (asked === undefined) throw new Error('one question has one answer');
        const question = { principal: asked.principal, action, resource: asked.resource };
        return decision.allowed ? givePermit(tx, question, decision) : new Refusal(question, decision, false);
      });
    },
    remember: rememberDecisions(() => house().vocabulary),
    start: async (tx) => (await sets.start(tx)).map(described),
    shippedPolicy: (id) => {
      const found = house().policies.find((policy) => policy.id === id);
      return found === undefined ? undefined : { effect: found.ast.effect, text: found.text };
    },
    inside: { house, sets },
  };
};
