/**
 * The promise of a database gateway as a suite: for every client people use, through the gateway is like straight to the
 * server. Each case runs both ways with the real program against one server, and what it saw must be the same.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '#test/ssh-rig/run-program.ts';

/** One way to the server: straight, or through the gateway. Cases only see this. */
export interface DatabaseWay {
  readonly name: 'direct' | 'gateway';
  /** Variables by which the client programs find the server; with a database of this way's own. */
  env(database: string): Readonly<Record<string, string>>;
  readonly database: string;
  /** A folder of this way's own. */
  readonly dir: string;
}

export interface DatabaseCase {
  readonly title: string;
  see(way: DatabaseWay): Promise<unknown>;
}

/** Two ways to one server, each with an empty database. */
export interface DatabaseRig {
  env(way: DatabaseWay['name'], database: string): Readonly<Record<string, string>>;
  readonly databases: Readonly<Record<DatabaseWay['name'], string>>;
  stop(): Promise<void>;
}

/** Runs the suite. `start` answers a reason instead of a rig when this machine cannot; every case then says SKIP. */
export function databaseConformance(
  name: string,
  cases: readonly DatabaseCase[],
  start: () => Promise<DatabaseRig | { readonly skip: string }>,
): void {
  describe(`${name} is like the server itself`, () => {
    let rig: DatabaseRig | undefined;
    let reason = '';
    const root = mkdtempSync(join(tmpdir(), 'reeve-conformance-'));
    beforeAll(async () => {
      const started = await start();
      if ('skip' in started) reason = started.skip;
      else rig = started;
      if (reason !== '') console.log(`SKIP ${name}: ${reason}`);
    }, 60_000);
    afterAll(async () => {
      await rig?.stop();
      rmSync(root, { recursive: true, force: true });
    });

    it.for(cases.map((one) => [one.title, one] as const))('%s', { timeout: 60_000 }, async ([, one], context) => {
      const there = rig;
      if (there === undefined) return context.skip(reason);
      const way = (which: DatabaseWay['name']): DatabaseWay => {
        const dir = join(root, which);
        mkdirSync(dir, { recursive: true });
        return { name: which, dir, database: there.databases[which], env: (database) => there.env(which, database) };
      };
      // each way has a database of its own: they need not wait for each other
      const [direct, through] = await Promise.all([one.see(way('direct')), one.see(way('gateway'))]);
      expect(through).toEqual(direct);
    });
  });
}

/**
 * A shell line with the way's variables; `$DIR` is its folder, `$DB` its database. Exit code and outputs, long ones as
 * their digest; of what goes to stderr `said` takes out what only one way says.
 */
export const shellCase = (
  title: string,
  script: string,
  said: (text: string) => string = (text) => text,
): DatabaseCase => ({
  title,
  see: async (way) => {
    const ran = await run('bash', ['-c', script], {
      limitMs: 50_000,
      env: { ...way.env(way.database), DIR: way.dir, DB: way.database },
    });
    const show = (data: Buffer): string =>
      data.length > 8192
        ? `${data.length} bytes, sha256 ${createHash('sha256').update(data).digest('hex')}`
        : data.toString('latin1').replaceAll(way.dir, '$DIR').replaceAll(way.database, '$DB');
    return {
      code: ran.code,
      stdout: show(ran.stdout),
      stderr: show(Buffer.from(said(ran.stderr.toString('latin1')), 'latin1')),
    };
  },
});
