import { createRequire } from 'node:module';
import type { Client } from 'ssh2';
import { TargetError } from '../../port.ts';

const require = createRequire(import.meta.url);
const { sendPacket } = require('ssh2/lib/protocol/utils.js') as {
  sendPacket(protocol: PrivateProtocol, packet: Buffer): boolean;
};

interface PrivateProtocol {
  _kex: { readonly sessionID: Buffer };
  _authsQueue: string[];
  _packetRW: {
    readonly write: { readonly allocStart: number; alloc(size: number): Buffer; finalize(packet: Buffer): Buffer };
  };
  authPK(
    username: string,
    key: unknown,
    algorithm: unknown,
    sign?: (data: Buffer, done: (signature: Buffer) => void) => void,
  ): void;
}

/**
 * Makes this one client log in with a certificate for its Ed25519 key. ssh2 1.17 knows no certificates: what it lacks is that
 * the request names the certificate's algorithm while the signature within names the key's (PROTOCOL.certkeys). Call right
 * after `connect`. A member of ssh2 that has moved is an error here, never a log-in of another kind.
 */
export function presentCertificate(client: Client, line: string): void {
  const [algorithm = '', base64 = ''] = line.trim().split(' ');
  const blob = Buffer.from(base64, 'base64');
  const protocol = (client as unknown as { readonly _protocol?: PrivateProtocol })._protocol;
  if (algorithm !== 'ssh-ed25519-cert-v01@openssh.com' || typeof protocol?.authPK !== 'function')
    throw new TargetError('unsupported', 'Reeve logs in with certificates of Ed25519 keys, through ssh2 1.17');
  protocol.authPK = (username, _key, named, given) => {
    const sign = typeof named === 'function' ? (named as NonNullable<typeof given>) : given;
    const body = Buffer.concat([
      Buffer.from([50]),
      text(username),
      text('ssh-connection'),
      text('publickey'),
      Buffer.from([sign === undefined ? 0 : 1]),
      text(algorithm),
      text(blob),
    ]);
    const send = (payload: Buffer): void => {
      const packet = protocol._packetRW.write.alloc(payload.length);
      packet.set(payload, protocol._packetRW.write.allocStart);
      protocol._authsQueue.push('publickey');
      sendPacket(protocol, protocol._packetRW.write.finalize(packet));
    };
    if (sign === undefined) return send(body);
    sign(Buffer.concat([text(protocol._kex.sessionID), body]), (signature) =>
      send(Buffer.concat([body, text(Buffer.concat([text('ssh-ed25519'), text(signature)]))])),
    );
  };
}

function text(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(bytes.length);
  return Buffer.concat([head, bytes]);
}
