import { systemClock } from '#kit/clock/index.ts';
import { openDb } from '#kit/db/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { startWorker } from '../index.ts';

/** A worker for tests that kill it: `run-worker.ts URL`. Says when it is up and when it began a job, and never ends one. */
const [url = ''] = process.argv.slice(2);
const db = await openDb({ url, clock: systemClock, log: silentLog });
await startWorker({
  url,
  db,
  log: silentLog,
  tasks: {
    fragile: async () => {
      console.log('"began"');
      await new Promise(() => undefined);
    },
  },
});
console.log('"up"');
