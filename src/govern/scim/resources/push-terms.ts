import type { HeldBecause, PushTerms } from '#govern/lifecycle/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { Held, Pusher } from '../model.ts';

/** A directory's own, or Reeve's when it carries out what was accepted. */
export type PushPermit = Permit<'scim.push'> | Permit<'scim.apply'>;

/** How one write is part of something larger. */
export interface PushOptions {
  /** The id a new resource will have, because others of the same batch name it already. */
  readonly id?: string | undefined;
  /** Limits the batch passes as a whole. */
  readonly over?: readonly HeldBecause[] | undefined;
}

export const termsOf = (ctx: Ctx, by: Pusher, options: PushOptions): PushTerms => ({
  baseline: ctx.now < by.client.baselineUntil,
  pushers: by.pushers,
  over: options.over,
});

/** What a client is told of a write that waits. */
export const heldOf = (held: { readonly runId: string; readonly because: readonly HeldBecause[] }): Held => ({
  runId: held.runId,
  because: held.because,
  detail: `held, nothing was changed: ${held.because.map((b) => b.detail).join('; ')}. An administrator of Reeve decides about run ${held.runId}; accepted, it is carried out without asking again`,
});
