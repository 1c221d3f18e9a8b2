import { defineConfig } from 'vitest/config';

/** Run after all others, one at a time and each in a process of its own. */
const ALONE = [
  // The library of a security module keeps what it knows for the life of a process, whoever uses it.
  'src/kit/crypto/root-keys/pkcs11.test.ts',
  'test/attacks/vault/root-key-changes.test.ts',
  // It holds Reeve to seconds on these two cores.
  'test/journeys/a-hundred-leavers.test.ts',
];

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: [
            'src/**/*.test.ts',
            'lab/**/*.test.ts',
            'test/**/*.test.ts',
            'tools/**/*.test.ts',
            'bench/**/*.test.ts',
          ],
          exclude: ALONE,
          // Loading and warming up the product anew for each of four hundred files was two thirds of the suite's time. A
          // file leaves nothing behind: what it started it stops, and what it keeps at module level it puts back.
          isolate: false,
          // More than the two cores: much of a test is waiting for a target, an outage or a clock.
          maxWorkers: 3,
        },
      },
      {
        extends: true,
        test: { name: 'alone', include: ALONE, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
    globalSetup: ['src/kit/testing/start-test-server.ts'],
    pool: 'forks',
    testTimeout: 75_000,
    hookTimeout: 120_000,
    // Many tests time real programs on two shared cores; a test that fails three times in a row has found something.
    retry: process.env['CI'] === 'true' ? 2 : 0,
    teardownTimeout: 20_000,
  },
});
