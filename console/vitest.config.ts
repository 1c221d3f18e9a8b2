import { defineConfig } from 'vitest/config';

/** The console's own tests: pure functions in Node, no database. Its pages are tested with a real browser in test/journeys. */
export default defineConfig({
  test: { root: import.meta.dirname, include: ['src/**/*.test.ts'], testTimeout: 20_000 },
});
