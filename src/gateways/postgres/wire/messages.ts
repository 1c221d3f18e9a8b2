/** Messages of the PostgreSQL protocol 3.0 as Reeve itself says them, and fields of those it hears. */

import { fromReeve } from '../../database/index.ts';

/** What the types of messages are, by their letter. */
export const T = {
  authentication: 0x52, // R
  backendKey: 0x4b, // K
  bind: 0x42, // B
  bindComplete: 0x32,
  close: 0x43, // C, of the client
  closeComplete: 0x33,
  commandComplete: 0x43, // C, of the server
  copyBoth: 0x57, // W
  copyData: 0x64, // d
  copyDone: 0x63, // c
  copyFail: 0x66, // f
  copyIn: 0x47, // G
  copyOut: 0x48, // H, of the server
  dataRow: 0x44, // D, of the server
  describe: 0x44, // D, of the client
  emptyQuery: 0x49, // I
  error: 0x45, // E, of the server
  execute: 0x45, // E, of the client
  flush: 0x48, // H, of the client
  functionCall: 0x46, // F
  functionResult: 0x56, // V
  negotiate: 0x76, // v
  noData: 0x6e, // n
  notice: 0x4e, // N
  notification: 0x41, // A
  parameterDescription: 0x74, // t
  parameterStatus: 0x53, // S, of the server
  parse: 0x50, // P
  parseComplete: 0x31,
  password: 0x70, // p
  portalSuspended: 0x73, // s
  query: 0x51, // Q
  ready: 0x5a, // Z
  rowDescription: 0x54, // T
  sync: 0x53, // S, of the client
  terminate: 0x58, // X
} as const;

/** A message of a type and a body. */
export function frame(type: number, ...body: readonly (Buffer | string)[]): Buffer {
  const parts = body.map((part) => (typeof part === 'string' ? Buffer.from(`${part}\0`) : part));
  const head = Buffer.allocUnsafe(5);
  head[0] = type;
  head.writeUInt32BE(4 + parts.reduce((sum, part) => sum + part.length, 0), 1);
  return Buffer.concat([head, ...parts]);
}

export const int32 = (value: number): Buffer => {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeInt32BE(value | 0);
  return bytes;
};

/** What went wrong, in the protocol's fields. `code` is an SQLSTATE. */
export interface Problem {
  readonly severity: 'ERROR' | 'FATAL';
  readonly code: string;
  readonly message: string;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
}

const said = (problem: {
  readonly severity: string;
  readonly code: string;
  readonly message: string;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
}): Buffer =>
  Buffer.from(
    `S${problem.severity}\0V${problem.severity}\0C${problem.code}\0M${clean(problem.message)}\0` +
      (problem.detail === undefined ? '' : `D${clean(problem.detail)}\0`) +
      (problem.hint === undefined ? '' : `H${clean(problem.hint)}\0`) +
      '\0',
  );

// oxlint-disable-next-line no-control-regex -- what must not be in a text is what it looks for
const clean = (text: string): string => text.replaceAll('\0', '').replaceAll(/[\u0001-\u001f\u007f]+/g, ' ');

export const errorResponse = (problem: Problem): Buffer => frame(T.error, said(problem));
export const notice = (message: string, code = '00000'): Buffer =>
  frame(T.notice, said({ severity: 'NOTICE', code, message }));
/** What somebody in charge has to say to the person, as a notice of the class of warnings. */
export const sentence = (words: string): Buffer => notice(fromReeve(words), '01000');
export const askPassword = frame(T.authentication, int32(3));
export const authenticationOk = frame(T.authentication, int32(0));
export const backendKey = (pid: number, secret: Buffer): Buffer => frame(T.backendKey, int32(pid), secret);
/** A client that asks for a newer minor version or options of it is told that there is 3.0. */
export const negotiateDown = (options: readonly string[]): Buffer =>
  frame(T.negotiate, int32(0), int32(options.length), ...options);

/** The fields of an ErrorResponse or NoticeResponse, by their letter. */
export function fieldsOf(message: Buffer): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (let at = 5; at < message.length && message[at] !== 0;) {
    const end = message.indexOf(0, at + 1);
    if (end < 0) break;
    fields.set(String.fromCharCode(message[at] ?? 0), message.toString('utf8', at + 1, end));
    at = end + 1;
  }
  return fields;
}

/** A text that ends in a zero byte; undefined when none ends. */
export function cstring(
  buffer: Buffer,
  at: number,
  end: number,
): { readonly bytes: Buffer; readonly next: number } | undefined {
  const zero = buffer.indexOf(0, at);
  return zero < 0 || zero >= end ? undefined : { bytes: buffer.subarray(at, zero), next: zero + 1 };
}
