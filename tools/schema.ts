import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#kit/clock/index.ts';
import { migrate, openDb, renderSchema, startEmbedded } from '#kit/db/index.ts';
import { silentLog } from '#kit/log/index.ts';

/** `tsx tools/schema.ts write|check`: db/schema.sql is what the migrations make, without duplicates, gaps or edits. */
const file = 'db/schema.sql';
const dataDir = mkdtempSync(join(tmpdir(), 'reeve-schema-'));
const server = await startEmbedded({ dataDir, log: silentLog, settings: { fsync: 'off', autovacuum: 'off' } });
try {
  await migrate({ url: server.url });
  const db = await openDb({ url: server.url, clock: systemClock, log: silentLog });
  const schema = await renderSchema(db);
  await db.close();
  if (process.argv[2] === 'write') writeFileSync(file, schema);
  else if (readFileSync(file, 'utf8') !== schema) {
    console.error(`${file} is not what db/migrations make: npm run fix`);
    process.exitCode = 1;
  }
} finally {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
