import { csvConnector } from '#connectors/csv/index.ts';
import type { Connector, Targets } from '#connectors/port.ts';
import { vaultModule } from '#guard/vault/index.ts';
import { systemClock } from '#kit/clock/index.ts';
import { keysOf, rootKeyOf } from '#kit/crypto/index.ts';
import { openDb, type Db } from '#kit/db/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { graphModule, requireSystem } from '#spine/graph/index.ts';
import { assembleSpine, type Spine } from '#spine/assemble.ts';
import { discoveryModule } from '../index.ts';

/** Told of each piece once it is kept, and where a try began. */
export type OnKept = (what: { readonly from: string | undefined; readonly rows: number }) => Promise<void>;

const arrange = {
  name: 'arrange',
  policies: `@id("arrange.all") permit (principal == Reeve::Component::"arrange", action == Reeve::Action::"arrange.all", resource);`,
};

/** A Reeve that reads folders of files and nothing else, over a database that several processes share, on the real clock. */
export async function openReader(input: {
  readonly url: string;
  readonly root: string;
  readonly onKept?: OnKept;
}): Promise<{ readonly db: Db; readonly spine: Spine }> {
  const db = await openDb({ url: input.url, clock: systemClock, log: silentLog });
  const keys = keysOf(rootKeyOf(Buffer.alloc(32, 7)));
  const connector = told(csvConnector({ root: input.root }), input.onKept);
  const targets: Targets = {
    use: async (systemId, work) => {
      const { kind, host, port, settings, pinned } = await db.tx((tx) => requireSystem(tx, systemId));
      const credential = { kind: 'none', username: '' } as const;
      return await work(connector, { systemId, kind, host, port, settings, pinned, credential });
    },
  };
  const modules = () => [graphModule, vaultModule({ keys }), discoveryModule({ keys, targets }), arrange];
  return { db, spine: await assembleSpine({ db, clock: systemClock, log: silentLog, keys, modules }) };
}

/** The connector as it is, telling how far it was read. */
function told(connector: Connector, onKept: OnKept | undefined): Connector {
  const { readInPieces } = connector;
  if (onKept === undefined || readInPieces === undefined) return connector;
  return {
    ...connector,
    async *readInPieces(target, from) {
      for await (const piece of readInPieces(target, from)) {
        yield piece;
        const lists = [piece.accounts, piece.entitlements, piece.holdings, piece.nesting];
        const rows = lists.reduce((sum, list) => sum + (list?.length ?? 0), 0);
        await onKept({ from, rows });
      }
    },
  };
}
