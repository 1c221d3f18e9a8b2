import { gunzipSync, gzipSync } from 'node:zlib';
import kdbxweb, { type Kdbx as Database } from 'kdbxweb';
import { expect, test } from 'vitest';
import { openKdbx } from './index.ts';

const { Credentials, HashedBlockTransform, Kdbx, KdbxFormat, ProtectedValue } = kdbxweb;
const PASSWORD = 'correct horse';
const MEBIBYTE = gzipSync(Buffer.alloc(1024 * 1024));

/** A file whose plain bytes are what `change` makes of them, correctly encrypted and signed. */
async function written(version: 3 | 4, change: (plain: ArrayBuffer) => Promise<Buffer> | Buffer): Promise<Buffer> {
  const database = Kdbx.create(new Credentials(ProtectedValue.fromString(PASSWORD)), 'Team');
  database.setVersion(version);
  const entry = database.createEntry(database.getDefaultGroup());
  entry.fields.set('Title', 'shop');
  entry.fields.set('Password', ProtectedValue.fromString('canary'));
  entry.binaries.set('note.txt', await database.createBinary(new Uint8Array([1, 2, 3]).buffer));
  return Buffer.from(new Uint8Array(await saved(database, change)));
}
function saved(database: Database, change: (plain: ArrayBuffer) => Promise<Buffer> | Buffer): Promise<ArrayBuffer> {
  const format = new KdbxFormat(database) as unknown as {
    encryptData(data: ArrayBuffer, key: ArrayBuffer): Promise<ArrayBuffer>;
    save(): Promise<ArrayBuffer>;
  };
  const encrypt = format.encryptData;
  format.encryptData = async (data, key) => encrypt.call(format, new Uint8Array(await change(data)).buffer, key);
  return format.save();
}
/** Changes the XML of a KDBX 3 file, which lies in blocks behind 32 bytes. */
const inXml =
  (change: (xml: string) => Buffer) =>
  async (plain: ArrayBuffer): Promise<Buffer> => {
    const xml = gunzipSync(Buffer.from(await HashedBlockTransform.decrypt(plain.slice(32)))).toString();
    const blocks = await HashedBlockTransform.encrypt(new Uint8Array(change(xml)).buffer);
    return Buffer.concat([Buffer.from(plain.slice(0, 32)), Buffer.from(blocks)]);
  };

test.each([3, 4] as const)('KDBX %i opens with its password, attachments included', async (version) => {
  const file = await written(version, (plain) => Buffer.from(plain));
  const [entry] = await openKdbx(file, PASSWORD);
  expect(entry).toMatchObject({ title: 'shop', password: 'canary' });
  expect(entry?.files.map(({ bytes }) => [...bytes])).toEqual([[1, 2, 3]]);
  await expect(openKdbx(file, 'wrong')).rejects.toMatchObject({ code: 'kdbx.does_not_open' });
});

test('a small KDBX 4 file that decompresses to gigabytes is refused before it does', async () => {
  const file = await written(4, () => Buffer.concat(Array.from({ length: 2048 }, () => MEBIBYTE)));
  expect(file.length).toBeLessThan(8 * 1024 * 1024);
  const before = process.memoryUsage().arrayBuffers;
  await expect(openKdbx(file, PASSWORD)).rejects.toMatchObject({ code: 'kdbx.too_large', status: 422 });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200 * 1024 * 1024);
});

test('so is a KDBX 3 file, as a whole and for its attachments together', async () => {
  const bomb = Buffer.concat(Array.from({ length: 2048 }, () => MEBIBYTE));
  await expect(
    openKdbx(
      await written(
        3,
        inXml(() => bomb),
      ),
      PASSWORD,
    ),
  ).rejects.toMatchObject({ code: 'kdbx.too_large' });
  const attachment = Buffer.concat(Array.from({ length: 20 }, () => MEBIBYTE)).toString('base64');
  const attachments = inXml((xml) =>
    gzipSync(
      xml.replace(
        '</Binaries>',
        `<Binary ID="8" Compressed="TRUE">${attachment}</Binary><Binary ID="9" Compressed="&#84;rue">${attachment}</Binary></Binaries>`,
      ),
    ),
  );
  await expect(openKdbx(await written(3, attachments), PASSWORD)).rejects.toMatchObject({ code: 'kdbx.too_large' });
});

test('a file of nothing but elements is refused before they are made', async () => {
  const many = inXml((xml) => gzipSync(xml.replace('</Meta>', `${'<a/>'.repeat(1_000_000)}</Meta>`)));
  await expect(openKdbx(await written(3, many), PASSWORD)).rejects.toMatchObject({ code: 'kdbx.too_large' });
});
