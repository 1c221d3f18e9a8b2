import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import kdbxweb, { type Kdbx } from 'kdbxweb';
import { AppError } from '#kit/errors/index.ts';

const { Consts, HashedBlockTransform, KdbxFormat } = kdbxweb;
const inflate = promisify(gunzip);

/** What a file may be once it is decompressed: a small one can say it is gigabytes. */
const MOST_INFLATED = 32 * 1024 * 1024;
/** Each becomes an object of its own while it is read, far larger than it stands in the file. */
const MOST_TAGS = 1_000_000;

const tooLarge = (): AppError =>
  new AppError({
    code: 'kdbx.too_large',
    status: 422,
    detail: `the file holds more than ${MOST_INFLATED / 1024 / 1024} MiB, or ${MOST_TAGS / 2} elements, once it is decompressed`,
    fix: 'remove large attachments and old history in KeePass, or split the file, and export it again',
  });

/** What the library does between decrypting and reading, and has no hook for. A test holds it to these names. */
interface Steps {
  decryptData(data: ArrayBuffer, key: ArrayBuffer): Promise<ArrayBuffer>;
  setProtectedValues(): Promise<void>;
  load(data: ArrayBuffer): Promise<Kdbx>;
}

/**
 * Reads a file with everything in it decompressed here, within bounds, before the library gets to see it; the library
 * itself decompresses whatever it is given.
 */
export async function loadBounded(kdbx: Kdbx, file: ArrayBuffer): Promise<void> {
  const format = new KdbxFormat(kdbx) as unknown as Steps;
  const { decryptData, setProtectedValues } = format;
  if (typeof decryptData !== 'function' || typeof setProtectedValues !== 'function')
    throw new Error('kdbxweb reads files in other steps than those that are bounded here');
  const budget = { left: MOST_INFLATED };
  format.decryptData = async (data, key) => {
    const plain = await decryptData.call(format, data, key);
    return kdbx.header.versionMajor === 3
      ? await inflateBlocks(kdbx, plain, budget)
      : await inflateAll(kdbx, plain, budget);
  };
  format.setProtectedValues = async () => {
    await inflateAttachments(kdbx.xml, budget);
    await setProtectedValues.call(format);
  };
  await format.load(file);
}

interface Budget {
  left: number;
}

async function inflateBounded(bytes: Uint8Array, budget: Budget): Promise<Buffer> {
  const inflated = await inflate(bytes, { maxOutputLength: Math.max(budget.left, 1) }).catch((error: unknown) => {
    throw error instanceof RangeError ? tooLarge() : error;
  });
  budget.left -= inflated.length;
  if (budget.left < 0) throw tooLarge();
  return inflated;
}

/** KDBX 4: all that was encrypted is one stream. */
async function inflateAll(kdbx: Kdbx, plain: ArrayBuffer, budget: Budget): Promise<ArrayBuffer> {
  if (kdbx.header.compression !== Consts.CompressionAlgorithm.GZip) return refuseManyTags(plain);
  const inflated = await inflateBounded(new Uint8Array(plain), budget);
  kdbx.header.compression = Consts.CompressionAlgorithm.None;
  return refuseManyTags(new Uint8Array(inflated).buffer);
}

/** KDBX 3: the stream lies in blocks with digests, behind bytes that tell whether the key is right. */
async function inflateBlocks(kdbx: Kdbx, plain: ArrayBuffer, budget: Budget): Promise<ArrayBuffer> {
  const start = Buffer.from(kdbx.header.streamStartBytes ?? new ArrayBuffer(0));
  const bytes = Buffer.from(plain);
  // A wrong key is the library's to tell.
  if (start.length === 0 || !bytes.subarray(0, start.length).equals(start)) return plain;
  const stream = await HashedBlockTransform.decrypt(plain.slice(start.length));
  const inflated = await inflateAll(kdbx, stream, budget);
  const blocks = await HashedBlockTransform.encrypt(inflated);
  return new Uint8Array(Buffer.concat([start, Buffer.from(blocks)])).buffer;
}

function refuseManyTags(bytes: ArrayBuffer): ArrayBuffer {
  const all = Buffer.from(bytes);
  let tags = 0;
  for (let at = all.indexOf('<'); at !== -1; at = all.indexOf('<', at + 1)) {
    tags += 1;
    if (tags > MOST_TAGS) throw tooLarge();
  }
  return bytes;
}

/** Attachments of KDBX 3 are compressed each for itself, within the XML. */
async function inflateAttachments(xml: Kdbx['xml'], budget: Budget): Promise<void> {
  const found = xml?.getElementsByTagName('*');
  const elements = Array.from({ length: found?.length ?? 0 }, (_none, n) => found?.item(n));
  for (const element of elements) {
    if (element?.hasAttribute('Compressed') !== true) continue;
    if (element.getAttribute('Compressed')?.toLowerCase() === 'true' && !isProtected(element)) {
      const inflated = await inflateBounded(Buffer.from(element.textContent ?? '', 'base64'), budget);
      element.textContent = inflated.toString('base64');
    }
    element.removeAttribute('Compressed');
  }
}

/** The library takes what is protected as it is. */
const isProtected = (element: { getAttribute(name: string): string | null }): boolean =>
  element.getAttribute('Protected')?.toLowerCase() === 'true';
