/** Security descriptors (MS-DTYP 2.4.6) as `nTSecurityDescriptor` holds them: who owns an object, and who may do what with it. */
import { guidText, malformed, sidLength, sidText } from './identifiers.ts';

export interface SecurityDescriptor {
  /** Absent where it was not asked for or is not set. */
  readonly owner?: string;
  /** Entries that allow something, in their order. */
  readonly allowed: readonly AllowedAce[];
  /** No list at all: everybody may do everything. */
  readonly open: boolean;
}

export interface AllowedAce {
  /** SID of who is allowed. */
  readonly trustee: string;
  /** Access mask (MS-ADTS 5.1.3.2), see {@link access}. */
  readonly mask: number;
  /** Counts for the object itself. */
  readonly here: boolean;
  /** Counts for what is below it. */
  readonly below: boolean;
  /** Came from above, where it is read too. */
  readonly inherited: boolean;
  /** The property, property set or extended right it is limited to. */
  readonly objectType?: string;
  /** The class of objects below it counts for. */
  readonly inheritedType?: string;
}

/** Bits of an access mask on a directory object. */
export const access = {
  self: 0x8,
  readProperty: 0x10,
  writeProperty: 0x20,
  extendedRight: 0x100,
  writeDacl: 0x40000,
  writeOwner: 0x80000,
  genericAll: 0x10000000,
  genericWrite: 0x40000000,
  genericRead: 0x80000000,
} as const;
/** What `genericAll` is spelled out as: every right an object of the directory knows. */
const EVERYTHING = 0xf01ff;

export const isEverything = (mask: number): boolean =>
  (mask & access.genericAll) !== 0 || (mask & EVERYTHING) === EVERYTHING;

const SELF_RELATIVE = 0x8000;
const DACL_PRESENT = 0x4;
const flags = { container: 0x2, inheritOnly: 0x8, inherited: 0x10 } as const;
/** ACCESS_ALLOWED, its object form, and the two with a condition behind, which counts as met (MS-DTYP 2.4.4). */
const plain: ReadonlySet<number> = new Set([0x00, 0x09]);
const withObject: ReadonlySet<number> = new Set([0x05, 0x0b]);

/** Throws TargetError `failed` where the bytes do not end as they say. */
export function readSecurityDescriptor(bytes: Buffer): SecurityDescriptor {
  if (bytes.length < 20 || bytes[0] !== 1) throw malformed('a security descriptor');
  const control = bytes.readUInt16LE(2);
  if ((control & SELF_RELATIVE) === 0) throw malformed('a security descriptor');
  const ownerAt = bytes.readUInt32LE(4);
  const daclAt = bytes.readUInt32LE(16);
  const present = (control & DACL_PRESENT) !== 0 && daclAt !== 0;
  return {
    ...(ownerAt === 0 ? {} : { owner: sidText(bytes, ownerAt) }),
    allowed: present ? readAcl(bytes, daclAt) : [],
    open: !present,
  };
}

function readAcl(bytes: Buffer, at: number): readonly AllowedAce[] {
  if (at + 8 > bytes.length) throw malformed('a security descriptor');
  const end = at + bytes.readUInt16LE(at + 2);
  const count = bytes.readUInt16LE(at + 4);
  if (end > bytes.length || end < at + 8) throw malformed('a security descriptor');
  const allowed: AllowedAce[] = [];
  let next = at + 8;
  for (let index = 0; index < count; index += 1) {
    if (next + 8 > end) throw malformed('a security descriptor');
    const size = bytes.readUInt16LE(next + 2);
    if (size < 8 || size % 4 !== 0 || next + size > end) throw malformed('a security descriptor');
    const ace = readAce(bytes.subarray(next, next + size));
    if (ace) allowed.push(ace);
    next += size;
  }
  return allowed;
}

/** Undefined for entries that deny, audit or label. */
function readAce(bytes: Buffer): AllowedAce | undefined {
  const [type = 0xff, bits = 0] = bytes;
  if (!plain.has(type) && !withObject.has(type)) return undefined;
  const common = {
    mask: bytes.readUInt32LE(4),
    here: (bits & flags.inheritOnly) === 0,
    below: (bits & flags.container) !== 0,
    inherited: (bits & flags.inherited) !== 0,
  };
  if (plain.has(type)) return { ...common, trustee: trusteeAt(bytes, 8) };
  if (bytes.length < 12) throw malformed('a security descriptor');
  const which = bytes.readUInt32LE(8);
  let at = 12;
  const types: { objectType?: string; inheritedType?: string } = {};
  if ((which & 1) !== 0) {
    types.objectType = guidText(bytes, at);
    at += 16;
  }
  if ((which & 2) !== 0) {
    types.inheritedType = guidText(bytes, at);
    at += 16;
  }
  return { ...common, ...types, trustee: trusteeAt(bytes, at) };
}

function trusteeAt(bytes: Buffer, at: number): string {
  if (at + 8 > bytes.length || at + sidLength(bytes, at) > bytes.length) throw malformed('a security descriptor');
  return sidText(bytes, at);
}
