/**
 * Errors are letters to the person who must act: what happened, to which thing, why, what to do next,
 * and a code to search for. Never a secret, never a stack.
 */

/** One wrong field of an input. `pointer` is a JSON pointer (RFC 6901) into the input. */
export interface FieldProblem {
  readonly pointer: string;
  readonly detail: string;
  readonly fix?: string;
}

/** What every refusal, mistake or failure of Reeve is thrown as. Surfaces turn it into problem+json or one CLI line. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: string;
  readonly status: number;
  readonly fix: string | undefined;
  readonly errors: readonly FieldProblem[];
  /** Public extension members of the problem document, for instance `request_url`. */
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(input: {
    code: string;
    status: number;
    detail: string;
    fix?: string | undefined;
    errors?: readonly FieldProblem[];
    extra?: Record<string, unknown>;
    cause?: unknown;
  }) {
    super(input.detail, input.cause === undefined ? undefined : { cause: input.cause });
    this.code = input.code;
    this.status = input.status;
    this.fix = input.fix;
    this.errors = input.errors ?? [];
    this.extra = input.extra ?? {};
  }
}

/** 404: the thing does not exist, or the asker may not know that it does. */
export const notFound = (what: string, id: string): AppError =>
  new AppError({ code: `${what}.not_found`, status: 404, detail: `there is no ${what} ${id}` });

/** 409: the thing is not in a state that allows this. */
export const conflict = (code: string, detail: string, fix?: string): AppError =>
  new AppError({ code, status: 409, detail, fix });

/** 422: a field is wrong; names it and the mend. */
export const invalid = (pointer: string, detail: string, fix?: string): AppError =>
  new AppError({
    code: 'input.invalid',
    status: 422,
    detail,
    fix,
    errors: [fix === undefined ? { pointer, detail } : { pointer, detail, fix }],
  });

/** 403: policy said no. `code` names the reason, never the policy's text. */
export const denied = (code: string, detail: string, fix?: string): AppError =>
  new AppError({ code, status: 403, detail, fix });

/** 503: something Reeve leans on does not answer; the same call may work later. */
export const unavailable = (code: string, detail: string, fix?: string): AppError =>
  new AppError({ code, status: 503, detail, fix });
