export { aSecondMs } from './a-second.ts';
export { bundleScript } from './bundle-script.ts';
export { drainQueue } from './drain-queue.ts';
export { heapHeld } from './heap-held.ts';
export { testDatabase, type TestDatabase, type TestDatabaseOptions } from './test-database.ts';
export { until } from './until.ts';
export { firstLine, killAll, runScript, type OwnProcess } from './run-script.ts';
