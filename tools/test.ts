import { installNeeds } from '#lab/index.ts';
import { runStep } from './run-step.ts';

/**
 * `npm test`: installs what the tests need (when root on Debian or Ubuntu), builds, and runs them all. What cannot
 * run here is listed with its reason; under CI any such skip fails. Arguments go to vitest, to run a part.
 */
const { missing } = await installNeeds('test', (line) => console.log(line));
for (const need of missing) console.log(`SKIP ${need.without}: ${need.package} is missing (${need.because})`);
const only = process.argv.slice(2);
const built =
  only.length > 0 || (await runStep({ name: 'build', command: ['node_modules/.bin/tsx', 'tools/build.ts'] }));
const tests = await runStep(
  { name: 'tests', command: ['node_modules/.bin/vitest', 'run', ...only], seconds: 1500 },
  true,
);
const skipped = process.env['CI'] === 'true' && missing.length > 0;
if (skipped) console.log('CI treats a skip as a failure');
process.exitCode = built && tests && !skipped ? 0 : 1;
