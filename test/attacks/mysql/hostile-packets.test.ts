import { expect, it } from 'vitest';
import { fuzzPackets } from '#test/mysql-rig/fuzz-packets.ts';

/** Attack 13, at random: for long runs `npm run chaos -- mysql-frames`. */
it('hostile bytes of both sides, in any pieces, crash nothing, are taken the same, and let nothing refused through', () => {
  expect(() => fuzzPackets(4_000, 1)).not.toThrow();
});
