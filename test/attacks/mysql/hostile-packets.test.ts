import { expect, it } from 'vitest';
import { fuzz } from '#test/fuzz/fuzz.ts';
import { mysqlFrames } from '#test/fuzz/parsers/mysql-frames.ts';

/** Attack 13, at random: for long runs `npm run chaos -- fuzz --parser mysql-frames`. */
it('hostile bytes of both sides, in any pieces, crash nothing, are taken the same, and let nothing refused through', () => {
  expect(() => fuzz(mysqlFrames, { inputs: 4_000, seed: 1 })).not.toThrow();
});
