/** How a PKCS#11 token is reached. */
export interface TokenSettings {
  /** The vendor's library, for instance /usr/lib/softhsm/libsofthsm2.so. */
  readonly module: string;
  /** The token's label. */
  readonly token: string;
  /** A file of mode 0600 that holds the user PIN. */
  readonly pinFile: string;
}

/** What the process that holds the library is first told: never on its command line or in its environment. */
export interface TokenStart {
  readonly module: string;
  readonly token: string;
  readonly pin: string;
}

/** What that process is asked then, and what it answers. */
export type TokenAsk = KeyAsk | BytesAsk;
interface KeyAsk {
  readonly n: number;
  readonly do: 'make' | 'find';
  readonly id: string;
}
interface BytesAsk {
  readonly n: number;
  readonly do: 'wrap' | 'unwrap';
  readonly bytes: Uint8Array;
  readonly context: string;
}
export type TokenAnswer =
  | { readonly n: number; readonly bytes?: Uint8Array }
  | { readonly n: number; readonly refused: 'absent' | 'does_not_open' | 'unreachable'; readonly why: string }
  | { readonly gone: string };
