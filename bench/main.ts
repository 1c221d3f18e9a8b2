import { existsSync, readdirSync } from 'node:fs';
import { report, type BenchLine } from './report.ts';

const here = import.meta.dirname;
const names = readdirSync(here)
  .filter((f) => f.endsWith('.ts') && f !== 'main.ts' && f !== 'report.ts' && !f.endsWith('.test.ts'))
  .map((f) => f.slice(0, -3));

const name = process.argv[2];
if (name === undefined || !existsSync(`${here}/${name}.ts`)) {
  console.error(`bench: name one of ${names.join(', ')}: npm run bench -- NAME`);
  process.exit(2);
}
const bench = (await import(`./${name}.ts`)) as { run: () => Promise<readonly BenchLine[]> };
report(await bench.run());
process.exit(0);
