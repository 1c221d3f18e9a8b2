import type { Credential } from '#connectors/port.ts';

/** What of a credential the vault keeps. Throws for what is kept nowhere: a certificate, made for each use, and none at all. */
export function textOfCredential(credential: Credential): string {
  switch (credential.kind) {
    case 'password':
      return credential.password;
    case 'ssh_key':
      return credential.privateKey;
    case 'token':
      return credential.token;
    case 'ssh_certificate':
    case 'none':
      throw new Error('that is no credential of an account');
  }
}
