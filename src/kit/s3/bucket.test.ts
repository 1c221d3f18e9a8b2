import { chmodSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { signAws } from '#kit/crypto/index.ts';
import { Bucket } from './index.ts';
import { fakeStorage, type FakeStorage } from './storage.fixture.ts';

let storage: FakeStorage;
let bucket: Bucket;
beforeAll(async () => {
  storage = await fakeStorage();
  bucket = new Bucket(storage.place);
});
beforeEach(() => {
  storage.objects.clear();
  storage.puts = 'taken';
});
afterAll(() => storage.stop());

const [data, other] = [Buffer.from('chunk'), Buffer.from('other')];

test('the example of the S3 documentation is signed as it says', () => {
  const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  const signed = signAws(
    {
      method: 'GET',
      url: new URL('https://examplebucket.s3.amazonaws.com/test.txt'),
      headers: { host: 'examplebucket.s3.amazonaws.com', range: 'bytes=0-9', 'x-amz-content-sha256': empty },
      body: '',
    },
    {
      credentials: {
        accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
        secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      },
      region: 'us-east-1',
      service: 's3',
      at: new Date('2013-05-24T00:00:00Z'),
    },
  );
  expect(signed['authorization']).toContain(
    'Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  );
});

test('what was put is given back, told and deleted, page by page', async () => {
  const names = Array.from({ length: 8 }, (_, n) => `s/${String(n).padStart(6, '0')}.rvc`);
  for (const name of names) await bucket.put(name, data);
  await bucket.put('t/manifest.json', other);
  expect(await bucket.list('s/')).toEqual(names.map((name) => name.slice(2)));
  expect([...storage.objects.keys()].every((name) => name.startsWith('reeve/'))).toBe(true);
  expect(await bucket.get('t/manifest.json')).toEqual(other);
  await bucket.delete('t/manifest.json');
  await bucket.delete('t/manifest.json');
  expect(await bucket.get('t/manifest.json')).toBeUndefined();
});

test('nothing is written over, and a put whose answer was lost is made again', async () => {
  storage.puts = 'taken, and the answer is lost';
  await expect(bucket.put('a', data)).rejects.toMatchObject({ code: 'EUNREACHABLE' });
  storage.puts = 'taken';
  await bucket.put('a', data);
  await expect(bucket.put('a', other)).rejects.toMatchObject({ code: 'EEXIST' });
  expect(storage.objects.get('reeve/a')).toEqual(data);
});

test('a storage without room is told from one that is broken, or another bucket', async () => {
  storage.puts = 'full';
  await expect(bucket.put('a', data)).rejects.toMatchObject({ code: 'ENOSPC' });
  storage.puts = 'broken';
  await expect(bucket.put('a', data)).rejects.toMatchObject({ code: 'SlowDown', status: 503 });
  const gone = new Bucket({ ...storage.place, url: storage.place.url.replace('kept', 'gone') });
  await expect(gone.get('a')).rejects.toMatchObject({ code: 'NoSuchBucket' });
});

test('another key, and a file that others may read, are refused', async () => {
  const [text] = [`[default]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = another\n`];
  const file = `${storage.place.credentialsFile}-other`;
  writeFileSync(file, text, { mode: 0o600 });
  const wrong = new Bucket({ ...storage.place, credentialsFile: file });
  await expect(wrong.get('a')).rejects.toMatchObject({ code: 'SignatureDoesNotMatch', status: 403 });
  chmodSync(file, 0o644);
  await expect(wrong.get('a')).rejects.toMatchObject({ code: 'storage.misconfigured' });
});
