import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { enqueueMany, startWorker, type Worker } from '#kit/jobs/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { testDatabase, until, type TestDatabase } from '#kit/testing/index.ts';
import { defineEvent, pub } from '#spine/audit/event-type.ts';
import { defineReaction, register } from '#spine/operations/index.ts';
import { newId } from '#kit/ids/index.ts';
import { reactionQueue } from './index.ts';

let base: TestDatabase;
let worker: Worker | undefined;
beforeAll(async () => {
  base = await testDatabase();
});
afterAll(async () => {
  await worker?.stop(500);
  await base.drop();
});

test('where much happened at once, what takes access away goes before all else, and what only counts comes last', async () => {
  const lost = defineEvent('thing.lost', { id: pub(z.string()) });
  const nothing = (): Promise<void> => Promise.resolve();
  const registry = register([
    {
      name: 'things',
      events: [lost],
      reactions: [
        defineReaction({ on: lost, name: 'things.count', turn: 'last', run: nothing }),
        defineReaction({ on: lost, name: 'things.note', run: nothing }),
        defineReaction({ on: lost, name: 'things.end', turn: 'first', run: nothing }),
        defineReaction({ on: lost, name: 'things.end_proofs', turn: 'proofs', run: nothing }),
        defineReaction({ on: lost, name: 'things.left_out', unless: ({ id }) => id === 'told', run: nothing }),
      ],
    },
  ]);
  const queue = reactionQueue(registry, enqueueMany);
  const happened = Array.from({ length: 20 }, () => ({
    type: lost.type,
    eventId: newId(),
    data: { id: 'told' },
  }));
  // The first half waits already when the other comes.
  await base.db.tx((tx) => queue(tx, happened.slice(0, 10)));
  await base.db.tx((tx) => queue(tx, happened.slice(10)));

  const order: string[] = [];
  const tasks = {
    'events.react': async (payload: unknown) => void order.push((payload as { reaction: string }).reaction),
  };
  worker = await startWorker({ url: base.url, db: base.db, tasks, log: silentLog, concurrency: 1 });
  await until(() => order.length === 80);
  const turns = ['things.end_proofs', 'things.end', 'things.note', 'things.count'].flatMap((name) =>
    Array<string>(20).fill(name),
  );
  expect(order).toEqual(turns);
});
