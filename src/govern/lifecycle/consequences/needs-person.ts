import { AppError } from '#kit/errors/index.ts';

/** Trying again will not help: no connector, no credential, or the target says no. */
export const needsPerson = (error: unknown): boolean =>
  (error instanceof AppError && error.status < 500) ||
  (error instanceof Error && 'retry' in error && error.retry === false);
