/**
 * Why a directory could not be reached or said no.
 * - `unreachable`: no connection, it broke off, it fell silent, or the server says it is busy.
 * - `untrusted`: not the server that was pinned, or somebody spoke in its place. No credential was sent.
 * - `refused`: the server says no, and would say so again.
 * - `failed`: the answer is incomplete or makes no sense.
 */
type LdapErrorCode = 'unreachable' | 'untrusted' | 'refused' | 'failed';

/** Carries no credential and no cause: what the driver or Node threw stays here. The message has no line breaks. */
export class LdapError extends Error {
  override readonly name = 'LdapError';
  readonly code: LdapErrorCode;
  /** The server's result code (RFC 4511 §4.1.9) where it gave one. */
  readonly resultCode: number | undefined;
  /** What the server said beside the code; it is the server's text, so do not decide by it unless it is part of its contract. */
  readonly diagnostic: string;
  constructor(code: LdapErrorCode, message: string, result?: { readonly code: number; readonly diagnostic: string }) {
    super(message);
    this.code = code;
    this.resultCode = result?.code;
    this.diagnostic = result?.diagnostic ?? '';
  }
}

/** The result codes that code decides by (RFC 4511 Appendix A; 118 is RFC 3909, 4096 is RFC 4533). */
export const resultCode = {
  success: 0,
  operationsError: 1,
  timeLimitExceeded: 3,
  sizeLimitExceeded: 4,
  strongerAuthRequired: 8,
  adminLimitExceeded: 11,
  unavailableCriticalExtension: 12,
  confidentialityRequired: 13,
  noSuchAttribute: 16,
  undefinedAttributeType: 17,
  constraintViolation: 19,
  attributeOrValueExists: 20,
  invalidAttributeSyntax: 21,
  noSuchObject: 32,
  invalidDnSyntax: 34,
  inappropriateAuthentication: 48,
  invalidCredentials: 49,
  insufficientAccessRights: 50,
  busy: 51,
  unavailable: 52,
  unwillingToPerform: 53,
  objectClassViolation: 65,
  entryAlreadyExists: 68,
  other: 80,
  syncRefreshRequired: 4096,
} as const;

/** Nothing of the same request would change by waiting: it is tried again, or its answer is not whole. */
const passing: ReadonlySet<number> = new Set([resultCode.busy, resultCode.unavailable]);
const halfway: ReadonlySet<number> = new Set([
  resultCode.operationsError,
  2,
  resultCode.timeLimitExceeded,
  resultCode.sizeLimitExceeded,
  9,
  10,
  resultCode.adminLimitExceeded,
  14,
  54,
  resultCode.other,
  resultCode.syncRefreshRequired,
]);

/** A result other than success as an error. `asked` says what was asked for, without secrets. */
export function errorOf(
  place: string,
  asked: string,
  result: { readonly code: number; readonly diagnostic: string },
): LdapError {
  const code = passing.has(result.code) ? 'unreachable' : halfway.has(result.code) ? 'failed' : 'refused';
  const name = Object.entries(resultCode).find(([, number]) => number === result.code)?.[0] ?? 'result';
  const diagnostic = oneLine(result.diagnostic);
  const said = diagnostic === '' ? '' : `: ${diagnostic}`;
  return new LdapError(code, `${place}: ${asked}: ${name} (${result.code})${said}`, { code: result.code, diagnostic });
}

/** A stranger's text as part of one line. */
export const oneLine = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, 300);
