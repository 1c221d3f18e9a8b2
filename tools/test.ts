import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { installNeeds } from '#lab/index.ts';
import { runStep } from './run-step.ts';

/**
 * `npm test`: installs what the tests need (when root on Debian or Ubuntu), builds, and runs them all. What cannot
 * run here is listed with its reason; under CI any skip is a failure. Arguments go to vitest, to run a part.
 */
const { missing } = await installNeeds('test', (line) => console.log(line));
for (const need of missing) console.log(`SKIP ${need.without}: ${need.package} is missing (${need.because})`);

const only = process.argv.slice(2);
// It is compiled where it is installed: where there was no compiler then, there is one by now.
const modules = createRequire(import.meta.url);
try {
  modules('pkcs11js');
} catch {
  await runStep({ name: 'compile pkcs11js', command: ['npm', 'rebuild', 'pkcs11js'] });
}
const built =
  (only.length > 0 && existsSync('dist/console/index.html')) ||
  (await runStep({ name: 'build', command: ['node_modules/.bin/tsx', 'tools/build.ts'] }));
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
    seconds: 5400,
  },
  true,
);
const consoleTests = await runStep({
  name: 'tests of the console',
  command: ['node_modules/.bin/vitest', 'run', '--config', 'console/vitest.config.ts'],
});

/** What vitest's JSON report says, as far as it is read here. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly startTime: number;
    readonly endTime: number;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}
const counts: Report = existsSync(report)
  ? (JSON.parse(readFileSync(report, 'utf8')) as Report)
  : { numPassedTests: 0, numFailedTests: 1, numPendingTests: 0, numTodoTests: 0, testResults: [] };
rmSync(folder, { recursive: true });
console.log(slowest(counts));
for (const line of failures(counts)) console.log(line);
const skipped = counts.numPendingTests + counts.numTodoTests;
const refusedSkip = process.env['CI'] === 'true' && (skipped > 0 || missing.length > 0);
if (refusedSkip) console.log('CI treats a skip as a failure');
console.log(`${counts.numPassedTests} passed, ${counts.numFailedTests} failed, ${skipped} skipped`);
process.exitCode = built && server && consoleTests && !refusedSkip && counts.numFailedTests === 0 ? 0 : 1;

/** Where the time goes, for whoever finds that it takes too long. */
function slowest({ testResults }: Report): string {
  const files = testResults
    .map(({ name, startTime, endTime }) => ({ name: name.replace(`${process.cwd()}/`, ''), ms: endTime - startTime }))
    .toSorted((a, b) => b.ms - a.ms);
  const all = files.reduce((sum, { ms }) => sum + ms, 0);
  const lines = files.slice(0, 20).map(({ name, ms }) => `  ${(ms / 1000).toFixed(1).padStart(7)} s  ${name}`);
  return [`${files.length} files took ${Math.round(all / 1000)} s one after the other; the slowest:`, ...lines].join(
    '\n',
  );
}

/** Each failure in a few lines, said last: a log that is kept only by its end still says what failed and why. */
function failures({ testResults }: Report): readonly string[] {
  const root = `${process.cwd()}/`;
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = name.replace(root, '');
    const failed = assertionResults.filter((test) => test.status === 'failed');
    const said = (text: string): string => stripVTControlCharacters(text).slice(0, 1500);
    if (failed.length === 0) return status === 'failed' ? [`FAIL ${file}: ${said(message)}`] : [];
    return failed.map((test) => `FAIL ${file} > ${test.fullName}: ${said(test.failureMessages.join('\n'))}`);
  });
}
