import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { amzDate, signAws, type AwsCredentials } from '../sign-aws.ts';

/** What AWS KMS does for Encrypt and Decrypt, over HTTP on this machine: signatures checked, contexts bound, errors in its words. */
export interface FakeKms {
  readonly endpoint: string;
  readonly region: string;
  /** What CloudTrail would show. */
  readonly asked: { readonly operation: string; readonly context: unknown }[];
  /** Keys that are there, by ARN. */
  readonly keys: Map<string, { secret: Buffer; enabled: boolean }>;
  stop(): Promise<void>;
}

class Refused extends Error {}
const FIVE_MINUTES = 300_000;

export async function fakeKms(credentials: AwsCredentials, region = 'eu-central-1'): Promise<FakeKms> {
  const keys: FakeKms['keys'] = new Map();
  const asked: FakeKms['asked'][number][] = [];
  const server = createServer((request, response) => {
    const answering = async (): Promise<void> => {
      const body = await bodyOf(request);
      let status = 200;
      let answer: object;
      try {
        prove(request, body, credentials, region);
        answer = carryOut(request, JSON.parse(body) as Record<string, unknown>, keys, asked);
      } catch (error) {
        status = 400;
        answer = { __type: error instanceof Refused ? error.message : 'KMSInternalException', message: 'no' };
      }
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(answer));
    };
    void answering();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`,
    region,
    asked,
    keys,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const part of request.setEncoding('utf8')) body += String(part);
  return body;
}

/** Signs what came as its sender should have, over the headers the sender says are signed. */
function prove(request: IncomingMessage, body: string, credentials: AwsCredentials, region: string): void {
  const said = request.headers.authorization ?? '';
  const names = /SignedHeaders=([^,]+)/u.exec(said)?.[1]?.split(';') ?? [];
  const date = String(request.headers['x-amz-date']);
  const at = new Date(date.replace(/^(....)(..)(..T..)(..)(..Z)$/u, '$1-$2-$3:$4:$5'));
  for (const needed of ['host', 'x-amz-date', 'x-amz-target'])
    if (!names.includes(needed)) throw new Refused('IncompleteSignature');
  if (amzDate(at) !== date || Math.abs(at.getTime() - Date.now()) > FIVE_MINUTES)
    throw new Refused('InvalidSignatureException');
  const given = names.filter((name) => name !== 'x-amz-date' && name !== 'x-amz-security-token');
  const headers = Object.fromEntries(given.map((name) => [name, String(request.headers[name])]));
  const url = new URL(request.url ?? '/', `http://${String(request.headers.host)}`);
  const signed = signAws(
    { method: request.method ?? '', url, headers, body },
    { credentials, region, service: 'kms', at },
  );
  if (signed['authorization'] !== said) throw new Refused('InvalidSignatureException');
  if (request.headers['x-amz-security-token'] !== credentials.sessionToken)
    throw new Refused('UnrecognizedClientException');
}

function carryOut(
  request: IncomingMessage,
  input: Record<string, unknown>,
  keys: FakeKms['keys'],
  asked: FakeKms['asked'][number][],
): object {
  const operation = String(request.headers['x-amz-target']).replace('TrentService.', '');
  const context = (input['EncryptionContext'] ?? {}) as Record<string, string>;
  const aad = Buffer.from(JSON.stringify(Object.entries(context).toSorted()));
  asked.push({ operation, context });
  const name = String(input['KeyId']);
  const key = keys.get(name);
  if (key === undefined) throw new Refused('NotFoundException');
  if (!key.enabled) throw new Refused('DisabledException');
  if (operation === 'Encrypt') {
    const plain = Buffer.from(String(input['Plaintext']), 'base64');
    if (plain.length > 4096) throw new Refused('ValidationException');
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key.secret, nonce).setAAD(aad);
    const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    const blob = Buffer.concat([Buffer.from([name.length]), Buffer.from(name), nonce, sealed]);
    return { CiphertextBlob: blob.toString('base64'), KeyId: name, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
  }
  if (operation !== 'Decrypt') throw new Refused('UnknownOperationException');
  const blob = Buffer.from(String(input['CiphertextBlob']), 'base64');
  const at = 1 + (blob[0] ?? 0);
  // A blob knows its key: asked to open it with another, KMS says so.
  if (keys.has(blob.toString('utf8', 1, at)) && blob.toString('utf8', 1, at) !== name)
    throw new Refused('IncorrectKeyException');
  try {
    const decipher = createDecipheriv('aes-256-gcm', key.secret, blob.subarray(at, at + 12)).setAAD(aad);
    decipher.setAuthTag(blob.subarray(-16));
    const plain = Buffer.concat([decipher.update(blob.subarray(at + 12, -16)), decipher.final()]);
    return { Plaintext: plain.toString('base64'), KeyId: name };
  } catch {
    throw new Refused('InvalidCiphertextException');
  }
}
