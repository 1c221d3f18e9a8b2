/** A server's refusal (ERR packet) in the words of the port. */
import { TargetError } from '../../port.ts';
import { Cursor } from './cursor.ts';

/** Error numbers of MariaDB and MySQL that mean more than "no". */
export const errorNumber = {
  tooManyConnections: 1040,
  accessDenied: 1045,
  hostBlocked: 1129,
  hostNotAllowed: 1130,
  cannotUser: 1396,
  noSuchGrant: 1141,
  noSuchTableGrant: 1147,
  noSuchRoutineGrant: 1403,
  deniedWithoutPassword: 1698,
  mustChangePassword: 1820,
  mustChangePasswordLogin: 1862,
  accountLocked: 4151,
  tooManyBadPasswords: 4166,
} as const;

export interface ServerSaid {
  readonly number: number;
  readonly text: string;
}

export function readError(packet: Buffer): ServerSaid {
  const cursor = new Cursor(packet);
  cursor.take(1);
  const number = cursor.uint16();
  const text = cursor
    .rest()
    .toString('utf8')
    .replace(/^#.{5}/u, '');
  return { number, text: text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, 300) };
}

const away: ReadonlySet<number> = new Set([1040, 1053, 1152, 1203, 1226, 1927, 4185]);
/** Two changes at the same moment, a lock or a limit of time: the same call may work later. */
const again: ReadonlySet<number> = new Set([
  errorNumber.cannotUser,
  errorNumber.noSuchGrant,
  errorNumber.noSuchTableGrant,
  errorNumber.noSuchRoutineGrant,
  1205,
  1213,
  1317,
  1969,
  3024,
]);

/** `secret`: the statement held something its own echo must not repeat, so the server is not quoted. */
export function serverError(
  packet: Buffer,
  at: string,
  options: { readonly phase?: 'greeting'; readonly secret?: boolean } = {},
): TargetError {
  const { number, text } = readError(packet);
  const sentence = options.secret === true ? `${at} says no (${number})` : `${at}: ${text} (${number})`;
  if (number === errorNumber.hostBlocked) return new TargetError('refused', `${sentence}; say \`flush hosts\` there`);
  if (away.has(number)) return new TargetError('unreachable', sentence);
  if (again.has(number)) return new TargetError('failed', sentence);
  // What is left is missing rights, missing or wrong names, and rules of the server: the same call would fail the same way.
  return new TargetError('refused', sentence);
}
