/**
 * Requests into bytes, bytes into answers. The only file that knows the ldapts library, of which it uses the message classes and
 * the BER reader and writer; docs/decisions tells why not its client.
 */
import {
  AbandonRequest,
  AddRequest,
  AndFilter,
  Attribute,
  BerReader,
  BindRequest,
  Change,
  Control,
  DeleteRequest,
  EqualityFilter,
  ExtendedRequest,
  ExtensibleFilter,
  FilterParser,
  ModifyDNRequest,
  ModifyRequest,
  NotFilter,
  OrFilter,
  PresenceFilter,
  SearchRequest,
  SubstringFilter,
  UnbindRequest,
  type BerWriter,
  type Filter,
} from 'ldapts';
import { readBer } from './ber.ts';
import type { LdapControl, LdapEntry, LdapMessage, LdapRequest, LdapResult, LdapValue } from './entry.ts';
import { LdapError, oneLine } from './ldap-error.ts';

/** The library's writer mends its lengths in place and has no room check above this: larger requests are to be split. */
const MAX_REQUEST_BYTES = 500_000;

/** Throws LdapError `refused` for a filter that does not parse and for a request that is too large. */
export function encodeRequest(id: number, request: LdapRequest, controls: readonly LdapControl[] = []): Buffer {
  const options = { messageId: id, controls: controls.map((control) => new RawControl(control)) };
  const bytes = messageOf(request, options).write();
  if (bytes.length > MAX_REQUEST_BYTES)
    throw new LdapError(
      'refused',
      `a request of ${bytes.length} bytes is too large; split it below ${MAX_REQUEST_BYTES}`,
    );
  return bytes;
}

