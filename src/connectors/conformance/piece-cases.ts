import assert from 'node:assert/strict';
import type { Connector, Reading, ReadingPiece, Target } from '../port.ts';
import type { Case } from './rig.ts';
import { applied } from './steps.ts';

/** The pieces of a reading, at most so many. */
async function piecesOf(connector: Connector, target: Target, from?: string, most = Infinity): Promise<ReadingPiece[]> {
  const pieces: ReadingPiece[] = [];
  for await (const piece of connector.readInPieces?.(target, from) ?? []) {
    pieces.push(piece);
    if (pieces.length >= most) break;
  }
  return pieces;
}

/** What pieces come to, in an order that does not depend on how they came. */
function together(pieces: readonly Partial<Reading>[]): unknown {
  const sorted = (rows: readonly object[]): string[] => rows.map((row) => JSON.stringify(row)).sort();
  return {
    accounts: sorted(pieces.flatMap((p) => p.accounts ?? [])),
    entitlements: sorted(pieces.flatMap((p) => p.entitlements ?? [])),
    holdings: sorted(pieces.flatMap((p) => p.holdings ?? [])),
    nesting: sorted(pieces.flatMap((p) => p.nesting ?? [])),
  };
}

/** Reading in pieces and by changes, for kinds that do. A kind that does neither has nothing to keep here. */
export const pieceCases: readonly Case[] = [
  {
    title: 'the pieces of a reading are the reading, and only the last says that it is whole',
    prove: async ({ connector, target }) => {
      if (connector.readInPieces === undefined) return;
      const pieces = await piecesOf(connector, target);
      assert.deepEqual(together(pieces), together([await connector.read(target)]));
      assert.deepEqual(
        pieces.map((piece) => piece.whole !== undefined),
        pieces.map((_, i) => i === pieces.length - 1),
      );
    },
  },
  {
    title: 'a reading that broke off after any piece goes on there, and comes to the same',
    prove: async ({ connector, target }) => {
      if (connector.readInPieces === undefined) return;
      const whole = await piecesOf(connector, target);
      for (let kept = 1; kept < whole.length; kept += 1) {
        const before = await piecesOf(connector, target, undefined, kept);
        const { resumeAt } = before.at(-1) ?? {};
        if (resumeAt === undefined) continue;
        const after = await piecesOf(connector, target, resumeAt);
        assert.deepEqual(together([...before, ...after]), together(whole), `after ${kept} pieces`);
      }
    },
  },
  {
    title: 'nothing changed since a mark is told as nothing, and what did change is told or asked to be read whole',
    prove: async (bench) => {
      const { connector, target } = bench;
      if (connector.readChanges === undefined) return;
      const { mark } = await connector.read(target);
      assert.ok(mark !== undefined, 'a kind that tells changes marks its readings');
      const none = await connector.readChanges(target, mark);
      const lists = Object.entries(none ?? {}).filter(([name]) => name !== 'mark');
      for (const [name, list] of lists) assert.deepEqual(list, [], name);
      const account = await bench.newAccount();
      const some = await connector.readChanges(target, mark);
      if (some !== undefined) assert.ok(some.accounts.some((one) => one.nativeId === account));
      await applied(bench, { do: 'delete_account', account });
      assert.equal(await connector.readChanges(target, 'a mark of nobody'), undefined);
    },
  },
];
