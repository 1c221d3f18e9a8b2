import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installNeeds } from '#lab/index.ts';
import { runStep } from './run-step.ts';

/**
 * `npm test`: installs what the tests need (when root on Debian or Ubuntu), builds, and runs them all. What cannot
 * run here is listed with its reason; under CI any skip is a failure. Arguments go to vitest, to run a part.
 */
const { missing } = await installNeeds('test', (line) => console.log(line));
for (const need of missing) console.log(`SKIP ${need.without}: ${need.package} is missing (${need.because})`);

const only = process.argv.slice(2);
const built =
  (only.length > 0 && existsSync('dist/console/index.html')) ||
  (await runStep({ name: 'build', command: ['node_modules/.bin/tsx', 'tools/build.ts'], seconds: 180 }));
const folder = mkdtempSync(join(tmpdir(), 'reeve-test-'));
const report = join(folder, 'report.json');
const server = await runStep(
  {
    name: 'tests',
    command: [
      'node_modules/.bin/vitest',
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...only,
    ],
    seconds: 3600,
  },
  true,
);
const consoleTests = await runStep({
  name: 'tests of the console',
  command: ['node_modules/.bin/vitest', 'run', '--config', 'console/vitest.config.ts'],
  seconds: 300,
});

interface Counts {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
}
const counts: Counts = existsSync(report)
  ? (JSON.parse(readFileSync(report, 'utf8')) as Counts)
  : { numPassedTests: 0, numFailedTests: 1, numPendingTests: 0, numTodoTests: 0 };
rmSync(folder, { recursive: true });
const skipped = counts.numPendingTests + counts.numTodoTests;
const refusedSkip = process.env['CI'] === 'true' && (skipped > 0 || missing.length > 0);
if (refusedSkip) console.log('CI treats a skip as a failure');
console.log(`${counts.numPassedTests} passed, ${counts.numFailedTests} failed, ${skipped} skipped`);
process.exitCode = built && server && consoleTests && !refusedSkip && counts.numFailedTests === 0 ? 0 : 1;
