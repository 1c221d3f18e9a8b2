import { built } from './beside/built.ts';
import type { BenchLine } from './report.ts';

/** One long stream through the SSH gateway, built: see `bench/ssh/bulk.ts`. */
export async function run(): Promise<readonly BenchLine[]> {
  const bench = await built<typeof import('./ssh/bulk.ts')>('ssh-bulk', new URL('./ssh/bulk.ts', import.meta.url));
  return await bench.run();
}
