import { systemClock } from '#kit/clock/index.ts';
import { openDb, sql } from '#kit/db/index.ts';
import { silentLog } from '#kit/log/index.ts';

/**
 * A writer for tests that kill things: `write-rows.ts URL WRITERS FIRST`. Commits rows without end and prints the number
 * of each once its commit was acknowledged. Goes on after errors; what failed is not printed.
 */
const [url = '', writers = '1', first = '0'] = process.argv.slice(2);
const db = await openDb({ url, clock: systemClock, log: silentLog, max: Number(writers), reconnectMs: 100 });
let next = Number(first);
const write = async (): Promise<never> => {
  for (;;) {
    const n = next;
    next += 1;
    try {
      await db.tx(async (tx) => {
        await tx.run(sql`insert into ack (n, half) values (${n}, 1)`);
        await tx.run(sql`insert into ack (n, half) values (${n}, 2)`);
      });
      process.stdout.write(`${n}\n`);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
};
await Promise.all(Array.from({ length: Number(writers) }, write));
