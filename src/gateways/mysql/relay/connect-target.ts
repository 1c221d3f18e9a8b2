import type { TLSSocket } from 'node:tls';
import { ByteReader, wipe } from '../../database/index.ts';
import type { Ticket } from '../../port.ts';
import { CAN } from '../wire/capabilities.ts';
import { ERROR, lengthOf, packet, readError, readOk } from '../wire/packets.ts';
import { dialTarget, targetMessage, terms, type TargetAddress, type TargetLine, type Terms } from './dial-target.ts';
import { provePassword } from './prove-password.ts';
import { prepareSession } from './prepare-session.ts';
import { TargetRefused } from './target-refused.ts';

/** A target that is logged in and ready for its first command; its stream is paused. */
export interface OpenTarget {
  readonly stream: TLSSocket;
  readonly threadId: number;
  readonly version: string;
  /** Status bits that the log-in ended with. */
  readonly status: number;
  /** What it said of itself, where it was asked. */
  readonly variables: ReadonlyMap<string, string>;
  /** A second line, logged in, by which what runs on the first is stopped. */
  readonly control: TLSSocket;
}

/** What is asked of a target besides its log-in. */
export interface Wanted extends Terms {
  readonly database: string;
  readonly attributes: readonly (readonly [Buffer, Buffer])[];
  /** System variables to read before the session begins. */
  readonly variables: readonly string[];
  /** The target refuses to write, whatever gets through to it. */
  readonly readOnly: boolean;
}

/** An account may have several ways in, which the server goes through one by one. */
const MOST_QUESTIONS = 8;
/** No server has a way of this name, so each says which one the account has, with a question made for that. */
const NO_WAY = 'reeve';
const WRONG: ReadonlySet<number> = new Set([1045, 1698, 1820, 1862, 3118, 4151, 4166]);

/** Reaches the target twice and proves the credential. Its bytes are overwritten, whatever happens. */
export async function connectTarget(
  ticket: Ticket,
  wanted: Wanted,
  limits: { readonly targetMs: number },
  stop: AbortSignal,
): Promise<OpenTarget> {
  const { credential, target } = ticket;
  try {
    if (credential.kind !== 'password')
      throw new TargetRefused(
        'refused',
        `the vault holds a key of this account, and ${target.systemName} takes passwords`,
      );
    const late = AbortSignal.any([stop, AbortSignal.timeout(limits.targetMs)]);
    const open = (as: Wanted) => logIn(target, credential, as, limits, late);
    // one after the other: a password that is wrong is tried once
    const session = await open(wanted);
    try {
      const control = await open({ ...wanted, flags: plain(wanted.flags), database: '' });
      try {
        const variables = await prepareSession(session.stream, target.systemName, wanted, late);
        return { ...session, variables, control: control.stream };
      } catch (error) {
        control.stream.destroy();
        throw error;
      }
    } catch (error) {
      session.stream.destroy();
      throw error;
    }
  } finally {
    wipe(credential);
  }
}

/** Without what only a client's own session needs. */
const plain = (flags: number): number => (flags & ~(CAN.multiStatements | CAN.interactive)) >>> 0;

async function logIn(
  target: TargetAddress,
  credential: { readonly username: string; readonly password: Buffer },
  wanted: Wanted,
  limits: { readonly targetMs: number },
  stop: AbortSignal,
): Promise<TargetLine & { readonly status: number }> {
  const withDatabase = wanted.database === '' ? 0 : CAN.connectWithDatabase;
  const flags = (wanted.flags | withDatabase | CAN.attributes | CAN.longAuthData) >>> 0;
  const said = { flags, collation: wanted.collation };
  const line = await dialTarget(target, said, limits, stop);
  const onStop = (): void => void line.stream.destroy();
  stop.addEventListener('abort', onStop, { once: true });
  try {
    line.stream.write(packet(2, terms(said), ...response(credential.username, wanted)));
    const status = await prove(line, target.systemName, credential);
    return { ...line, status };
  } catch (error) {
    line.stream.destroy();
    throw error;
  } finally {
    stop.removeEventListener('abort', onStop);
  }
}

/** The rest of a HandshakeResponse41, without a proof: none has been asked for. */
function response(user: string, { database, attributes }: Wanted): Buffer[] {
  const short = (bytes: Buffer): Buffer => Buffer.concat([lengthOf(bytes), bytes]);
  const text = (value: string): Buffer => Buffer.from(`${value}\0`);
  return [
    text(user),
    Buffer.alloc(1),
    ...(database === '' ? [] : [text(database)]),
    text(NO_WAY),
    short(Buffer.concat(attributes.flat().map(short))),
  ];
}

/** Answers what the server asks until it says yes; answers the status it then has. */
async function prove(line: TargetLine, systemName: string, credential: { readonly password: Buffer }): Promise<number> {
  const { stream } = line;
  const reader = new ByteReader(stream);
  let sequence = 3;
  let way = '';
  for (let question = 0; question < MOST_QUESTIONS; question += 1) {
    const message = await targetMessage(reader, sequence, systemName);
    sequence += 1;
    const kind = message[0];
    if (kind === 0x00) {
      if (reader.release().length > 0) throw new TargetRefused('broken', `${systemName} goes on after the log-in`);
      return readOk(message, () => new TargetRefused('broken', `${systemName} breaks the log-in`)).status;
    }
    if (kind === 0xff) throw refusal(message, systemName);
    if (kind === 0xfe) {
      const end = message.indexOf(0, 1);
      way = message.toString('latin1', 1, end < 0 ? message.length : end);
      const proof = answer(way, end < 0 ? Buffer.alloc(0) : message.subarray(end + 1), credential.password);
      if (proof === undefined)
        throw new TargetRefused(
          'refused',
          `${systemName} asks for a log-in by \`${way.replace(/[^\x21-\x7e]/g, '?').slice(0, 40)}\`, which Reeve does not do`,
        );
      stream.write(packet(sequence, proof));
      sequence += 1;
    } else if (kind === 0x01 && way === 'caching_sha2_password') {
      // three: it was quick, and yes comes next; four: the password itself, which only the pinned server hears
      if (message[1] === 4) {
        const spoken = packet(sequence, credential.password, Buffer.alloc(1));
        stream.write(spoken, () => spoken.fill(0));
        sequence += 1;
      } else if (message[1] !== 3) throw new TargetRefused('broken', `${systemName} breaks the log-in`);
    } else throw new TargetRefused('broken', `${systemName} answers a log-in in a way that is not MySQL's`);
  }
  throw new TargetRefused('broken', `${systemName} does not come to an end with its questions`);
}

function answer(way: string, question: Buffer, password: Buffer): Buffer | undefined {
  try {
    return provePassword(way, question, password);
  } catch {
    return undefined;
  }
}

/** What a server says of a log-in names the account and the database, never the password. */
function refusal(message: Buffer, systemName: string): TargetRefused {
  const { number, state, text } = readError(message);
  if (!WRONG.has(number)) return new TargetRefused('refused', text, { number, state });
  return new TargetRefused(
    'refused',
    `${systemName} does not take the credential that the vault holds: ${text}. Ask an administrator to rotate the account.`,
    ERROR.accessDenied,
  );
}
