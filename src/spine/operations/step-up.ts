import { AppError } from '#kit/errors/index.ts';
import type { Ctx } from './contract.ts';

/** One act on one thing, for which somebody proves afresh that it is really them. */
export interface StepUpFor {
  /** The operation's action, for instance `request.approve`. */
  readonly action: string;
  /** Id of what it is about. */
  readonly resourceId: string;
}

/** A fresh proof: how, and when. */
export interface StepUp {
  readonly method: 'passkey' | 'totp';
  readonly at: Date;
}

/**
 * Uses up the fresh proof that the asker made for exactly this, by the sign-in they come with; it works for nothing else
 * and not again. Throws 401 `step_up.required`, saying what to prove, where there is none.
 */
export type TakeStepUp = (ctx: Ctx, wanted: StepUpFor) => Promise<StepUp>;

/** What clients act on: they ask for the proof, then send the same call again. */
export const stepUpRequired = ({ action, resourceId }: StepUpFor): AppError =>
  new AppError({
    code: 'step_up.required',
    status: 401,
    detail: 'this needs a fresh proof that it is you',
    fix: 'prove it with a passkey or a one-time code, then send the same call again',
    extra: { step_up: { action, resource_id: resourceId } },
  });
