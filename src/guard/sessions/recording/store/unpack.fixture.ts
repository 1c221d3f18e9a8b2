import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { framesOf } from './pack.ts';

/** Makes each chunk of a recording a file of its own, as a store has them that packs none; to change one of them. */
export function unpack(folder: string): void {
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.rvp'))) {
    const first = Number(name.slice(0, 6));
    for (const [i, chunk] of [...framesOf(readFileSync(join(folder, name)))].entries())
      writeFileSync(join(folder, `${String(first + i).padStart(6, '0')}.rvc`), chunk);
    rmSync(join(folder, name));
  }
}
