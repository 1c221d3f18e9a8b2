import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { AS_BUILT } from '#kit/testing/bundle-script.ts';

/** Packages are found from it. */
const OUT = join(import.meta.dirname, '../../node_modules/.cache/reeve-bench');

/**
 * Builds modules of a bench as `npm run build` builds the server, and answers the folder they are in, each as `NAME.js`.
 * What loads TypeScript by itself gives every function its name each time it is made, and nobody runs that.
 */
export async function builtInto(bench: string, entries: Readonly<Record<string, URL>>): Promise<string> {
  const outdir = join(OUT, bench);
  mkdirSync(outdir, { recursive: true });
  await build({
    entryPoints: Object.fromEntries(Object.entries(entries).map(([name, url]) => [name, fileURLToPath(url)])),
    outdir,
    ...AS_BUILT,
  });
  return outdir;
}

/** A module, built; what it names by its own place has to be in `beside`. */
export async function built<Module>(
  bench: string,
  url: URL,
  beside: Readonly<Record<string, URL>> = {},
): Promise<Module> {
  const folder = await builtInto(bench, { [bench]: url, ...beside });
  return (await import(pathToFileURL(join(folder, `${bench}.js`)).href)) as Module;
}
