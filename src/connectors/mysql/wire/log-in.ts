/** The log-in of one account over a line that is checked: the server asks, Reeve proves, by the ways it knows and no other. */
import { TargetError, type Credential } from '../../port.ts';
import { Cursor } from './cursor.ts';
import { capabilities, charset, largestPacket } from './open-line.ts';
import type { PacketStream } from './packet-stream.ts';
import { proveLogin } from './proofs.ts';
import { errorNumber, readError, serverError, type ServerSaid } from './server-error.ts';

/** How a log-in went. `asked`: the server wanted a proof before it said yes. */
export type LoginOutcome =
  | { readonly in: true; readonly asked: boolean }
  | { readonly in: false; readonly because: ServerSaid };

/** An account may have several ways in, which the server goes through one by one. */
const MOST_QUESTIONS = 8;
/** No server has a way of this name, so each says which one the account has, with a scramble made for that. */
const noWay = 'reeve';

const refusals: ReadonlySet<number> = new Set([
  errorNumber.accessDenied,
  errorNumber.deniedWithoutPassword,
  errorNumber.mustChangePasswordLogin,
  errorNumber.accountLocked,
  errorNumber.tooManyBadPasswords,
]);

/** Throws TargetError `unsupported` where the account proves itself in a way Reeve does not go. */
export async function logIn(
  packets: PacketStream,
  at: string,
  user: string,
  credential: Credential,
): Promise<LoginOutcome> {
  if (credential.kind !== 'password')
    throw new TargetError('unsupported', 'a MariaDB server takes passwords only; this credential is something else');
  packets.write(response(user));
  let asked = false;
  for (let question = 0; question < MOST_QUESTIONS; question += 1) {
    const packet = await packets.read();
    const kind = packet[0];
    if (kind === 0x00) return { in: true, asked };
    if (kind === 0xff) {
      const because = readError(packet);
      if (refusals.has(because.number)) return { in: false, because };
      throw serverError(packet, at);
    }
    if (kind !== 0xfe) throw new TargetError('unsupported', `${at} answers a log-in in a way that is not MariaDB's`);
    const cursor = new Cursor(packet);
    cursor.take(1);
    const way = cursor.untilNul().toString('latin1');
    const proof = proveLogin(way, cursor.rest(), credential.password);
    // A server that asks for the password itself (dialog, mysql_clear_password) is hung up on.
    if (proof === undefined)
      throw new TargetError(
        'unsupported',
        `${at} asks for a log-in by \`${way.replace(/[^\x21-\x7e]/gu, '?').slice(0, 40)}\`; Reeve logs in by mysql_native_password or ed25519`,
      );
    asked = true;
    packets.write(proof);
  }
  throw new TargetError('unsupported', `${at} does not come to an end with its questions`);
}

/** HandshakeResponse41, without a proof: none has been asked for. */
function response(user: string): Buffer {
  const head = Buffer.alloc(32);
  head.writeUInt32LE(capabilities, 0);
  head.writeUInt32LE(largestPacket, 4);
  head.writeUInt8(charset, 8);
  const text = (value: string): Buffer => Buffer.from(`${value}\0`);
  const short = (value: string): Buffer => Buffer.concat([Buffer.from([Buffer.byteLength(value)]), Buffer.from(value)]);
  const attributes = Buffer.concat(['program_name', 'reeve'].map(short));
  return Buffer.concat([head, text(user), Buffer.from([0]), text(noWay), Buffer.from([attributes.length]), attributes]);
}
