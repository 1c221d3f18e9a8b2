import { setTimeout as pause } from 'node:timers/promises';
import { silentLog } from '#kit/log/index.ts';
import { startWorker } from '#kit/jobs/index.ts';
import { openReader } from './open-reader.ts';

/** A worker for tests that kill it while it reads: `run-reader.ts URL ROOT`. Says when it is up, and each piece it kept. */
const [url = '', root = ''] = process.argv.slice(2);
const { db, spine } = await openReader({
  url,
  root,
  onKept: async (what) => {
    console.log(JSON.stringify(what));
    await pause(100);
  },
});
await startWorker({ url, db, log: silentLog, tasks: spine.tasks, abandonedEveryMs: 500 });
console.log('"up"');
