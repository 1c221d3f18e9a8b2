/** Security descriptors as Samba writes them in words (MS-DTYP 2.5.1.1), for tests that hold our reading of the bytes against its own. */
import type { AllowedAce } from './wire/security-descriptor.ts';

const rights: Readonly<Record<string, number>> = {
  CC: 0x1,
  DC: 0x2,
  LC: 0x4,
  SW: 0x8,
  RP: 0x10,
  WP: 0x20,
  DT: 0x40,
  LO: 0x80,
  CR: 0x100,
  SD: 0x10000,
  RC: 0x20000,
  WD: 0x40000,
  WO: 0x80000,
  GA: 0x10000000,
  GX: 0x20000000,
  GW: 0x40000000,
  GR: 0x80000000,
};
const domainRids: Readonly<Record<string, number>> = {
  RO: 498,
  LA: 500,
  LG: 501,
  DA: 512,
  DU: 513,
  DG: 514,
  DC: 515,
  DD: 516,
  CA: 517,
  SA: 518,
  EA: 519,
  PA: 520,
  RS: 553,
};
const builtinRids: Readonly<Record<string, number>> = {
  BA: 544,
  BU: 545,
  BG: 546,
  PU: 547,
  AO: 548,
  SO: 549,
  PO: 550,
  BO: 551,
  RE: 552,
  RU: 554,
  RD: 555,
  NO: 556,
};
const others: Readonly<Record<string, string>> = {
  WD: 'S-1-1-0',
  CO: 'S-1-3-0',
  CG: 'S-1-3-1',
  OW: 'S-1-3-4',
  NU: 'S-1-5-2',
  IU: 'S-1-5-4',
  SU: 'S-1-5-6',
  AN: 'S-1-5-7',
  ED: 'S-1-5-9',
  PS: 'S-1-5-10',
  AU: 'S-1-5-11',
  SY: 'S-1-5-18',
  LS: 'S-1-5-19',
  NS: 'S-1-5-20',
};

function sidOf(text: string, domain: string): string {
  if (text.startsWith('S-1-')) return text;
  const [own, builtin, other] = [domainRids[text], builtinRids[text], others[text]];
  if (own !== undefined) return `${domain}-${own}`;
  if (builtin !== undefined) return `S-1-5-32-${builtin}`;
  if (other === undefined) throw new Error(`no SID known for ${text}`);
  return other;
}

function maskOf(text: string): number {
  if (text.startsWith('0x')) return Number(text);
  const codes = text.match(/../gu) ?? [];
  return codes.reduce((mask, code) => {
    const bit = rights[code];
    if (bit === undefined) throw new Error(`no right known as ${code}`);
    return (mask | bit) >>> 0;
  }, 0);
}

/** Owner and allowing entries of the text, SIDs spelled out. */
export function readSddl(
  text: string,
  domain: string,
): { readonly owner: string; readonly allowed: readonly AllowedAce[] } {
  const owner = /^O:(S-[\d-]+|[A-Z]{2})/u.exec(text)?.[1] ?? '';
  const list = /D:[A-Z]*((?:\([^)]*\))*)/u.exec(text)?.[1] ?? '';
  const allowed: AllowedAce[] = [];
  for (const [, entry = ''] of list.matchAll(/\(([^)]*)\)/gu)) {
    const [type = '', bits = '', mask = '', objectType = '', inheritedType = '', trustee = ''] = entry.split(';');
    if (type !== 'A' && type !== 'OA') continue;
    const flags = new Set(bits.match(/../gu) ?? []);
    allowed.push({
      trustee: sidOf(trustee, domain),
      mask: maskOf(mask),
      here: !flags.has('IO'),
      below: flags.has('CI'),
      inherited: flags.has('ID'),
      ...(objectType === '' ? {} : { objectType }),
      ...(inheritedType === '' ? {} : { inheritedType }),
    });
  }
  return { owner: sidOf(owner, domain), allowed };
}
