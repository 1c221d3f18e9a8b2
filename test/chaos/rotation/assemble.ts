import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectors } from '#connectors/index.ts';
import type { ConnectorRegistry } from '#connectors/port.ts';
import { createTargets } from '#guard/vault/index.ts';
import type { RotationEdges } from '#guard/rotation/reach-target.ts';
import { systemClock } from '#kit/clock/index.ts';
import { openDb, type Db } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { openRings } from '#kit/key-ring/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { outbound } from '#kit/outbound/index.ts';
import { assembleSpine, type Spine } from '#spine/assemble.ts';
import { modules } from '../../../src/modules.ts';

/** Every module of Reeve over a database, with real connectors and no worker. */
export interface Assembled {
  readonly db: Db;
  readonly spine: Spine;
  readonly edges: RotationEdges;
  readonly connectors: ConnectorRegistry;
}

export async function assemble(url: string, max: number): Promise<Assembled> {
  const db = await openDb({ url, clock: systemClock, log: silentLog, max });
  const rootKeyFile = join(mkdtempSync(join(tmpdir(), 'reeve-chaos-')), 'root.key');
  writeFileSync(rootKeyFile, Buffer.alloc(32, 7), { mode: 0o600 });
  const places = { rootKeyFile };
  const rings = await openRings({ db, log: silentLog, places, node: newId() });
  const { keys } = rings;
  const registry = connectors({ exchangeDir: mkdtempSync(join(tmpdir(), 'reeve-chaos-')) });
  let spine: Spine | undefined;
  const targets = createTargets({
    keys,
    connectors: registry,
    job: () => {
      if (spine === undefined) throw new Error('not assembled yet');
      return spine.operator.jobCtx('connector');
    },
  });
  const nothing = (): never => {
    throw new Error('nothing is recorded here');
  };
  spine = await assembleSpine({
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
        node: 'chaos',
        decide,
        targets,
        recordings: {
          begin: nothing,
          asciicast: nothing,
          text: nothing,
          files: nothing,
          file: nothing,
          statements: nothing,
          follow: nothing,
          verify: nothing,
          end: nothing,
          remove: nothing,
        },
        judgeAgain: nothing,
        publicUrl: 'http://localhost:8470',
        webGateway: { originOf: (site) => `https://${site}.web.localhost:8472`, certificate: async () => null },
        postgresGateway: { host: 'localhost', port: 5470, certificate: nothing },
        mysqlGateway: { host: 'localhost', port: 5471, certificate: nothing },
        outbound: outbound({ allow: [] }),
      }),
  });
  return { db, spine, edges: { keys, targets }, connectors: registry };
}
