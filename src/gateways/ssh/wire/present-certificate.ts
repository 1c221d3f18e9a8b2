import type { Client } from 'ssh2';
import { text } from './encode.ts';
import { inside, sendMessage, type Authenticating, type Sign } from './ssh2-surface.ts';

const ED25519 = 'ssh-ed25519-cert-v01@openssh.com';
const REQUEST = 50;

interface Requesting extends Authenticating {
  readonly _authsQueue: string[];
  readonly _kex: { readonly sessionID: Buffer };
}

/**
 * Makes this one connection log in with a certificate for its Ed25519 key. ssh2 1.17 knows none: what it lacks is that the
 * request names the certificate's algorithm while the signature within names the key's (PROTOCOL.certkeys). To be called
 * right after `connect`. Throws where ssh2 is not as pinned: never a login of another kind.
 */
export function presentCertificate(client: Client, line: string): void {
  const [algorithm = '', base64 = ''] = line.trim().split(' ');
  const protocol = inside(client)._protocol as unknown as Partial<Requesting> | undefined;
  if (algorithm !== ED25519 || typeof protocol?.authPK !== 'function' || !Array.isArray(protocol._authsQueue))
    throw new Error('ssh2 is not as pinned, or the certificate is of no Ed25519 key');
  const it = protocol as Requesting;
  const blob = Buffer.from(base64, 'base64');
  it.authPK = (username, _key, named, given) => {
    const sign = typeof named === 'function' ? (named as Sign) : given;
    const body = Buffer.concat([
      Buffer.of(REQUEST),
      text(username),
      text('ssh-connection'),
      text('publickey'),
      Buffer.of(sign === undefined ? 0 : 1),
      text(algorithm),
      text(blob),
    ]);
    const send = (payload: Buffer): void => {
      it._authsQueue.push('publickey');
      sendMessage(client, payload);
    };
    if (sign === undefined) return send(body);
    sign(Buffer.concat([text(it._kex.sessionID), body]), (signature) =>
      send(Buffer.concat([body, text(Buffer.concat([text('ssh-ed25519'), text(signature)]))])),
    );
  };
}
