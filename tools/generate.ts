import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import openapiTS, { astToString } from 'openapi-typescript';
import { renderConfigurationReference } from '#kit/config/index.ts';
import { contractFiles } from './contract.ts';
import { notices } from './notices.ts';

/**
 * `npm run fix` writes every generated file; `--check` (in `npm run check`) names those that differ. The database
 * snapshot is apart, in tools/schema.ts, because it needs a database.
 */
const check = process.argv.includes('--check');
const contract = contractFiles();
const openapi = contract['contract/openapi.json'] ?? '{}';
const files: Record<string, string> = {
  ...contract,
  'console/src/api/schema.gen.ts': `// Generated from contract/openapi.json; \`npm run fix\` writes it.\n${astToString(await openapiTS(openapi))}`,
  'docs/reference/configuration.md': renderConfigurationReference(),
  'THIRD-PARTY-NOTICES.md': notices(),
};

const stale: string[] = [];
for (const [path, text] of Object.entries(files)) {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
  if (check) stale.push(path);
  else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    console.log(`wrote ${path}`);
  }
}
if (stale.length > 0) {
  console.error(`out of date: ${stale.join(', ')}. Run npm run fix and read the difference.`);
  process.exitCode = 1;
}
if (!check && process.argv.includes('--schema')) {
  execFileSync('node_modules/.bin/tsx', ['tools/schema.ts', 'write'], { stdio: 'inherit' });
}
