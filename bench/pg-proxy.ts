import { built } from './beside/built.ts';
import type { BenchLine } from './report.ts';

/** PostgreSQL through the gateway, built: see `bench/databases/pg-proxy.ts`. */
export async function run(): Promise<readonly BenchLine[]> {
  const bench = await built<typeof import('./databases/pg-proxy.ts')>(
    'pg-proxy',
    new URL('./databases/pg-proxy.ts', import.meta.url),
  );
  return await bench.run();
}
