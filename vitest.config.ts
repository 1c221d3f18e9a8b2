import { defineConfig } from 'vitest/config';

/** The library of a security module keeps what it knows for the life of a process, whoever uses it. */
const OF_A_TOKEN = ['src/kit/crypto/root-keys/pkcs11.test.ts', 'test/attacks/vault/root-key-changes.test.ts'];

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
          exclude: OF_A_TOKEN,
          // Loading and warming up the product anew for each of four hundred files was two thirds of the suite's time. A
          // file leaves nothing behind: what it started it stops, and what it keeps at module level it puts back.
          isolate: false,
        },
      },
      { extends: true, test: { name: 'alone', include: OF_A_TOKEN } },
    ],
    globalSetup: ['src/kit/testing/start-test-server.ts'],
    pool: 'forks',
    // More than the two cores: much of a test is waiting for a target, an outage or a clock.
    maxWorkers: 3,
    testTimeout: 75_000,
    hookTimeout: 120_000,
    // Many tests time real programs on two shared cores; a test that fails three times in a row has found something.
    retry: process.env['CI'] === 'true' ? 2 : 0,
    teardownTimeout: 20_000,
  },
});
