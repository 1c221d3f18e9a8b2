/** Security identifiers and GUIDs (MS-DTYP 2.4.2, 2.3.4): bytes as the directory keeps them, and the text people know them by. */
import { TargetError } from '../../port.ts';

/** `S-1-5-21-…-1106` of the bytes at `at`. Throws TargetError `failed` where they are no SID. */
export function sidText(bytes: Buffer, at = 0): string {
  const count = bytes[at + 1] ?? 0;
  if (bytes[at] !== 1 || count > 15 || at + 8 + 4 * count > bytes.length) throw malformed('a security identifier');
  const parts = [String(bytes.readUIntBE(at + 2, 6))];
  for (let index = 0; index < count; index += 1) parts.push(String(bytes.readUInt32LE(at + 8 + 4 * index)));
  return `S-1-${parts.join('-')}`;
}

/** How many bytes the SID at `at` takes. */
export const sidLength = (bytes: Buffer, at: number): number => 8 + 4 * (bytes[at + 1] ?? 0);

/** The bytes of {@link sidText}'s answer. Throws TargetError `failed` for text that is no SID. */
export function sidBytes(text: string): Buffer {
  const match = /^S-1-(\d{1,15})((?:-\d{1,10}){0,15})$/u.exec(text);
  const subs = match?.[2]?.split('-').slice(1).map(Number) ?? [];
  const authority = Number(match?.[1]);
  if (!match || authority >= 2 ** 48 || subs.some((sub) => sub >= 2 ** 32)) throw malformed('a security identifier');
  const bytes = Buffer.alloc(8 + 4 * subs.length);
  bytes[0] = 1;
  bytes[1] = subs.length;
  bytes.writeUIntBE(authority, 2, 6);
  for (const [index, sub] of subs.entries()) bytes.writeUInt32LE(sub, 8 + 4 * index);
  return bytes;
}

/** The last part of a SID: 512 of a domain's Domain Admins. */
export const ridOf = (sid: string): number => Number(sid.slice(sid.lastIndexOf('-') + 1));

/** `bf967aba-0de6-11d0-a285-00aa003049e2` of the sixteen bytes at `at`. Throws TargetError `failed` where there are fewer. */
export function guidText(bytes: Buffer, at = 0): string {
  if (bytes.length < at + 16) throw malformed('a GUID');
  const hex = (from: number, to: number): string => bytes.toString('hex', at + from, at + to);
  const turned = (from: number, to: number): string =>
    Buffer.from(bytes.subarray(at + from, at + to))
      .reverse()
      .toString('hex');
  return `${turned(0, 4)}-${turned(4, 6)}-${turned(6, 8)}-${hex(8, 10)}-${hex(10, 16)}`;
}

/** The bytes of {@link guidText}'s answer. */
export function guidBytes(text: string): Buffer {
  const hex = text.replaceAll('-', '');
  if (!/^[0-9a-f]{32}$/u.test(hex)) throw malformed('a GUID');
  const bytes = Buffer.from(hex, 'hex');
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}

export const malformed = (what: string): TargetError =>
  new TargetError('failed', `the directory sent ${what} that makes no sense`);
