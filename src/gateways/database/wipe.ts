import type { GatewayCredential } from '../port.ts';

/** Overwrites what was lent; any number of times. */
export function wipe(credential: GatewayCredential): void {
  (credential.kind === 'password' ? credential.password : credential.privateKey).fill(0);
}
