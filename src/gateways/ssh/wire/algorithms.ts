import type { CipherAlgorithm, KexAlgorithm, MacAlgorithm, ServerHostKeyAlgorithm } from 'ssh2';

/**
 * Strong algorithms only, and AES-GCM wherever the peer has it: with it the gateway carries 200 MiB/s and more, with
 * anything else much less. Nothing here rests on SHA-1, CBC, DSS or a 1024-bit group, and nothing compresses.
 */
const GCM: CipherAlgorithm[] = ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com'];
const OTHERS: CipherAlgorithm[] = ['chacha20-poly1305@openssh.com', 'aes256-ctr', 'aes192-ctr', 'aes128-ctr'];
const MACS: MacAlgorithm[] = [
  'hmac-sha2-256-etm@openssh.com',
  'hmac-sha2-512-etm@openssh.com',
  'hmac-sha2-256',
  'hmac-sha2-512',
];
const CURVES: KexAlgorithm[] = [
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
];

/**
 * What a client is offered. Finite-field groups are left out: they cost the gateway 50 ms and more a handshake before
 * anybody is known. The cipher is the client's choice among ours, and OpenSSH puts GCM last: it is offered nothing else.
 */
export function offerToClient(clientSoftware: string): {
  kex: KexAlgorithm[];
  cipher: CipherAlgorithm[];
  hmac: MacAlgorithm[];
  serverHostKey: ServerHostKeyAlgorithm[];
  compress: 'none'[];
} {
  return {
    kex: CURVES,
    cipher: clientSoftware.startsWith('OpenSSH_') ? GCM : [...GCM, ...OTHERS],
    hmac: MACS,
    serverHostKey: ['ssh-ed25519'],
    compress: ['none'],
  };
}

/** The kinds of host key a target may prove itself with, best first. */
export const TARGET_HOST_KEYS: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/** What the gateway offers a target: the same, and the large groups for targets of before 2014. */
export function offerToTarget(serverHostKey: readonly ServerHostKeyAlgorithm[]): {
  kex: KexAlgorithm[];
  cipher: CipherAlgorithm[];
  hmac: MacAlgorithm[];
  serverHostKey: ServerHostKeyAlgorithm[];
  compress: 'none'[];
} {
  return {
    kex: [...CURVES, 'diffie-hellman-group16-sha512', 'diffie-hellman-group14-sha256'],
    cipher: [...GCM, ...OTHERS],
    hmac: MACS,
    serverHostKey: [...serverHostKey],
    compress: ['none'],
  };
}

/** Terrapin (CVE-2023-48795) needs ChaCha20-Poly1305 without strict key exchange; GCM and CTR are not open to it. */
export const openToTerrapin = (cipher: string, strict: boolean): boolean => !strict && cipher.startsWith('chacha20');
