import { text, uint32, uint64 } from './wire.ts';

const MAGIC = 0x5353484b524c0a00n; // "SSHKRL\n\0"
const SECTION_CERTIFICATES = 1;
const SERIAL_LIST = 0x20;
const SERIAL_RANGE = 0x21;

/** What is revoked of one certificate authority. */
export interface RevokedOf {
  /** The public key of the authority, in wire form. */
  readonly caKey: Buffer;
  readonly serials: readonly bigint[];
}

/**
 * A key revocation list in OpenSSH's binary form (PROTOCOL.krl): the serials of each authority's certificates, in
 * ascending order, runs of them as ranges. `number` only grows: a target with a lower one has an older list.
 */
export function writeRevocationList(input: {
  readonly number: bigint;
  readonly at: Date;
  readonly comment: string;
  readonly revoked: readonly RevokedOf[];
}): Buffer {
  const sections = input.revoked
    .filter(({ serials }) => serials.length > 0)
    .map(({ caKey, serials }) =>
      Buffer.concat([
        Buffer.from([SECTION_CERTIFICATES]),
        text(Buffer.concat([text(caKey), text(''), ...serialSections(serials)])),
      ]),
    );
  return Buffer.concat([
    uint64(MAGIC),
    uint32(1),
    uint64(input.number),
    uint64(BigInt(Math.floor(input.at.getTime() / 1000))),
    uint64(0n),
    text(''),
    text(input.comment),
    ...sections,
  ]);
}

/** Serial 0 stands for "none" in OpenSSH and cannot be revoked; Reeve gives none. */
function serialSections(serials: readonly bigint[]): Buffer[] {
  const sorted = [...new Set(serials)].filter((serial) => serial > 0n).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const sections: Buffer[] = [];
  let single: bigint[] = [];
  const endList = (): void => {
    if (single.length > 0)
      sections.push(Buffer.concat([Buffer.from([SERIAL_LIST]), text(Buffer.concat(single.map(uint64)))]));
    single = [];
  };
  for (let i = 0; i < sorted.length;) {
    let end = i;
    while (end + 1 < sorted.length && sorted[end + 1] === (sorted[end] ?? 0n) + 1n) end += 1;
    const [first = 0n, last = 0n] = [sorted[i], sorted[end]];
    if (end - i < 2) single.push(...sorted.slice(i, end + 1));
    else {
      endList();
      sections.push(Buffer.concat([Buffer.from([SERIAL_RANGE]), text(Buffer.concat([uint64(first), uint64(last)]))]));
    }
    i = end + 1;
  }
  endList();
  return sections;
}
