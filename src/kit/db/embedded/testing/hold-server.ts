import { startEmbedded } from '#kit/db/index.ts';
import { openLog } from '#kit/log/index.ts';

/**
 * A Reeve that does nothing but keep its PostgreSQL, for tests that kill it: `hold-server.ts DATA_DIR`. Prints one line
 * of JSON when it is up, the log to standard error, and stops in order on SIGTERM.
 */
const [dataDir = ''] = process.argv.slice(2);
const log = openLog({ level: 'info', to: { write: (line) => process.stderr.write(line) } });
const server = await startEmbedded({ dataDir, log });
const alive = setInterval(() => undefined, 1_000);
process.once('SIGTERM', () => {
  clearInterval(alive);
  void server.stop();
});
console.log(JSON.stringify({ url: server.url, adminUrl: server.adminUrl, port: server.port, pid: server.pid() }));
