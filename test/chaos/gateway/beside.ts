import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectors } from '#connectors/index.ts';
import { openRecordings, storeInFolder } from '#guard/sessions/recording/index.ts';
import { createTargets } from '#guard/vault/index.ts';
import { systemClock } from '#kit/clock/index.ts';
import { selfSigned, type Keys } from '#kit/crypto/index.ts';
import { migrate, openDb, type Db } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { installJobs } from '#kit/jobs/index.ts';
import { openRings } from '#kit/key-ring/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { outbound } from '#kit/outbound/index.ts';
import type { Recordings } from '#guard/sessions/index.ts';
import { assembleSpine, type Spine } from '#spine/assemble.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { modules } from '../../../src/modules.ts';

/** A node in this process, beside those that are killed: it answers calls, runs no job and stands in the middle of nothing. */
export interface Beside {
  readonly db: Db;
  readonly keys: Keys;
  readonly recordings: Recordings;
  as(component: string): JobCtx;
  perform<T = Record<string, unknown>>(operation: string, input: unknown, as: string): Promise<T>;
  /** What other processes are told to be of the same Reeve. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Opens it over an empty or migrated database, with keys and recordings below `folder`. */
export async function openBeside(databaseUrl: string, folder: string): Promise<Beside> {
  await migrate({ url: databaseUrl, log: silentLog });
  await installJobs({ url: databaseUrl, log: silentLog });
  const db = await openDb({ url: databaseUrl, clock: systemClock, log: silentLog, max: 8 });
  const rootKeyFile = join(folder, 'root.key');
  writeFileSync(rootKeyFile, Buffer.alloc(32, 7), { mode: 0o600 });
  const places = { rootKeyFile };
  const rings = await openRings({ db, log: silentLog, places, node: newId() });
  const { keys } = rings;
  const recordingsDir = join(folder, 'recordings');
  const recordings = openRecordings({ store: await storeInFolder(recordingsDir), keys, waitSeconds: 60 });
  const exchangeDir = join(folder, 'exchange');
  mkdirSync(exchangeDir);
  let spine: Spine | undefined;
  const operator = (): Spine['operator'] => {
    if (spine === undefined) throw new Error('not assembled yet');
    return spine.operator;
  };
  const targets = createTargets({
    keys,
    connectors: connectors({ exchangeDir }),
    job: () => operator().jobCtx('connector'),
  });
  const { registry } = (spine = await assembleSpine({
    db,
    clock: systemClock,
    log: silentLog,
    keys,
    modules: (decide) =>
      modules({
        db,
        keys,
        rings,
        places,
        node: 'beside',
        decide,
        targets,
        recordings,
        judgeAgain: () => Promise.resolve(),
        publicUrl: 'http://localhost:8470',
        webGateway: {
          originOf: (site) => `https://${site}.web.localhost:8472`,
          certificate: () => Promise.resolve(null),
        },
        postgresGateway: { host: 'localhost', port: 5470, certificate: () => Promise.resolve(null) },
        mysqlGateway: { host: 'localhost', port: 5471, certificate: () => Promise.resolve(null) },
        outbound: outbound({ allow: [] }),
      }),
  }));
  const tls = selfSigned({ names: ['localhost', '127.0.0.1'], from: new Date(Date.now() - 60_000), days: 1 });
  writeFileSync(join(folder, 'gateway-tls.pem'), tls.key + tls.certificate, { mode: 0o600 });
  return {
    db,
    keys,
    recordings,
    as: (component) => operator().jobCtx(component),
    perform: async <T>(operation: string, input: unknown, as: string): Promise<T> => {
      const found = registry.operations.get(operation);
      if (found === undefined) throw new Error(`no operation ${operation}`);
      const answer = await operator().perform(found, input, {
        principal: { kind: 'identity', id: as },
        origin: { via: 'api', address: '127.0.0.1' },
        trace: newId(),
      });
      return answer.output as T;
    },
    env: {
      REEVE_DATABASE_URL: databaseUrl,
      REEVE_DATABASE_CONNECTIONS: '8',
      REEVE_ROOT_KEY_FILE: rootKeyFile,
      REEVE_RECORDINGS_DIR: recordingsDir,
      REEVE_EXCHANGE_DIR: exchangeDir,
      REEVE_GATEWAY_TLS_FILE: join(folder, 'gateway-tls.pem'),
      // the application of these tests is on this machine
      REEVE_WEB_ALLOW_LOOPBACK: '127.0.0.1',
      REEVE_STOP_SECONDS: '3',
      REEVE_DRAIN_SECONDS: '60',
    },
    close: async () => {
      rings.vault.close('sealed', 'this process ends');
      await db.close();
    },
  };
}
