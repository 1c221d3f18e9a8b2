/** LDIF (RFC 2849), as the ldb tools read and print it. */

export type LdifValue = string | Buffer | readonly (string | Buffer)[];

/** An entry as printed: attribute → values. Names keep their case. */
export interface LdifEntry {
  readonly dn: string;
  readonly attributes: ReadonlyMap<string, readonly string[]>;
}

/** Values that would be misread as text, and all binary ones, go as base64. */
function line(name: string, value: string | Buffer): string {
  const plain = typeof value === 'string' && /^(?![ :<])[\x20-\x7e]*(?<! )$/.test(value);
  return plain ? `${name}: ${String(value)}\n` : `${name}:: ${Buffer.from(value).toString('base64')}\n`;
}

const lines = (name: string, value: LdifValue): string =>
  (Array.isArray(value) ? value : [value]).map((one: string | Buffer) => line(name, one)).join('');

/** An entry to be added. */
export const addition = (dn: string, attributes: Readonly<Record<string, LdifValue>>): string =>
  `${line('dn', dn)}changetype: add\n${Object.entries(attributes)
    .map(([name, value]) => lines(name, value))
    .join('')}\n`;

/** A change of attributes of one entry: `add` values, `replace` or `delete` them. */
export const modification = (
  dn: string,
  how: 'add' | 'replace' | 'delete',
  attributes: Readonly<Record<string, LdifValue>>,
): string =>
  `${line('dn', dn)}changetype: modify\n${Object.entries(attributes)
    .map(([name, value]) => `${how}: ${name}\n${lines(name, value)}-\n`)
    .join('')}\n`;

/** Entries of what a tool printed; comments and referrals are left out. */
export function readLdif(text: string): readonly LdifEntry[] {
  const entries: LdifEntry[] = [];
  for (const block of text.replaceAll(/\r?\n /g, '').split(/\r?\n\r?\n/)) {
    const attributes = new Map<string, string[]>();
    for (const each of block.split(/\r?\n/)) {
      const match = /^([A-Za-z][\w.;=*-]*)(::?) ?(.*)$/.exec(each);
      if (!match) continue;
      const [, name = '', mark, raw = ''] = match;
      const value = mark === '::' ? Buffer.from(raw, 'base64').toString('utf8') : raw;
      attributes.set(name, [...(attributes.get(name) ?? []), value]);
    }
    const dn = attributes.get('dn')?.[0];
    attributes.delete('dn');
    if (dn !== undefined) entries.push({ dn, attributes });
  }
  return entries;
}
