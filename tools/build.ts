import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { build as buildConsole } from 'vite';
import { AS_BUILT } from '#kit/testing/bundle-script.ts';
import { ANSWERS_FILE, shippedAnswers } from '#spine/decide/index.ts';
import { listModules } from './list-modules.ts';

/** `npm run build`: one bundle for the server, one for each thread or process it works in, one for the command line, one folder for the console. */
rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints: {
    main: 'src/main.ts',
    cli: 'src/surfaces/cli/main.ts',
    'mining-thread': 'src/govern/roles/mining-thread.ts',
    'token-holder': 'src/kit/crypto/root-keys/token-holder.ts',
  },
  outdir: 'dist',
  ...AS_BUILT,
  sourcemap: 'linked',
});
writeFileSync(`dist/${ANSWERS_FILE}`, JSON.stringify(shippedAnswers(listModules())));
cpSync('contract/openapi.json', 'dist/openapi.json');
cpSync('db/migrations', 'dist/migrations', { recursive: true });
await buildConsole({ configFile: 'console/vite.config.ts', logLevel: 'warn' });
console.log('built dist/main.js, dist/cli.js and dist/console');
