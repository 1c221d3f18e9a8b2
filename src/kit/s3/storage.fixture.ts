import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256, signAws, type AwsCredentials } from '#kit/crypto/index.ts';
import type { BucketPlace } from './bucket.ts';

/** What S3 does for the calls of a bucket, over HTTP on this machine: signatures, checksums and conditions checked, errors in its words. */
export interface FakeStorage {
  /** As a bucket is opened with. */
  readonly place: BucketPlace;
  /** By name within the bucket. */
  readonly objects: Map<string, Buffer>;
  /** Methods and names, as they came. */
  readonly asked: string[];
  /** What every put meets from now on. */
  puts: 'taken' | 'full' | 'broken' | 'taken, and the answer is lost' | 'unanswered';
  stop(): Promise<void>;
}

const REGION = 'eu-central-1';
const PAGE = 3;

/** Starts it, with one bucket and one access key. */
export async function fakeStorage(): Promise<FakeStorage> {
  const credentials: AwsCredentials = {
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: 'a-secret-of-forty-characters-for-testing',
  };
  const folder = mkdtempSync(join(tmpdir(), 'reeve-s3-'));
  const credentialsFile = join(folder, 'credentials');
  writeFileSync(
    credentialsFile,
    `[default]\naws_access_key_id = ${credentials.accessKeyId}\naws_secret_access_key = ${credentials.secretAccessKey}\n`,
    { mode: 0o600 },
  );
  const objects: FakeStorage['objects'] = new Map();
  const asked: string[] = [];
  const server = createServer((request, response) => void answer(request, response));
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    const url = new URL(request.url ?? '/', `http://${String(request.headers.host)}`);
    const name = decodeURIComponent(url.pathname).replace(/^\/kept\/?/u, '');
    asked.push(`${String(request.method)} ${name}`);
    const refuse = (status: number, code: string): void =>
      void response.writeHead(status).end(`<?xml version="1.0"?><Error><Code>${code}</Code></Error>`);
    const wrong = wrongSignature(request, body, url, credentials);
    if (wrong !== undefined) return refuse(403, wrong);
    if (!url.pathname.startsWith('/kept')) return refuse(404, 'NoSuchBucket');
    if (request.method === 'PUT') return put(request, response, { name, body, refuse });
    if (request.method === 'DELETE') {
      objects.delete(name);
      return void response.writeHead(204).end();
    }
    if (url.searchParams.get('list-type') === '2') return list(url, response);
    const found = objects.get(name);
    if (found === undefined) return refuse(404, 'NoSuchKey');
    response.writeHead(200).end(found);
  };
  const put = (
    request: IncomingMessage,
    response: ServerResponse,
    of: { readonly name: string; readonly body: Buffer; readonly refuse: (status: number, code: string) => void },
  ): void => {
    if (storage.puts === 'unanswered') return;
    if (storage.puts === 'full') return of.refuse(507, 'XMinioStorageFull');
    if (storage.puts === 'broken') return of.refuse(503, 'SlowDown');
    if (request.headers['x-amz-checksum-sha256'] !== sha256(of.body).toString('base64'))
      return of.refuse(400, 'BadDigest');
    if (request.headers['if-none-match'] !== '*') return of.refuse(501, 'NotImplemented');
    if (objects.has(of.name)) return of.refuse(412, 'PreconditionFailed');
    objects.set(of.name, of.body);
    if (storage.puts === 'taken') response.writeHead(200).end();
    else request.socket.destroy();
  };
  const list = (url: URL, response: ServerResponse): void => {
    const prefix = url.searchParams.get('prefix') ?? '';
    const names = [...objects.keys()].filter((key) => key.startsWith(prefix)).toSorted();
    const from = Number(url.searchParams.get('continuation-token')?.replace('at&', '') ?? 0);
    const more = from + PAGE < names.length;
    const keys = names.slice(from, from + PAGE).map((key) => `<Contents><Key>${key}</Key></Contents>`);
    const next = more ? `<NextContinuationToken>at&amp;${from + PAGE}</NextContinuationToken>` : '';
    response
      .writeHead(200)
      .end(`<ListBucketResult><IsTruncated>${String(more)}</IsTruncated>${keys.join('')}${next}</ListBucketResult>`);
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const storage: FakeStorage = {
    place: {
      url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/kept/reeve`,
      region: REGION,
      credentialsFile,
      credentialsSetting: 'recordings_s3_credentials_file',
    },
    objects,
    asked,
    puts: 'taken',
    stop: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      rmSync(folder, { recursive: true });
    },
  };
  return storage;
}

/** Signs what came as its sender should have; the code S3 answers with where that is not what came. */
function wrongSignature(
  request: IncomingMessage,
  body: Buffer,
  url: URL,
  credentials: AwsCredentials,
): string | undefined {
  const said = request.headers.authorization ?? '';
  const names = /SignedHeaders=([^,]+)/u.exec(said)?.[1]?.split(';') ?? [];
  const date = String(request.headers['x-amz-date']);
  const at = new Date(date.replace(/^(....)(..)(..T..)(..)(..Z)$/u, '$1-$2-$3:$4:$5'));
  for (const needed of ['host', 'x-amz-date', 'x-amz-content-sha256'])
    if (!names.includes(needed)) return 'AuthorizationHeaderMalformed';
  if (request.headers['x-amz-content-sha256'] !== sha256(body).toString('hex')) return 'XAmzContentSHA256Mismatch';
  const headers = Object.fromEntries(
    names.filter((name) => name !== 'x-amz-date').map((name) => [name, String(request.headers[name])]),
  );
  const signed = signAws(
    { method: request.method ?? '', url, headers, body },
    { credentials, region: REGION, service: 's3', at },
  );
  return signed['authorization'] === said ? undefined : 'SignatureDoesNotMatch';
}
