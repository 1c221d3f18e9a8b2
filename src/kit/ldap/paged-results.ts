/** The control for results in pages (RFC 2696). */
import { ber, berInteger, berTag, readBer } from './ber.ts';
import type { LdapControl, LdapResult } from './entry.ts';

const oid = '1.2.840.113556.1.4.319';

/** Critical: a server that cannot page refuses, rather than send everything at once or stop at its limit. */
export const askForPage = (size: number, cookie: Buffer): LdapControl => ({
  oid,
  critical: true,
  value: ber(berTag.sequence, berInteger(size), ber(berTag.octets, cookie)),
});

/** Where the next page goes on; undefined when this was the last one. */
export function nextPage(result: LdapResult): Buffer | undefined {
  const value = result.controls.find((control) => control.oid === oid)?.value;
  if (!value) return undefined;
  const [sequence] = readBer(value);
  const [, cookie] = readBer(sequence?.content ?? Buffer.alloc(0));
  return cookie && cookie.content.length > 0 ? Buffer.from(cookie.content) : undefined;
}
