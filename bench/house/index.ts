import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Targets } from '#connectors/port.ts';
import { systemClock } from '#kit/clock/index.ts';
import { keysOf, rootKeyOf, type Keys } from '#kit/crypto/index.ts';
import { migrate, openDb, startEmbedded, type Db } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { installJobs } from '#kit/jobs/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { assembleSpine, type Spine } from '#spine/assemble.ts';
import type { Decide } from '#spine/decide/index.ts';
import type { Module } from '#spine/operations/index.ts';

/** Nothing outside is called in a benchmark. */
export const noTargets: Targets = {
  use: () => Promise.reject(new AppError({ code: 'system.no_connector', status: 409, detail: 'none in a benchmark' })),
};

/** What the component `bench` may do, as a module. */
export const benchMay = (...actions: readonly string[]): Module => ({
  name: 'bench',
  policies: `
@id("bench.component_acts")
permit (principal == Reeve::Component::"bench", action in [${actions.map((a) => `Reeve::Action::"${a}"`).join(', ')}], resource);
`,
});

/** An empty house of these modules on the embedded PostgreSQL with its ordinary settings (fsync on), gone afterwards. */
export async function withHouse<T>(
  modules: (parts: { readonly decide: Decide; readonly db: Db; readonly keys: Keys }) => readonly Module[],
  work: (spine: Spine, db: Db, url: string) => Promise<T>,
): Promise<T> {
  const dataDir = mkdtempSync(join(tmpdir(), 'reeve-bench-'));
  const server = await startEmbedded({ dataDir, log: silentLog });
  const keys = keysOf(rootKeyOf(Buffer.alloc(32, 7)));
  try {
    await migrate({ url: server.url, log: silentLog });
    await installJobs({ url: server.url, log: silentLog });
    const db = await openDb({ url: server.url, clock: systemClock, log: silentLog });
    const parts = { db, clock: systemClock, log: silentLog, keys };
    const spine = await assembleSpine({ ...parts, modules: (decide) => modules({ decide, db, keys }) });
    try {
      return await work(spine, db, server.url);
    } finally {
      await db.close();
    }
  } finally {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** The most memory this process is seen to hold, looked at twenty times a second. */
export function watchMemory(): { stop: () => number } {
  let peak = process.memoryUsage.rss();
  const look = (): void => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  const timer = setInterval(look, 50);
  return {
    stop: () => {
      clearInterval(timer);
      look();
      return peak / 1024 / 1024;
    },
  };
}
