import { readFile, readdir, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const worth = new Set(['.js', '.css', '.html', '.svg']);

/** Lays a `.br` and a `.gz` beside every text file of the build, so that the server sends them as they are. */
export const compress = (dir: string): Plugin => ({
  name: 'reeve-compress',
  apply: 'build',
  closeBundle: async () => {
    const files = await readdir(dir, { recursive: true });
    await Promise.all(
      files
        .filter((file) => worth.has(extname(file)))
        .map(async (file) => {
          const text = await readFile(join(dir, file));
          if (text.length < 512) return;
          await writeFile(join(dir, `${file}.gz`), await promisify(gzip)(text, { level: 9 }));
          await writeFile(
            join(dir, `${file}.br`),
            await promisify(brotliCompress)(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
          );
        }),
    );
  },
});
