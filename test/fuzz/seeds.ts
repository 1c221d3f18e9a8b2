import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../fixtures/wire');

/** What real programs said, captured once by `test/fixtures/wire/capture.ts`. */
export function captured(name: string): readonly Buffer[] {
  const lines = readFileSync(join(folder, `${name}.b64`), 'utf8')
    .trimEnd()
    .split('\n');
  return lines.map((line) => Buffer.from(line, 'base64'));
}
