import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeKmsKey, openKmsKey, type KmsSettings } from './aws-kms.ts';
import { fakeKms, type FakeKms } from './fake-kms.fixture.ts';
import { signAws } from '../sign-aws.ts';

const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const OTHER = 'arn:aws:kms:eu-central-1:111122223333:alias/other';
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };

/** Of AWS's Signature Version 4 test suite: what is asked, and the signature that AWS published for it. */
const VECTORS: readonly (readonly [string, string, string, Record<string, string>, string, string])[] = [
  ['get-vanilla', 'GET', '/', {}, '', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
  ['post-vanilla', 'POST', '/', {}, '', '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
  [
    'get-vanilla-query-order-key-case',
    'GET',
    '/?Param2=value2&Param1=value1',
    {},
    '',
    'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  ],
  [
    'get-header-key-duplicate',
    'GET',
    '/',
    { 'My-Header1': 'value2,value2,value1' },
    '',
    'c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea',
  ],
  [
    'get-header-value-multiline',
    'GET',
    '/',
    { 'My-Header1': 'value1,value2,value3' },
    '',
    'ba17b383a53190154eb5fa66a1b836cc297cc0a3d70a5d00705980573d8ff790',
  ],
  [
    'post-header-key-sort',
    'POST',
    '/',
    { 'My-Header1': 'value1' },
    '',
    'c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c',
  ],
  [
    'post-x-www-form-urlencoded',
    'POST',
    '/',
    { 'Content-Type': 'application/x-www-form-urlencoded' },
    'Param1=value1',
    'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  ],
];

test.each(VECTORS)('signs %s as AWS published it', (_name, method, path, headers, body, signature) => {
  const host = 'example.amazonaws.com';
  const signed = signAws(
    { method, url: new URL(`https://${host}${path}`), headers: { Host: host, ...headers }, body },
    { credentials, region: 'us-east-1', service: 'service', at: new Date('2015-08-30T12:36:00Z') },
  );
  expect(signed['authorization']).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20150830\/us-east-1\/service\/aws4_request, SignedHeaders=/,
  );
  expect(signed['authorization']?.split('Signature=')[1]).toBe(signature);
});

describe('a root key in AWS KMS', () => {
  let kms: FakeKms;
  let folder: string;
  let settings: KmsSettings;

  beforeAll(async () => {
    kms = await fakeKms({ ...credentials, sessionToken: 'a-token-of-this-hour' });
    for (const [arn, fill] of [
      [KEY, 1],
      [OTHER, 2],
    ] as const)
      kms.keys.set(arn, { secret: Buffer.alloc(32, fill), enabled: true });
    folder = mkdtempSync(join(tmpdir(), 'reeve-kms-'));
    settings = { key: KEY, credentialsFile: join(folder, 'credentials'), endpoint: kms.endpoint };
    write(credentials.secretAccessKey);
  });
  afterAll(async () => {
    await kms?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const write = (secret: string, mode = 0o600): void => {
    writeFileSync(
      settings.credentialsFile,
      `[other]\naws_access_key_id = AKIDOTHER\naws_secret_access_key = x\n\n[default]\naws_access_key_id = ${credentials.accessKeyId}\naws_secret_access_key = ${secret}\naws_session_token = a-token-of-this-hour\n`,
    );
    chmodSync(settings.credentialsFile, mode);
  };
  const secret = Buffer.alloc(32, 9);

  test('wraps and opens, bound to itself and to its place, and never has a key in this process', async () => {
    const key = await makeKmsKey(settings);
    const wrapped = await key.wrap(secret, 'vault/1');
    expect(wrapped.includes(secret)).toBe(false);
    expect(await (await openKmsKey(settings, key.id)).unwrap(wrapped, 'vault/1')).toEqual(secret);
    expect(kms.asked.at(-1)).toEqual({
      operation: 'Decrypt',
      context: { 'reeve:root-key': key.id, 'reeve:wraps': 'vault/1' },
    });
    const another = await makeKmsKey(settings);
    expect(another.id).not.toBe(key.id);
    const elsewhere = await openKmsKey({ ...settings, key: OTHER }, key.id);
    for (const open of [
      () => key.unwrap(wrapped, 'vault/2'),
      () => another.unwrap(wrapped, 'vault/1'),
      () => elsewhere.unwrap(wrapped, 'vault/1'),
      () => key.unwrap(Buffer.concat([wrapped.subarray(0, -1), Buffer.from([0])]), 'vault/1'),
    ])
      await expect(open()).rejects.toMatchObject({ code: 'crypto.does_not_open' });
  });

  test('a key that is disabled, credentials that are not taken, a service that is away: out of reach, and nothing told', async () => {
    const key = await makeKmsKey(settings);
    const wrapped = await key.wrap(secret, 'vault/1');
    const outOfReach = async (because: RegExp): Promise<void> => {
      const error = await key.unwrap(wrapped, 'vault/1').catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'root_key.unreachable', message: expect.stringMatching(because) as string });
      expect(String(error)).not.toContain(credentials.secretAccessKey);
    };
    const there = kms.keys.get(KEY);
    if (there !== undefined) there.enabled = false;
    await outOfReach(/DisabledException/);
    if (there !== undefined) there.enabled = true;
    write('another-secret');
    await outOfReach(/InvalidSignatureException/);
    write(credentials.secretAccessKey, 0o640);
    await expect(key.wrap(secret, 'x')).rejects.toMatchObject({ code: 'root_key.misconfigured' });
    // Renewed by something else: taken up without a restart.
    write(credentials.secretAccessKey);
    expect(await key.unwrap(wrapped, 'vault/1')).toEqual(secret);
    const away = await openKmsKey({ ...settings, endpoint: 'http://127.0.0.1:1/' }, key.id);
    await expect(away.unwrap(wrapped, 'vault/1')).rejects.toMatchObject({ code: 'root_key.unreachable' });
  });
});
