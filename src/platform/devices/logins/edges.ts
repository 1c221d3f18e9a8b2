import type { Keys } from '#kit/crypto/index.ts';
import type { TakeStepUp } from '#spine/operations/index.ts';

/** What logins that their person agrees to are handed by the composition root. */
export interface LoginEdges {
  readonly keys: Keys;
  /** Where people reach the console. */
  readonly publicUrl: string;
  /** The process whose gateway asks. */
  readonly node: string;
}

/** What the operations on keys and logins are handed. */
export interface DeviceEdges {
  readonly keys: Keys;
  readonly takeStepUp: TakeStepUp;
}
