import { keysOf, rootKeyOf } from '../keys.ts';
import { open, seal, sealingKey } from '../seal.ts';
import { wipe } from '../digest.ts';
import type { RootKeyInReach } from './root-key.ts';

/** Names a root key of 32 bytes without telling it. */
export const rootKeyId = (secret: Buffer): string => keysOf(rootKeyOf(secret)).id;

/** A root key of 32 bytes that is held in memory while it is needed: from a file, or joined of shares. Takes the Buffer over. */
export function rootKeyInMemory(secret: Buffer): RootKeyInReach {
  const id = rootKeyId(secret);
  const derived = rootKeyOf(secret).derive('wrap ring keys');
  const key = sealingKey(derived);
  wipe(derived);
  return {
    id,
    wrap: async (plain, context) => seal(key, plain, `key:${context}`),
    unwrap: async (wrapped, context) => open(key, wrapped, `key:${context}`),
    close: async () => wipe(secret),
  };
}
