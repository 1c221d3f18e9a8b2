import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { BenchLine } from './report.ts';

/** Where packages are found from it. */
const OUT = join(import.meta.dirname, '../node_modules/.cache/reeve-bench/vault');
const at = (url: URL): string => fileURLToPath(url);

/**
 * Reads and writes of secrets over HTTP beside a constant (see `bench/vault/measure.ts`), built as `npm run build` builds
 * the server: what loads TypeScript by itself gives every function its name each time it is made, and nobody runs that.
 */
export async function run(): Promise<readonly BenchLine[]> {
  mkdirSync(OUT, { recursive: true });
  await build({
    entryPoints: {
      measure: at(new URL('./vault/measure.ts', import.meta.url)),
      load: at(new URL('./vault/load.ts', import.meta.url)),
    },
    outdir: OUT,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
  });
  const { measureVault } = (await import(
    pathToFileURL(join(OUT, 'measure.js')).href
  )) as typeof import('./vault/measure.ts');
  return await measureVault();
}
