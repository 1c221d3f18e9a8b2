import { z } from 'zod';
import type { Connector, Reading, ReadingChanges, ReadingPiece, Targets } from '#connectors/port.ts';
import { requireSystem } from '#spine/graph/index.ts';
import type { Db } from '#kit/db/index.ts';

/** What a target does when it is read: break off, be away, forget its marks. No target that really runs does that on demand. */
export interface Script {
  reading: Reading;
  /** Rows a piece; absent: the kind reads in one look. */
  pieceRows?: number;
  /** Called before each piece with its number in this try and where the try began; throws where the target breaks off. */
  beforePiece?: (number: number, from: string | undefined) => void | Promise<void>;
  changes?: (since: string) => ReadingChanges | undefined | Promise<ReadingChanges | undefined>;
  /** Times it was read, and asked for changes. */
  readonly asked: { whole: number; changes: number };
}

export const account = (
  name: string,
  more: Partial<Reading['accounts'][number]> = {},
): Reading['accounts'][number] => ({
  nativeId: name,
  name,
  state: 'active',
  kind: 'personal',
  attributes: {},
  privilegedBecause: [],
  ...more,
});

/** So many accounts, each in `staff`. */
export const staffOf = (count: number): Reading => ({
  accounts: Array.from({ length: count }, (_, i) => account(`a${i}`)),
  entitlements: [{ nativeId: 'staff', kind: 'group', name: 'staff', privileged: false, attributes: {} }],
  holdings: Array.from({ length: count }, (_, i) => ({ account: `a${i}`, entitlement: 'staff' })),
  nesting: [],
});

export const noChanges = (mark: string): ReadingChanges => ({
  accounts: [],
  goneAccounts: [],
  entitlements: [],
  goneEntitlements: [],
  holdingsOf: [],
  holdersOf: [],
  mark,
});

/** The error a connector throws when its target does not answer, without importing its class: wings know the types only. */
export const away = (): Error => Object.assign(new Error('nobody answers'), { code: 'unreachable', retry: true });

const notHere = (): Promise<never> =>
  Promise.reject(Object.assign(new Error('not scripted'), { code: 'unsupported', retry: false }));

export const scripted = (reading: Reading): Script => ({ reading, asked: { whole: 0, changes: 0 } });

/** Targets by the name of their system. */
export const scriptedTargets = (db: () => Db, scripts: ReadonlyMap<string, Script>): Targets => ({
  use: async (systemId, work) => {
    const system = await db().tx((tx) => requireSystem(tx, systemId));
    const script = scripts.get(system.name);
    if (script === undefined) return await notHere();
    const { host, port, settings, pinned, kind } = system;
    const credential = { kind: 'none', username: '' } as const;
    return await work(connectorOf(script), { systemId, kind, host, port, settings, pinned, credential });
  },
});

const connectorOf = (script: Script): Connector => ({
  kind: 'scripted',
  settings: z.record(z.string(), z.unknown()),
  credentials: ['none'],
  probe: notHere,
  read: async () => {
    script.asked.whole += 1;
    await script.beforePiece?.(1, undefined);
    return script.reading;
  },
  ...(script.pieceRows === undefined
    ? {}
    : {
        readInPieces: (_target, from) => {
          script.asked.whole += 1;
          return pieces(script, from);
        },
      }),
  ...(script.changes === undefined
    ? {}
    : {
        readChanges: async (_target, since) => {
          script.asked.changes += 1;
          return await script.changes?.(since);
        },
      }),
  readAccount: notHere,
  preview: notHere,
  apply: notHere,
  verify: notHere,
});

async function* pieces(script: Script, from: string | undefined): AsyncGenerator<ReadingPiece, void, void> {
  const size = script.pieceRows ?? 1;
  const { accounts, holdings, entitlements, nesting, mark } = script.reading;
  const first = from === undefined ? 0 : Number(from);
  for (let at = first, number = 1; at < accounts.length; at += size, number += 1) {
    await script.beforePiece?.(number, from);
    yield {
      accounts: accounts.slice(at, at + size),
      holdings: holdings.slice(at, at + size),
      resumeAt: String(at + size),
    };
  }
  yield { entitlements, nesting, whole: mark === undefined ? {} : { mark } };
}
