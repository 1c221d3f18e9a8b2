import { built } from './beside/built.ts';
import type { BenchLine } from './report.ts';

/** MySQL through the gateway, built: see `bench/databases/mysql-proxy.ts`. */
export async function run(): Promise<readonly BenchLine[]> {
  const bench = await built<typeof import('./databases/mysql-proxy.ts')>(
    'mysql-proxy',
    new URL('./databases/mysql-proxy.ts', import.meta.url),
  );
  return await bench.run();
}
