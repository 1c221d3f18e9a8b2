import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { buildSync } from 'esbuild';

/** As deep as a folder of the source is, so that what looks for its own files finds them; packages are found from it too. */
const OUT = join(import.meta.dirname, '../../../node_modules/.cache/reeve/scripts');
/** As `npm run build` bundles the server. */
export const AS_BUILT = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  packages: 'external',
  logLevel: 'warning',
} as const;
const bundled = new Map<string, string>();

/**
 * Bundles a TypeScript file as `npm run build` bundles the server, once in a process, and answers the file to run: a
 * script that is started again and again, to be killed, would otherwise spend most of its life being translated.
 */
export function bundleScript(script: string): string {
  const before = bundled.get(script);
  if (before !== undefined) return before;
  const { outputFiles } = buildSync({
    entryPoints: [script],
    write: false,
    ...AS_BUILT,
  });
  const code = outputFiles[0]?.contents ?? new Uint8Array();
  const digest = createHash('sha256').update(code).digest('hex').slice(0, 16);
  const file = join(OUT, `${basename(script, '.ts')}-${digest}.mjs`);
  if (!existsSync(file)) {
    mkdirSync(OUT, { recursive: true });
    // others may be at the same: whole or not at all
    const draft = `${file}.${randomUUID()}`;
    writeFileSync(draft, code);
    renameSync(draft, file);
  }
  bundled.set(script, file);
  return file;
}
