/**
 * A policy that cannot be evaluated: a missing attribute, a wrong type, an overflow. It makes that policy count
 * for nothing and is listed in the decision. Made once at compile time and thrown many times, because taking a
 * stack for each would cost more than the evaluation; so the text names the place in the policy, not the values.
 */
export class Fault extends Error {
  override readonly name = 'Fault';
}

/** What evaluation throws for good reason is a Fault; anything else is a bug and must not be mistaken for one. */
export const isFault = (thrown: unknown): thrown is Fault => thrown instanceof Fault;
