import { AppError } from '#kit/errors/index.ts';
import type { StepUpFor } from './contract.ts';

/** What clients act on: they ask for the proof, then send the same call again. */
export const stepUpRequired = ({ action, resourceId }: StepUpFor): AppError =>
  new AppError({
    code: 'step_up.required',
    status: 401,
    detail: 'this needs a fresh proof that it is you',
    fix: 'prove it with a passkey or a one-time code, then send the same call again',
    extra: { step_up: { action, resource_id: resourceId } },
  });
