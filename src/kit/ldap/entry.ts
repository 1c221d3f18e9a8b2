/** An entry as a server sent it. Values stay the bytes they came as until somebody asks for them. */
export interface LdapEntry {
  readonly dn: string;
  /** Attribute descriptions as the server wrote them, options included (`member;range=0-1499`). */
  readonly names: readonly string[];
  readonly controls: readonly LdapControl[];
  has(name: string): boolean;
  /** The first value as UTF-8. */
  text(name: string): string | undefined;
  /** All values as UTF-8, in the server's order. */
  texts(name: string): readonly string[];
  /** The first value as bytes. They are a view of the received message: copy what is kept for long. */
  bytes(name: string): Buffer | undefined;
  /** All values as bytes, of attributes that are no text. Views, as `bytes` is. */
  allBytes(name: string): readonly Buffer[];
  /** All values as UTF-8 one by one, so that half a million need not be held at once. */
  eachText(name: string): Iterable<string>;
}

/** RFC 4511 §4.1.11; the value is the bytes inside the OCTET STRING. */
export interface LdapControl {
  readonly oid: string;
  readonly critical?: boolean;
  readonly value?: Buffer;
}

/** How an operation ended (RFC 4511 §4.1.9), with what extended operations add. */
export interface LdapResult {
  readonly code: number;
  readonly matchedDn: string;
  /** The server's own text. */
  readonly diagnostic: string;
  readonly controls: readonly LdapControl[];
  readonly oid?: string;
  readonly value?: Buffer;
}

/** One message of a server. Id 0 is a notice nobody asked for, such as its goodbye. */
export type LdapMessage =
  | { readonly id: number; readonly kind: 'entry'; readonly entry: LdapEntry }
  | { readonly id: number; readonly kind: 'reference'; readonly urls: readonly string[] }
  | {
      readonly id: number;
      readonly kind: 'intermediate';
      readonly oid: string;
      readonly value: Buffer;
      readonly controls: readonly LdapControl[];
    }
  | { readonly id: number; readonly kind: 'result'; readonly result: LdapResult };

export type LdapValue = string | Buffer;

export interface LdapSearch {
  readonly base: string;
  readonly scope: 'base' | 'one' | 'sub';
  /** RFC 4515 text; build it with the `ldapFilter` tag, which escapes what is put in. */
  readonly filter: string;
  /** `*` all user attributes, `+` all operational ones, `1.1` none. */
  readonly attributes: readonly string[];
  readonly sizeLimit?: number;
  /** Seconds the server may work on it; 0 leaves it to the server. */
  readonly timeLimit?: number;
}

/** `delete` without values deletes the attribute; `replace` without values deletes it if it is there. */
export interface LdapModification {
  readonly do: 'add' | 'delete' | 'replace';
  readonly attribute: string;
  readonly values: readonly LdapValue[];
}

/** What can be asked of a server. */
export type LdapRequest =
  | { readonly op: 'bind'; readonly dn: string; readonly password: string }
  | ({ readonly op: 'search' } & LdapSearch)
  | { readonly op: 'add'; readonly dn: string; readonly attributes: Readonly<Record<string, readonly LdapValue[]>> }
  | { readonly op: 'modify'; readonly dn: string; readonly changes: readonly LdapModification[] }
  | { readonly op: 'delete'; readonly dn: string }
  | { readonly op: 'modify_dn'; readonly dn: string; readonly newRdn: string; readonly newSuperior?: string }
  | { readonly op: 'extended'; readonly oid: string; readonly value?: Buffer }
  | { readonly op: 'abandon'; readonly abandoned: number }
  | { readonly op: 'unbind' };
