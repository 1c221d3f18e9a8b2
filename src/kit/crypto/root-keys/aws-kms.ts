import { AppError } from '#kit/errors/index.ts';
import { randomSecret } from '../seal.ts';
import type { RootKeyInReach } from './root-key.ts';
import { readAwsCredentials } from '../aws-credentials.ts';
import { signAws } from '../sign-aws.ts';

/** How a key of AWS KMS is reached. */
export interface KmsSettings {
  /** ARN of a symmetric key, or of its alias; it names the region. */
  readonly key: string;
  /** A file of mode 0600 as the AWS tools write it; read for every call, so that something else may renew what is in it. */
  readonly credentialsFile: string;
  /** Where a VPC endpoint is; absent: that of the region. */
  readonly endpoint?: string | undefined;
}

const PATIENCE_MS = 15_000;

/**
 * A root key that is a key of AWS KMS and never leaves it: ring keys are wrapped by Encrypt and opened by Decrypt. Each
 * is bound by its encryption context to this root key and to its place, which CloudTrail then shows. Proved by using it
 * before anything hangs on it.
 */
export async function makeKmsKey(settings: KmsSettings): Promise<RootKeyInReach> {
  const key = kmsKey(settings, randomSecret(8).toString('hex'));
  const probe = randomSecret(32);
  const back = await key.unwrap(await key.wrap(probe, 'probe'), 'probe');
  if (!back.equals(probe)) throw doesNotOpen();
  return key;
}

/** The root key of that id. Whether KMS is there shows when it is used. */
export const openKmsKey = async (settings: KmsSettings, id: string): Promise<RootKeyInReach> => kmsKey(settings, id);

function kmsKey(settings: KmsSettings, id: string): RootKeyInReach {
  const contextOf = (context: string): Record<string, string> => ({ 'reeve:root-key': id, 'reeve:wraps': context });
  return {
    id,
    wrap: async (secret, context) => {
      const { CiphertextBlob } = await ask(settings, 'Encrypt', {
        KeyId: settings.key,
        Plaintext: secret.toString('base64'),
        EncryptionContext: contextOf(context),
      });
      return bytesIn(CiphertextBlob);
    },
    unwrap: async (wrapped, context) => {
      const { Plaintext } = await ask(settings, 'Decrypt', {
        KeyId: settings.key,
        CiphertextBlob: wrapped.toString('base64'),
        EncryptionContext: contextOf(context),
      });
      return bytesIn(Plaintext);
    },
    close: async () => undefined,
  };
}

const bytesIn = (text: unknown): Buffer => {
  if (typeof text !== 'string') throw unreachable('its answer has no value');
  return Buffer.from(text, 'base64');
};

async function ask(
  settings: KmsSettings,
  what: 'Encrypt' | 'Decrypt',
  input: object,
): Promise<Readonly<Record<string, unknown>>> {
  const [, partition = '', , region = ''] = settings.key.split(':');
  const domain = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  const url = new URL(settings.endpoint ?? `https://kms.${region}.${domain}/`);
  const body = JSON.stringify(input);
  const request = {
    method: 'POST',
    url,
    headers: {
      host: url.host,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `TrentService.${what}`,
    },
    body,
  };
  const credentials = await readAwsCredentials(settings.credentialsFile, {
    setting: 'aws_kms_credentials_file',
    code: 'root_key.misconfigured',
  });
  const { host: _host, ...headers } = signAws(request, {
    credentials,
    region,
    service: 'kms',
    at: new Date(),
  });
  let status: number;
  let answer: Record<string, unknown>;
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'error', signal });
    ({ status } = response);
    answer = (await response.json()) as Record<string, unknown>;
  } catch (cause) {
    throw unreachable(`${url.host} does not answer`, cause);
  }
  if (status === 200) return answer;
  const [, name = 'unknown'] = /([A-Za-z]{1,60})$/u.exec(String(answer['__type'])) ?? [];
  if (what === 'Decrypt' && (name === 'InvalidCiphertextException' || name === 'IncorrectKeyException'))
    throw doesNotOpen();
  throw unreachable(`it answers ${name} (${status})`);
}

const unreachable = (why: string, cause?: unknown): AppError =>
  new AppError({
    code: 'root_key.unreachable',
    status: 503,
    detail: `the key service that holds the root key cannot be used: ${why}`,
    fix: 'see that aws_kms_key and aws_kms_credentials_file name a key that may encrypt and decrypt',
    cause,
  });

const doesNotOpen = (): AppError =>
  new AppError({
    code: 'crypto.does_not_open',
    status: 500,
    detail: 'a key of the ring does not open in the key service: it was altered, or wrapped by another key',
    fix: 'check that aws_kms_key is the key of this database',
  });
