import { expect, it } from 'vitest';
import { fuzzFrames } from '#test/pg-rig/fuzz-frames.ts';

/** Attack 13, at random: for long runs `npm run chaos -- pg-frames`. */
it('hostile bytes of both sides, in any pieces, crash nothing, are taken the same, and let nothing refused through', () => {
  expect(() => fuzzFrames(4_000, 1)).not.toThrow();
});
