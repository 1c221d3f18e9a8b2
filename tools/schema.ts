import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#kit/clock/index.ts';
import { migrate, openDb, renderSchema, startEmbedded } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { silentLog } from '#kit/log/index.ts';

/** `tsx tools/schema.ts write|check`: db/schema.sql is what the migrations make, without duplicates, gaps or edits. */
const file = 'db/schema.sql';
const dataDir = mkdtempSync(join(tmpdir(), 'reeve-schema-'));
const server = await startEmbedded({ dataDir, log: silentLog, settings: { fsync: 'off', autovacuum: 'off' } });
const writing = process.argv[2] === 'write';
try {
  await migrate({ url: server.url, allowGaps: writing });
  const db = await openDb({ url: server.url, clock: systemClock, log: silentLog });
  const schema = await renderSchema(db);
  await db.close();
  if (writing) writeFileSync(file, schema);
  else if (readFileSync(file, 'utf8') !== schema) fail(`${file} is not what db/migrations make: npm run fix`);
} catch (error) {
  if (!(error instanceof AppError)) throw error;
  fail(`${error.message}${error.fix === undefined ? '' : ` (${error.fix})`}`);
} finally {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

function fail(why: string): void {
  console.error(why);
  process.exitCode = 1;
}
