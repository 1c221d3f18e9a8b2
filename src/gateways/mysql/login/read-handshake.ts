import { CAN } from '../wire/capabilities.ts';
import { Fields } from '../wire/packets.ts';

/** What a client says first: what it can, and over TLS who it is. */
export interface ClientHandshake {
  readonly flags: number;
  /** Its character set and collation, by number. */
  readonly collation: number;
  readonly user: string;
  /** The client has some password: an empty one is told from others before it is asked for. */
  readonly hasPassword: boolean;
  readonly database: string;
  /** The way it would like to prove its password by. */
  readonly way: string;
  /** What it tells of itself, in order, as it came. */
  readonly attributes: readonly (readonly [name: Buffer, value: Buffer])[];
}

const broken = (): Error => new Error('the first message of a client is cut off');
const strict = new TextDecoder('utf-8', { fatal: true });

/** Whether a client asks for TLS, by the message that says nothing else. Throws for what is no client of this protocol. */
export function asksForTls(content: Buffer): boolean {
  const flags = new Fields(content, 0, broken).uint32();
  if ((flags & CAN.protocol41) === 0) throw new Error('the client speaks a protocol of before MySQL 4.1');
  if ((flags & CAN.tls) === 0) return false;
  if (content.length !== 32) throw new Error('a request for TLS has the wrong length');
  return true;
}

/** Reads a HandshakeResponse41. Throws for anything that is none, and for what goes on after its end. */
export function readHandshake(content: Buffer): ClientHandshake {
  const fields = new Fields(content, 0, broken);
  const flags = fields.uint32();
  const can = (flag: number): boolean => (flags & flag) !== 0;
  if (!can(CAN.protocol41) || !can(CAN.secureConnection) || !can(CAN.pluginAuth))
    throw new Error('the client cannot be asked for a password');
  fields.take(4);
  const collation = fields.byte();
  fields.take(23);
  const user = strict.decode(fields.untilZero());
  const proof = can(CAN.longAuthData) ? fields.packedBytes() : fields.take(fields.byte());
  const database = can(CAN.connectWithDatabase) ? strict.decode(fields.untilZero()) : '';
  const way = fields.untilZero().toString('latin1');
  const attributes = can(CAN.attributes) ? readAttributes(fields.packedBytes()) : [];
  if (fields.left > 0) throw new Error('the first message of a client goes on after its end');
  const hasPassword = proof.length > 1 || (proof.length === 1 && proof[0] !== 0);
  return { flags, collation, user, hasPassword, database, way, attributes };
}

function readAttributes(bytes: Buffer): [Buffer, Buffer][] {
  const fields = new Fields(bytes, 0, broken);
  const attributes: [Buffer, Buffer][] = [];
  while (fields.left > 0) attributes.push([fields.packedBytes(), fields.packedBytes()]);
  return attributes;
}
