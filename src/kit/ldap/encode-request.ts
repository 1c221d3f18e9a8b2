/**
 * Requests into bytes. The only file that knows the ldapts library, of which it uses the message classes and the filter parser;
 * docs/decisions tells why not its client.
 */
import {
  AbandonRequest,
  AddRequest,
  AndFilter,
  Attribute,
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
import type { LdapControl, LdapRequest, LdapValue } from './entry.ts';
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

/** Whether text is a filter that can be sent. */
export function isLdapFilter(text: string): boolean {
  try {
    return parseFilter(text) !== undefined;
  } catch {
    return false;
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
