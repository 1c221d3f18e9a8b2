import { mac, randomSecret } from '#kit/crypto/index.ts';

/** A secret as receivers take it: `whsec_` and 32 random bytes as base64. */
export const newSigningSecret = (): Buffer => Buffer.from(`whsec_${randomSecret(32).toString('base64')}`);

const signatureOf = (secret: Buffer, signed: string): string => {
  const key = Buffer.from(secret.toString('latin1').slice('whsec_'.length), 'base64');
  return `v1,${mac(key, signed).toString('base64')}`;
};

/**
 * The headers of Standard Webhooks (standardwebhooks.com): the id is the same at every try, the time is that of this one, and
 * there is one signature for each secret in force, so that a receiver may take its time to change over.
 */
export const signedHeaders = (
  message: { readonly id: string; readonly at: Date; readonly body: string },
  secrets: readonly Buffer[],
): Readonly<Record<string, string>> => {
  const timestamp = String(Math.floor(message.at.getTime() / 1000));
  const signed = `${message.id}.${timestamp}.${message.body}`;
  return {
    'webhook-id': message.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': secrets.map((secret) => signatureOf(secret, signed)).join(' '),
  };
};
