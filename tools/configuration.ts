import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { renderConfigurationReference } from '#kit/config/index.ts';

/** `tsx tools/configuration.ts write|check`: docs/reference/configuration.md agrees with the declared settings. */
const file = 'docs/reference/configuration.md';
if (process.argv[2] === 'write') {
  mkdirSync('docs/reference', { recursive: true });
  writeFileSync(file, renderConfigurationReference());
} else if (readFileSync(file, 'utf8') !== renderConfigurationReference()) {
  console.error(`${file} is out of date: npm run fix`);
  process.exitCode = 1;
}
