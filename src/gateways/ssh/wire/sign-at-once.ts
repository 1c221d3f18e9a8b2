import type { Client } from 'ssh2';
import { inside } from './ssh2-surface.ts';

/**
 * Has this one connection send the signature with its first request. ssh2 asks beforehand whether the key would do (RFC 4252 §7
 * leaves that to the client), which saves one who is to type a passphrase from typing it in vain, and costs everybody else a
 * round trip. Keys with a choice of hashes, which is RSA, still ask. To be called right after `connect`.
 */
export function signAtOnce(client: Client): void {
  const protocol = inside(client)._protocol;
  const authPK = protocol.authPK.bind(protocol);
  protocol.authPK = (username, key, algorithm, sign) => {
    if (sign !== undefined || algorithm !== undefined) return authPK(username, key, algorithm, sign);
    authPK(username, key, algorithm, (message, signed) => {
      const signature = key.sign(message) as Buffer | Error;
      if (signature instanceof Error) throw Object.assign(signature, { level: 'client-authentication' });
      signed(signature);
    });
  };
}
