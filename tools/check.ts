import { runStep, type Step } from './run-step.ts';

/** `npm run check`: everything about the code that needs no database and no target. Under a minute. */
const steps: readonly Step[] = [
  { name: 'types', command: ['node', 'node_modules/typescript-native/bin/tsc', '--noEmit', '-p', '.'] },
  {
    name: 'types of the console',
    command: ['node', 'node_modules/typescript-native/bin/tsc', '--noEmit', '-p', 'console'],
  },
  { name: 'lint', command: ['node_modules/.bin/oxlint', '--deny-warnings'] },
  { name: 'format', command: ['node_modules/.bin/oxfmt', '--list-different'] },
  {
    name: 'import rules',
    command: [
      'node_modules/.bin/depcruise',
      'src',
      'console/src',
      'lab',
      'bench',
      'test',
      'tools',
      '--config',
      '.dependency-cruiser.cjs',
    ],
  },
  { name: 'supply', command: ['node_modules/.bin/tsx', 'tools/check-supply.ts'] },
  { name: 'dead code', command: ['node_modules/.bin/knip'] },
  { name: 'generated files', command: ['node_modules/.bin/tsx', 'tools/generate.ts', '--check'] },
  {
    name: 'contract lint',
    command: ['node_modules/.bin/redocly', 'lint', 'contract/openapi.json', '--config', 'tools/redocly.yaml'],
  },
];

let passed = 0;
for (const step of steps) if (await runStep(step)) passed += 1;
console.log(`${passed} passed, ${steps.length - passed} failed`);
process.exitCode = passed === steps.length ? 0 : 1;
