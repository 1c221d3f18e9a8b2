import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '#kit/testing/index.ts';
import { effectiveAccess, whoCouldReach, type Access, type ReachQuestion } from '../index.ts';
import { DAY, RandomWorld, history, question } from './random-world.ts';
import { Snapshot, type RefReach } from './reference-closure.ts';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(async () => await t.drop());

const ms = (d: Date | null): number => d?.getTime() ?? Infinity;
const rowKey = (r: {
  via: string;
  sourceId: string;
  node: string;
  from: number;
  to: number;
  privileged: boolean;
}): string => `${r.via} ${r.sourceId} → ${r.node} [${r.from}, ${r.to}) ${r.privileged ? 'privileged' : ''}`;
const keyOf = (a: Access): string =>
  rowKey({
    via: a.via,
    sourceId: a.sourceId,
    node: a.entitlementId ?? a.accountId ?? '',
    from: ms(a.validFrom),
    to: ms(a.validTo),
    privileged: a.privileged,
  });

/** The rows the reference expects for one thing reached. */
const expected = (snapshot: Snapshot, reach: RefReach): string[] =>
  reach.node.systemId === null
    ? []
    : snapshot.times(reach.paths).map((time) =>
        rowKey({
          via: reach.via,
          sourceId: reach.sourceId,
          node: reach.node.id,
          ...time,
          privileged: snapshot.isPrivileged(reach.node, time),
        }),
      );

/** A row's path must be one of the paths that live at its first instant in the window, and no longer than any other. */
function checkPath(row: Access, reaches: readonly RefReach[], at: number): void {
  const node = row.entitlementId ?? row.accountId;
  const reach = reaches.find((r) => r.via === row.via && r.sourceId === row.sourceId && r.node.id === node);
  const first = Math.max(at, row.validFrom.getTime());
  const live = (reach?.paths ?? []).filter((p) => p.from <= first && first < p.to);
  const ids = row.path.filter((s) => s.kind !== 'grant').map((s) => s.id);
  expect(live.map((p) => p.ids)).toContainEqual(ids);
  expect(ids.length).toBe(Math.min(...live.map((p) => p.ids.length)));
}

describe('on random histories of nested groups, roles, shared accounts and owners, circles included', () => {
  test('effective access is what the slow reference says, for every instant, window and state of knowledge', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.array(question, { minLength: 6, maxLength: 6 }), async (steps, questions) => {
        const w = new RandomWorld(t.db, t.clock);
        await w.begin();
        for (const step of steps) await w.take(step);
        for (const q of questions) {
          const knownAt = w.instants[Math.floor(q.known * w.instants.length)];
          const [at, through] = [w.at(q.at), w.at(q.at + q.lasts)];
          const identity = w.identities[q.identity] ?? '';
          const snapshot = new Snapshot(w.world, knownAt ?? t.clock.now().getTime(), at, through);
          const rows = await t.db.tx((tx) =>
            effectiveAccess(tx, identity, {
              at: new Date(at),
              through: new Date(through),
              ...(knownAt === undefined ? {} : { knownAt: new Date(knownAt) }),
            }),
          );
          const reaches = snapshot.reach(identity);
          expect(rows.map(keyOf).sort()).toEqual(reaches.flatMap((r) => expected(snapshot, r)).sort());
          for (const row of rows) checkPath(row, reaches, at);
        }
      }),
      { numRuns: 20, interruptAfterTimeLimit: 60_000 },
    );
  }, 180_000);

  test('who could reach X at T, as known at K, is what the slow reference says', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.array(question, { minLength: 6, maxLength: 6 }), async (steps, questions) => {
        const w = new RandomWorld(t.db, t.clock);
        await w.begin();
        for (const step of steps) await w.take(step);
        for (const [i, q] of [...questions, ...questions, ...questions, ...questions].entries()) {
          const known = w.instants[Math.floor(q.known * w.instants.length)];
          const knownAt = known ?? t.clock.now().getTime();
          const at = w.at(q.at);
          const snapshot = new Snapshot(w.world, knownAt, at, at);
          const [system, entitlement, account] = [
            w.systems[q.target % 2],
            w.entitlements[q.target % 6],
            w.accounts[q.target % 4],
          ];
          const [ask, isTarget] = [
            [{ systemId: system }, (r: RefReach) => r.node.systemId === system],
            [{ entitlementId: entitlement }, (r: RefReach) => r.node.id === entitlement],
            [{ accountId: account }, (r: RefReach) => r.node.id === account],
            [{ privileged: true }, (r: RefReach) => r.node.privileged],
          ][Math.floor(i / questions.length)] as [ReachQuestion, (r: RefReach) => boolean];
          const asked = { ...ask, at: new Date(at), ...(known === undefined ? {} : { knownAt: new Date(known) }) };
          // Earlier worlds are in the same tables, and everything privileged is asked of all of them.
          const rows = (await t.db.tx((tx) => whoCouldReach(tx, asked))).filter((r) =>
            w.identities.includes(r.identityId),
          );
          const want = w.identities.flatMap((identity) => {
            const bySource = new Map<string, RefReach[]>();
            for (const r of snapshot.reach(identity)) {
              if (!isTarget(r) || snapshot.times(r.paths).length === 0) continue;
              const key = `${r.via} ${r.sourceId}`;
              bySource.set(key, [...(bySource.get(key) ?? []), r]);
            }
            return [...bySource].map(([key, all]) => {
              const [time] = snapshot.times(all.flatMap((r) => r.paths));
              return `${identity} ${key} [${time?.from}, ${time?.to})`;
            });
          });
          expect(
            rows.map((r) => `${r.identityId} ${r.via} ${r.sourceId} [${ms(r.validFrom)}, ${ms(r.validTo)})`).sort(),
          ).toEqual(want.sort());
          for (const row of rows) {
            const id = row.entitlementId ?? row.accountId ?? '';
            const privileged = snapshot.node(id)?.privileged;
            expect(isTarget({ node: { id, systemId: row.systemId, privileged } } as RefReach)).toBe(true);
            checkPath(row, snapshot.reach(row.identityId), at);
          }
        }
      }),
      { numRuns: 25, interruptAfterTimeLimit: 60_000 },
    );
  }, 180_000);

  test('an answer given once is given again, whatever was learnt since', async () => {
    await fc.assert(
      fc.asyncProperty(
        history,
        history,
        fc.array(question, { minLength: 4, maxLength: 4 }),
        async (before, after, questions) => {
          const w = new RandomWorld(t.db, t.clock);
          await w.begin();
          for (const step of before) await w.take(step);
          const knownAt = t.clock.now();
          const ask = async (): Promise<unknown> =>
            await t.db.tx(async (tx) => {
              const answers: unknown[] = [];
              for (const q of questions) {
                const asOf = { at: new Date(w.at(q.at)), knownAt };
                answers.push(await effectiveAccess(tx, w.identities[q.identity] ?? '', asOf));
                answers.push(await whoCouldReach(tx, { systemId: w.systems[q.target % 2], ...asOf }));
              }
              return answers;
            });
          const first = await ask();
          t.clock.advance(90 * DAY);
          for (const step of after) await w.take(step);
          expect(await ask()).toEqual(first);
        },
      ),
      { numRuns: 20, interruptAfterTimeLimit: 60_000 },
    );
  }, 180_000);
});
