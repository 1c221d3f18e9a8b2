import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/** Where packages are found from it, and nobody takes it for what was built to be installed. */
const OUT = join(import.meta.dirname, '../../../node_modules/.cache/reeve-chaos');

/** Builds the server as `npm run build` does, without the console. Answers the file to run. */
export async function bundleReeve(): Promise<string> {
  mkdirSync(OUT, { recursive: true });
  const outfile = join(OUT, `main-${process.pid}.js`);
  await build({
    entryPoints: ['src/main.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
  });
  return outfile;
}
