import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'lab/**/*.test.ts', 'test/**/*.test.ts', 'tools/**/*.test.ts', 'bench/**/*.test.ts'],
    globalSetup: ['src/kit/testing/start-test-server.ts'],
    pool: 'forks',
    // More than the two cores: much of a test is waiting for a target, an outage or a clock.
    maxWorkers: 3,
    // Loading and warming up the product anew for each of two hundred files was two thirds of the suite's time. A file
    // leaves nothing behind: what it started it stops, and what it keeps at module level it puts back.
    isolate: false,
    testTimeout: 75_000,
    hookTimeout: 120_000,
    // Many tests time real programs on two shared cores; a test that fails three times in a row has found something.
    retry: process.env['CI'] === 'true' ? 2 : 0,
    teardownTimeout: 20_000,
  },
});
