import type { Problem } from './shapes/common.ts';

/** What every refused or failed call is thrown as. `message` is the sentence to show. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;
  readonly status: number;
  readonly code: string;

  constructor(problem: Problem, status: number) {
    super(sentence(problem, status));
    this.problem = problem;
    this.status = status;
    this.code = problem.code ?? `http.${String(status)}`;
  }
}

/** Codes the console says better than the server can, because it knows where the person is. */
const ours: Readonly<Record<string, string>> = {
  'http.0': 'Reeve does not answer. Check that it runs and that this machine reaches it, then try again.',
  'http.401': 'Your sign-in has ended. Sign in again to go on.',
  'http.404': 'It does not exist, or you may not know that it does.',
  'http.429': 'Too many tries in a short time. Wait a minute, then try again.',
};

/** A capital and a full stop. A first word that is a name (`web1/root`, `orders-prod`) stays as it is written. */
const closed = (text: string): string => {
  const trimmed = text.trim();
  const upper = /^[a-z]+[ ,]/.test(trimmed) ? trimmed.charAt(0).toUpperCase() + trimmed.slice(1) : trimmed;
  return /[.!?]$/.test(upper) ? upper : `${upper}.`;
};

/**
 * One sentence for a person who must act, with what to do next. Takes the problem's own words first: they name the thing.
 * Field problems are said one after the other; a form shows them at their fields instead (`fieldErrors`).
 */
export const sentence = (problem: Problem, status = problem.status ?? 0): string => {
  const fallback = ours[problem.code ?? ''] ?? ours[`http.${String(status)}`];
  const detail = problem.detail ?? fallback ?? problem.title ?? `Reeve answered ${String(status)} without saying why`;
  const said = [closed(detail)];
  if (problem.fix !== undefined && problem.fix !== '') said.push(closed(problem.fix));
  else for (const error of problem.errors ?? []) if (error.fix !== undefined) said.push(closed(error.fix));
  return said.join(' ');
};

/** Field name → what is wrong there. The pointer's last part is the field. */
export const fieldErrors = (error: unknown): Readonly<Record<string, string>> => {
  if (!(error instanceof ProblemError)) return {};
  const out: Record<string, string> = {};
  for (const { pointer, detail, fix } of error.problem.errors ?? []) {
    const name = pointer.split('/').at(-1) ?? '';
    out[name] = fix === undefined ? closed(detail) : `${closed(detail)} ${closed(fix)}`;
  }
  return out;
};

/** The sentence for anything thrown, also for what no server said. */
export const said = (error: unknown): string => {
  if (error instanceof ProblemError) return error.message;
  if (error instanceof DOMException && error.name === 'NotAllowedError')
    return 'The passkey was not used: it was cancelled or took too long. Try again.';
  if (error instanceof Error && error.message !== '') return closed(error.message);
  return 'This page met an error it cannot name. Reload it; if it comes back, tell your administrator what you did.';
};
