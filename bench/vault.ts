import { built } from './beside/built.ts';
import type { BenchLine } from './report.ts';

/** Reads and writes of secrets over HTTP beside a constant, built: see `bench/vault/measure.ts`. */
export async function run(): Promise<readonly BenchLine[]> {
  const { measureVault } = await built<typeof import('./vault/measure.ts')>(
    'vault',
    new URL('./vault/measure.ts', import.meta.url),
    { load: new URL('./vault/load.ts', import.meta.url) },
  );
  return await measureVault();
}
