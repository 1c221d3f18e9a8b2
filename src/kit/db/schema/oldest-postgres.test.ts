import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { systemClock } from '#kit/clock/index.ts';
import { migrate, openDb, startEmbedded } from '#kit/db/index.ts';
import { installJobs } from '#kit/jobs/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { renderSchema } from './index.ts';

/** Where Debian puts the oldest PostgreSQL that is supported as an external database. */
const OLDEST = '/usr/lib/postgresql/15/bin';
const there = existsSync(OLDEST);
if (!there)
  console.log(`SKIP the oldest supported PostgreSQL: ${OLDEST} is not installed (apt-get install postgresql-15)`);

it.skipIf(!there)(
  'PostgreSQL 15 takes every migration and the job queue, and ends with the same schema',
  { timeout: 60_000 },
  async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'reeve-oldest-'));
    const server = await startEmbedded({ dataDir, binDir: OLDEST, log: silentLog, settings: { fsync: 'off' } });
    try {
      await migrate({ url: server.url, allowGaps: true });
      await installJobs({ url: server.url, log: silentLog });
      const db = await openDb({ url: server.url, clock: systemClock, log: silentLog });
      const schema = await renderSchema(db);
      await db.close();
      expect(schema).toBe(readFileSync('db/schema.sql', 'utf8'));
    } finally {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    }
  },
);