class RawControl extends Control {
  readonly #value: Buffer | undefined;
  constructor(control: LdapControl) {
    super(control.oid, { critical: control.critical ?? false });
    this.#value = control.value;
  }
  override writeControl(writer: BerWriter): void {
    if (this.#value) writer.writeBuffer(this.#value, 0x04);
  }
}

function messageOf(request: LdapRequest, options: { messageId: number; controls: Control[] }): { write(): Buffer } {
  switch (request.op) {
    case 'bind':
      return new BindRequest({ ...options, dn: request.dn, password: request.password });
    case 'search':
      return new SearchRequest({
        ...options,
        baseDN: request.base,
        scope: request.scope,
        filter: parseFilter(request.filter),
        attributes: [...request.attributes],
        sizeLimit: request.sizeLimit ?? 0,
        timeLimit: request.timeLimit ?? 0,
      });
    case 'add':
      return new AddRequest({
        ...options,
        dn: request.dn,
        attributes: Object.entries(request.attributes).map(([type, values]) => attributeOf(type, values)),
      });
    case 'modify':
      return new ModifyRequest({
        ...options,
        dn: request.dn,
        changes: request.changes.map(
          (change) => new Change({ operation: change.do, modification: attributeOf(change.attribute, change.values) }),
        ),
      });
    case 'delete':
      return new DeleteRequest({ ...options, dn: request.dn });
    case 'modify_dn':
      return new ModifyDNRequest({
        ...options,
        dn: request.dn,
        newRdn: request.newRdn,
        deleteOldRdn: true,
        ...(request.newSuperior === undefined ? {} : { newSuperior: request.newSuperior }),
      });
    case 'extended':
      return new ExtendedRequest({ ...options, oid: request.oid, ...(request.value ? { value: request.value } : {}) });
    case 'abandon':
      return new AbandonRequest({ ...options, abandonId: request.abandoned });
    case 'unbind':
      return new UnbindRequest(options);
  }
}

const attributeOf = (type: string, values: readonly LdapValue[]): Attribute =>
  new Attribute({ type, values: values.map((value) => (typeof value === 'string' ? Buffer.from(value) : value)) });

/**
 * RFC 4515 text as a filter. The library turns each escaped byte into a character of its own, which breaks every value that is
 * not ASCII; so it is given the bytes as characters, and what it found is turned back into bytes.
 */
function parseFilter(text: string): Filter {
  try {
    return restored(FilterParser.parseString(Buffer.from(text, 'utf8').toString('latin1')));
  } catch {
    throw new LdapError('refused', `\`${oneLine(text)}\` is no LDAP filter (RFC 4515)`);
  }
}

function restored(filter: Filter): Filter {
  if (filter instanceof AndFilter || filter instanceof OrFilter) for (const part of filter.filters) restored(part);
  else if (filter instanceof NotFilter) restored(filter.filter);
  else if (filter instanceof EqualityFilter) filter.value = Buffer.from(String(filter.value), 'latin1');
  else if (filter instanceof SubstringFilter) {
    filter.initial = utf8(filter.initial);
    filter.any = filter.any.map(utf8);
    filter.final = utf8(filter.final);
  } else if (filter instanceof ExtensibleFilter) filter.value = utf8(filter.value);
  else if (!(filter instanceof PresenceFilter) && 'value' in filter) filter.value = utf8(String(filter.value));
  return filter;
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const utf8 = (bytes: string): string => strictUtf8.decode(Buffer.from(bytes, 'latin1'));

/** One whole message. Throws LdapError `failed` where it is not what RFC 4511 §4 says. */
export function decodeMessage(frame: Buffer): LdapMessage {
  try {
    return decoded(new BerReader(frame), frame.length);
  } catch (error) {
    if (error instanceof LdapError) throw error;
    throw malformed();
  }
}

const malformed = (): LdapError => new LdapError('failed', 'an answer of the server is malformed');
const must = <Value>(value: Value | null | undefined): Value => {
  if (value === null || value === undefined) throw malformed();
  return value;
};

/** Steps into a constructed value and gives where it ends. */
function into(reader: BerReader, limit: number, tag?: number): number {
  must(reader.readSequence(tag));
  const end = reader.offset + reader.length;
  if (end > limit) throw malformed();
  return end;
}

const octets = (reader: BerReader, tag = 0x04): Buffer => must(reader.readString(tag, true));
const string = (reader: BerReader, tag = 0x04): string => must(reader.readString(tag, false));

function decoded(reader: BerReader, limit: number): LdapMessage {
  const messageEnd = into(reader, limit, 0x30);
  const id = must(reader.readInt());
  const tag = must(reader.peek());
  const end = into(reader, messageEnd);
  if (tag === 0x64) {
    const dn = string(reader);
    const attributes = readAttributes(reader, end);
    return { id, kind: 'entry', entry: entryOf(dn, attributes, readControls(reader, messageEnd)) };
  }
  if (tag === 0x73) {
    const urls: string[] = [];
    while (reader.offset < end) urls.push(string(reader));
    return { id, kind: 'reference', urls };
  }
  if (tag === 0x79) {
    const oid = reader.offset < end && reader.peek() === 0x80 ? string(reader, 0x80) : '';
    const value = reader.offset < end && reader.peek() === 0x81 ? octets(reader, 0x81) : Buffer.alloc(0);
    return { id, kind: 'intermediate', oid, value, controls: readControls(reader, messageEnd) };
  }
  const answers = new Set([0x61, 0x65, 0x67, 0x69, 0x6b, 0x6d, 0x6f, 0x78]);
  if (!answers.has(tag)) throw malformed();
  return { id, kind: 'result', result: readResult(reader, end, messageEnd) };
}

function readResult(reader: BerReader, end: number, messageEnd: number): LdapResult {
  const code = must(reader.readEnumeration());
  const matchedDn = string(reader);
  const diagnostic = string(reader);
  const extra: { oid?: string; value?: Buffer } = {};
  while (reader.offset < end) {
    const tag = must(reader.peek());
    if (tag === 0x8a) extra.oid = string(reader, tag);
    else if (tag === 0x8b) extra.value = octets(reader, tag);
    else reader.offset = into(reader, end);
  }
  return { code, matchedDn, diagnostic, controls: readControls(reader, messageEnd), ...extra };
}

function readControls(reader: BerReader, limit: number): readonly LdapControl[] {
  const controls: LdapControl[] = [];
  if (reader.offset >= limit || reader.peek() !== 0xa0) return controls;
  const end = into(reader, limit);
  while (reader.offset < end) {
    const one = into(reader, end, 0x30);
    const oid = string(reader);
    const critical = reader.offset < one && reader.peek() === 0x01 ? must(reader.readBoolean()) : false;
    const value = reader.offset < one ? octets(reader) : undefined;
    controls.push({ oid, critical, ...(value ? { value } : {}) });
    reader.offset = one;
  }
  return controls;
}

/** Attribute → the bytes of its values, one BER string after the other. */
type RawAttributes = ReadonlyMap<string, { readonly name: string; readonly values: Buffer }>;

function readAttributes(reader: BerReader, limit: number): RawAttributes {
  const attributes = new Map<string, { name: string; values: Buffer }>();
  const end = into(reader, limit, 0x30);
  while (reader.offset < end) {
    const one = into(reader, end, 0x30);
    const name = string(reader);
    const valuesEnd = into(reader, one, 0x31);
    attributes.set(name.toLowerCase(), { name, values: reader.buffer.subarray(reader.offset, valuesEnd) });
    reader.offset = one;
  }
  return attributes;
}

function entryOf(dn: string, attributes: RawAttributes, controls: readonly LdapControl[]): LdapEntry {
  function* values(name: string): Iterable<Buffer> {
    for (const value of readBer(attributes.get(name.toLowerCase())?.values ?? Buffer.alloc(0))) yield value.content;
  }
  const bytes = (name: string): Buffer | undefined => {
    for (const value of values(name)) return value;
    return undefined;
  };
  return {
    dn,
    names: [...attributes.values()].map((attribute) => attribute.name),
    controls,
    has: (name) => attributes.has(name.toLowerCase()),
    text: (name) => bytes(name)?.toString('utf8'),
    texts: (name) => Array.from(values(name), (value) => value.toString('utf8')),
    bytes,
    values,
  };
}
