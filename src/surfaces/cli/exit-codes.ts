import { AppError } from '#kit/errors/index.ts';

/** Exit codes of the command line, finer than 0 and 1 so that a script can tell "denied" from "down". */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  signIn: 3,
  denied: 4,
  pending: 5,
  notFound: 6,
  conflict: 7,
  unreachable: 8,
  integrity: 9,
  interrupted: 130,
} as const;

/** The exit code of an error: by its code where the code says more than its status. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof AppError)) return EXIT.failed;
  if (error.code.startsWith('integrity.')) return EXIT.integrity;
  if (error.code.startsWith('usage.')) return EXIT.usage;
  switch (error.status) {
    case 401:
      return EXIT.signIn;
    case 403:
      return EXIT.denied;
    case 404:
      return EXIT.notFound;
    case 409:
    case 412:
      return EXIT.conflict;
    case 400:
    case 413:
    case 415:
    case 422:
      return EXIT.usage;
    case 502:
    case 503:
    case 504:
      return EXIT.unreachable;
    default:
      return EXIT.failed;
  }
}
