import type { Decision, Permit, Principal, ResourceRef } from './port.ts';

/**
 * The class behind Permit. It stays in this folder: index.ts does not export it, so nothing outside can make a
 * permit or pass off an object that looks like one, and `assertPermit` knows a real one by its private mark.
 */
class GivenPermit {
  readonly action: string;
  readonly principal: Principal;
  readonly resource: ResourceRef;
  readonly decision: Decision;
  readonly #transaction: object;

  constructor(
    tx: object,
    question: { action: string; principal: Principal; resource: ResourceRef },
    decision: Decision,
  ) {
    this.action = question.action;
    this.principal = question.principal;
    this.resource = question.resource;
    this.decision = decision;
    this.#transaction = tx;
    Object.freeze(this);
  }

  static belongsTo(permit: object, tx: object | undefined): boolean {
    return #transaction in permit && (tx === undefined || permit.#transaction === tx);
  }
}

/** Only for `decide` itself, after a positive decision. */
export const givePermit = <A extends string>(
  tx: object,
  question: { readonly action: A; readonly principal: Principal; readonly resource: ResourceRef },
  decision: Decision,
): Permit<A> => {
  if (!decision.allowed) throw new Error('a permit needs a positive decision');
  // The mark in Permit's type is a promise that only this line can keep.
  return new GivenPermit(tx, question, decision) as unknown as Permit<A>;
};

/**
 * Holds a permit to what it was given for. Use it where a permit travelled far or its action arrived as data.
 * Throws: a wrong permit is a bug, never a person's mistake.
 */
export function assertPermit<A extends string>(
  permit: Permit,
  action: A,
  on: { readonly resource?: ResourceRef | undefined; readonly tx?: object | undefined } = {},
): asserts permit is Permit<A> {
  if (!GivenPermit.belongsTo(permit, undefined)) throw new Error(`what was handed over for ${action} is no permit`);
  if (!GivenPermit.belongsTo(permit, on.tx)) throw new Error(`a permit for ${action} was used outside its transaction`);
  if (permit.action !== action) throw new Error(`a permit for ${permit.action} was used for ${action}`);
  const { resource } = on;
  if (resource !== undefined && (permit.resource.type !== resource.type || permit.resource.id !== resource.id)) {
    throw new Error(`a permit for ${action} on one ${permit.resource.type} was used on another resource`);
  }
}
