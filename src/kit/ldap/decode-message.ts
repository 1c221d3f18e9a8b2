/** Bytes into answers (RFC 4511 §4). Walks the message where it lies and makes a string or a Buffer only of what is asked for. */
import { BerCursor } from './ber-cursor.ts';
import type { LdapControl, LdapEntry, LdapMessage, LdapResult } from './entry.ts';
import { LdapError } from './ldap-error.ts';

const tags = {
  octets: 0x04,
  boolean: 0x01,
  enumerated: 0x0a,
  sequence: 0x30,
  set: 0x31,
  controls: 0xa0,
  entry: 0x64,
  reference: 0x73,
  intermediate: 0x79,
} as const;
/** The results of bind, search, modify, add, delete, modify DN, compare and extended operations. */
const results: ReadonlySet<number> = new Set([0x61, 0x65, 0x67, 0x69, 0x6b, 0x6d, 0x6f, 0x78]);

/** One whole message. Throws LdapError `failed` where it is not what the RFC says. */
export function decodeMessage(frame: Buffer): LdapMessage {
  const outer = new BerCursor(frame, 0, frame.length);
  const message = outer.inside(tags.sequence);
  const id = message.integer(0x02);
  const tag = message.peek();
  const body = message.inside(tag);
  const controls = readControls(message);
  if (tag === tags.entry) return { id, kind: 'entry', entry: readEntry(body, controls) };
  if (tag === tags.reference) {
    const urls: string[] = [];
    while (body.more) urls.push(body.text(tags.octets));
    return { id, kind: 'reference', urls };
  }
  if (tag === tags.intermediate) {
    const oid = body.more && body.peek() === 0x80 ? body.text(0x80) : '';
    const value = body.more && body.peek() === 0x81 ? body.bytes(0x81) : Buffer.alloc(0);
    return { id, kind: 'intermediate', oid, value, controls };
  }
  if (!results.has(tag)) throw new LdapError('failed', 'an answer of the server is of a kind that does not exist');
  return { id, kind: 'result', result: readResult(body, controls) };
}

function readResult(body: BerCursor, controls: readonly LdapControl[]): LdapResult {
  const code = body.integer(tags.enumerated);
  const matchedDn = body.text(tags.octets);
  const diagnostic = body.text(tags.octets);
  const extra: { oid?: string; value?: Buffer } = {};
  while (body.more) {
    const tag = body.peek();
    if (tag === 0x8a) extra.oid = body.text(tag);
    else if (tag === 0x8b) extra.value = body.bytes(tag);
    else body.inside(tag);
  }
  return { code, matchedDn, diagnostic, controls, ...extra };
}

const noControls: readonly LdapControl[] = [];

function readControls(message: BerCursor): readonly LdapControl[] {
  if (!message.more || message.peek() !== tags.controls) return noControls;
  const controls: LdapControl[] = [];
  const list = message.inside(tags.controls);
  while (list.more) {
    const one = list.inside(tags.sequence);
    const oid = one.text(tags.octets);
    const critical = one.more && one.peek() === tags.boolean ? one.bytes(tags.boolean)[0] !== 0 : false;
    controls.push({ oid, critical, ...(one.more ? { value: one.bytes(tags.octets) } : {}) });
  }
  return controls;
}

function readEntry(body: BerCursor, controls: readonly LdapControl[]): LdapEntry {
  const dn = body.text(tags.octets);
  const names: string[] = [];
  const values = new Map<string, BerCursor>();
  const list = body.inside(tags.sequence);
  while (list.more) {
    const one = list.inside(tags.sequence);
    const name = one.text(tags.octets);
    names.push(name);
    values.set(name.toLowerCase(), one.inside(tags.set));
  }
  return new Entry(dn, names, controls, values);
}

class Entry implements LdapEntry {
  readonly dn: string;
  readonly names: readonly string[];
  readonly controls: readonly LdapControl[];
  readonly #values: ReadonlyMap<string, BerCursor>;

  constructor(
    dn: string,
    names: readonly string[],
    controls: readonly LdapControl[],
    values: ReadonlyMap<string, BerCursor>,
  ) {
    this.dn = dn;
    this.names = names;
    this.controls = controls;
    this.#values = values;
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase());
  }

  text(name: string): string | undefined {
    const values = this.#values.get(name.toLowerCase())?.again();
    return values?.more ? values.text(tags.octets) : undefined;
  }

  texts(name: string): readonly string[] {
    return [...this.eachText(name)];
  }

  bytes(name: string): Buffer | undefined {
    const values = this.#values.get(name.toLowerCase())?.again();
    return values?.more ? values.bytes(tags.octets) : undefined;
  }

  allBytes(name: string): readonly Buffer[] {
    const values = this.#values.get(name.toLowerCase())?.again();
    const found: Buffer[] = [];
    // oxlint-disable-next-line no-unmodified-loop-condition -- reading a value moves it on
    while (values?.more === true) found.push(values.bytes(tags.octets));
    return found;
  }

  *eachText(name: string): Iterable<string> {
    const values = this.#values.get(name.toLowerCase())?.again();
    // oxlint-disable-next-line no-unmodified-loop-condition -- reading a value moves it on
    while (values?.more === true) yield values.text(tags.octets);
  }
}
