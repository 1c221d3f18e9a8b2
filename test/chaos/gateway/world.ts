import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded } from '#kit/db/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { bundleScript } from '#kit/testing/index.ts';
import { startMariadb, startPostgres } from '#lab/index.ts';
import { startApplication } from '#test/http-rig/application.ts';
import { findSshd, startSshd } from '#test/ssh-rig/sshd.ts';
import { openBeside, type Beside } from './beside.ts';
import { peopleOn, type Visitor } from './people.ts';
import { busyOf, protocolsOf } from './protocols.ts';
import { startPart, type Part } from './start-part.ts';
import type { Protocol } from './talking.ts';

/** One Reeve in three processes over one database, with real targets behind it and people who may come. */
export interface World {
  readonly beside: Beside;
  readonly api: Part;
  readonly gateways: readonly [Part, Part];
  /** Each with a client that tells the time. */
  readonly protocols: readonly Protocol[];
  /** Those whose clients do something else. */
  readonly busy: readonly Protocol[];
  readonly visitors: readonly Visitor[];
  readonly officer: string;
  readonly administrator: string;
  stop(): Promise<void>;
}

/** Starts it; with `databaseUrl` over that database, which is empty or migrated, else over a PostgreSQL of its own. */
export async function startWorld(input: {
  readonly visitors: number;
  readonly databaseUrl?: string | undefined;
}): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-apart-'));
  chmodSync(folder, 0o755);
  const stops: (() => Promise<unknown>)[] = [async () => rmSync(folder, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const one of stops.toReversed()) await one().catch(() => undefined);
  };
  const kept = <T extends { stop(): Promise<unknown> }>(one: T): T => {
    stops.push(() => one.stop());
    return one;
  };
  try {
    const path = findSshd();
    if (path === undefined) throw new Error('there is no sshd here: apt-get install openssh-server');
    const bundle = bundleScript('src/main.ts');
    const [sshd, lab, mariadb, application, url] = await Promise.all([
      startSshd(path).then(kept),
      startPostgres().then(kept),
      startMariadb().then(kept),
      startApplication(),
      input.databaseUrl ?? startEmbedded({ dataDir: folder, log: silentLog }).then((embedded) => kept(embedded).url),
    ]);
    stops.push(() => application.close());
    const beside = await openBeside(url, folder);
    stops.push(() => beside.close());
    const part = async (roles: string, name: string): Promise<Part> => {
      const dataDir = join(folder, name);
      mkdirSync(dataDir);
      return kept(await startPart({ bundle, roles, env: { ...beside.env, REEVE_DATA_DIR: dataDir } }));
    };
    const protocols = protocolsOf(beside, { sshd, lab, mariadb, application });
    const busy = busyOf(beside, { sshd, lab, mariadb, application });
    const people = await peopleOn(
      beside,
      protocols.map(({ target }) => target),
      input.visitors,
    );
    const [first, second, api] = await Promise.all([
      part('gateway', 'gateway-1'),
      part('gateway', 'gateway-2'),
      part('api,worker', 'api'),
    ]);
    return { beside, api, gateways: [first, second], protocols, busy, ...people, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
