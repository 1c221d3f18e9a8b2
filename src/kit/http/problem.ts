import { AppError } from '#kit/errors/index.ts';

/** A problem document (RFC 9457). `type` is a URN of the code, which is what to search for. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly fix?: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string; readonly fix?: string }[];
  readonly trace_id: string;
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Malformed request',
  401: 'Sign-in needed',
  403: 'Not allowed',
  404: 'Not found',
  409: 'Conflict',
  412: 'Precondition failed',
  413: 'Too large',
  415: 'Unsupported media type',
  422: 'Invalid input',
  429: 'Too many requests',
  503: 'Unavailable',
};

/** Turns anything thrown into a problem document. What is not an AppError says nothing of its cause. */
export function toProblem(error: unknown, trace: string): Problem {
  if (error instanceof AppError) {
    return {
      type: `urn:reeve:problem:${error.code}`,
      title: TITLES[error.status] ?? 'Error',
      status: error.status,
      detail: error.message,
      code: error.code,
      ...(error.fix === undefined ? {} : { fix: error.fix }),
      ...(error.errors.length === 0 ? {} : { errors: error.errors }),
      ...error.extra,
      trace_id: trace,
    };
  }
  return {
    type: 'urn:reeve:problem:internal',
    title: 'Internal error',
    status: 500,
    detail: 'Reeve met a fault of its own; nothing was changed',
    code: 'internal',
    fix: `look for trace ${trace} in the log`,
    trace_id: trace,
  };
}
