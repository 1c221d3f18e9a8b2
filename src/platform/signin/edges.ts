import type { Db } from '#kit/db/index.ts';
import type { Keys } from '#kit/crypto/index.ts';

/** What sign-in is handed by the composition root. */
export interface SigninEdges {
  /** For what must be kept though the call is refused: counting wrong tries. */
  readonly db: Db;
  readonly keys: Keys;
  /** Where people reach the console: the WebAuthn origin, and its host the relying party id. */
  readonly publicUrl: string;
}
