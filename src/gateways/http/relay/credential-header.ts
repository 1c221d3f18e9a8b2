import type { GatewayCredential, WebTerms } from '../../port.ts';

/** The credential as it goes with each request, and every text by which it would be known. */
export interface CredentialHeader {
  readonly header: readonly [name: string, value: string];
  readonly secrets: readonly string[];
}

/** Undefined for a credential this protocol cannot carry: a key, or a value that is no header. */
export function credentialHeader(credential: GatewayCredential, terms: WebTerms): CredentialHeader | undefined {
  if (credential.kind !== 'password') return undefined;
  const value = credential.password.toString('utf8');
  const pair = Buffer.from(`${credential.username}:${value}`).toString('base64');
  const secrets = [value, pair, Buffer.from(value).toString('base64'), encodeURIComponent(value)];
  // a name with a colon would be read as a shorter one, with the rest in the password
  if (terms.credential === 'basic' && credential.username.includes(':')) return undefined;
  if (terms.credential === 'basic') return { header: ['Authorization', `Basic ${pair}`], secrets };
  if (!/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value)) return undefined;
  if (terms.credential === 'bearer') return { header: ['Authorization', `Bearer ${value}`], secrets };
  return terms.header === null ? undefined : { header: [terms.header, value], secrets };
}
