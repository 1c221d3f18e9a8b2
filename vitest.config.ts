import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

/** Each in a process of its own: the library of a security module keeps what it knows for the life of one, whoever uses it. */
const APART = ['src/kit/crypto/root-keys/pkcs11.test.ts', 'test/attacks/vault/root-key-changes.test.ts'];

/** Run after all others, one at a time: they hold Reeve to seconds on these two cores. */
const ALONE = [
  'src/govern/requests/orders/orders.test.ts',
  'test/journeys/a-hundred-leavers.test.ts',
  'test/chaos/gateway.test.ts',
];

/** More than the two cores: much of a test is waiting for a target, an outage or a clock. */
const WORKERS = 3;

/** Said of each project, and not at the root: what a project inherits from there is started once more for each. */
const shared: TestProjectInlineConfiguration['test'] = {
  setupFiles: ['src/kit/testing/compare-bytes.ts'],
  pool: 'forks',
  testTimeout: 180_000,
  hookTimeout: 240_000,
  // Many tests time real programs on two shared cores; a test that fails three times in a row has found something.
  retry: process.env['CI'] === 'true' ? 2 : 0,
};

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: 'together',
          include: [
            'src/**/*.test.ts',
            'lab/**/*.test.ts',
            'test/**/*.test.ts',
            'tools/**/*.test.ts',
            'bench/**/*.test.ts',
          ],
          exclude: [...APART, ...ALONE],
          // Loading and warming up the product anew for each of four hundred files was two thirds of the suite's time. A
          // file leaves nothing behind: what it started it stops, and what it keeps at module level it puts back.
          isolate: false,
          maxWorkers: WORKERS,
        },
      },
      { test: { ...shared, name: 'apart', include: APART, maxWorkers: WORKERS } },
      { test: { ...shared, name: 'alone', include: ALONE, maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
    globalSetup: ['src/kit/testing/start-test-server.ts'],
    teardownTimeout: 20_000,
  },
});
