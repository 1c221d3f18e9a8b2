import { z } from 'zod';
import {
  finishRewrap,
  letSeal,
  nodesBehind,
  nodesLacking,
  noteRewrap,
  rewrapping,
  type KeyRing,
  type Place,
  type RewrapPart,
} from '#kit/key-ring/index.ts';
import { defineJob, type Job, type JobCtx } from '#spine/operations/index.ts';
import { MOVE_DATA_KEYS } from './change-keys.ts';
import type { KeyEdges } from './edges.ts';
import { dataKeysRewrapped, generationSeals, rewrapFinished } from './events.ts';

/** Rows in one transaction: short enough that nobody waits for one of them. */
const AT_ONCE = 500;

/** Moves what is sealed under older generations under the newest, at every start of a minute and when a root key took over. */
export const moveDataKeys = (edges: KeyEdges): Job<z.ZodObject> =>
  defineJob({
    name: MOVE_DATA_KEYS,
    input: z.object({}),
    every: '* * * * *',
    run: async (job) => {
      for (const ring of [edges.rings.records, edges.rings.vault]) await moveRing(edges, job, ring);
    },
  });

/**
 * Looks again every night: a session that was open for long, or a transaction that had its key before the newest
 * sealed, may have left rows under an older one. They open all the same.
 */
export const moveLeftBehind = (edges: KeyEdges): Job<z.ZodObject> =>
  defineJob({
    name: 'keys.move_left_behind',
    input: z.object({}),
    every: '17 3 * * *',
    run: async (job) => {
      for (const ring of [edges.rings.records, edges.rings.vault]) {
        const generation = ring.generations.current;
        if (ring.state !== 'open' || generation < 2) continue;
        for (const part of edges.rewraps.filter((one) => one.ring === ring.name))
          await movePart(edges, job, { ring, generation, part });
      }
    },
  });

/**
 * Goes on with a ring as far as it may. Killed anywhere it goes on from the rows themselves, since each names the key it
 * is under. Nothing is sealed under a generation while a node lacks it, and it is not through while a node seals under
 * an older one.
 */
export async function moveRing(edges: KeyEdges, job: JobCtx, ring: KeyRing): Promise<void> {
  const parts = edges.rewraps.filter((part) => part.ring === ring.name);
  const under = await rewrapping(
    job.db,
    ring.name,
    parts.map((part) => part.name),
  );
  if (under === undefined) return;
  await ring.refresh();
  if (ring.state !== 'open') return;
  const { generation } = under;
  if (under.state === 'announced') {
    const lacking = await nodesLacking(job.db, ring.name, generation);
    if (lacking.length > 0) {
      job.log.warn('a node lacks the newest key of the ring; nothing moves before it has it', {
        nodes: lacking.map(({ node }) => node),
      });
      return;
    }
    await job.act({ action: 'vault_key.rewrap' }, async (ctx, permit) => {
      await letSeal(ctx.tx, ring.name, generation);
      await ctx.record(permit, { event: generationSeals, data: { ring: ring.name, generation } });
    });
    await ring.refresh();
  }
  for (const part of parts) await movePart(edges, job, { ring, generation, part });
}

interface Moving {
  readonly ring: KeyRing;
  readonly generation: number;
  readonly part: RewrapPart;
}

async function movePart(edges: KeyEdges, job: JobCtx, moving: Moving): Promise<void> {
  const { ring, generation, part } = moving;
  const at = { ring: ring.name, generation, part: part.name };
  await noteRewrap(job.db, at, 0);
  let left = await part.left(job.db, ring.sealing(part.purpose).id);
  for (let done = -1; left > 0 && done !== 0;) {
    done = await walk(edges, job, moving);
    left = await part.left(job.db, ring.sealing(part.purpose).id);
  }
  if ((await nodesBehind(job.db, ring.name, generation)).length > 0) return;
  await job.act({ action: 'vault_key.rewrap' }, async (ctx, permit) => {
    if ((await finishRewrap(ctx.tx, at, left)) > 0)
      await ctx.record(permit, { event: rewrapFinished, data: { ...at, left } });
  });
}

/** Once through the rows of a part; answers how many were moved. */
async function walk(edges: KeyEdges, job: JobCtx, { ring, generation, part }: Moving): Promise<number> {
  let after: Place = null;
  let total = 0;
  do {
    const from: Place = after;
    const step = await job.act({ action: 'vault_key.rewrap' }, async (ctx, permit) => {
      const keyId = ring.sealing(part.purpose).id;
      const moved = await part.some(ctx.tx, edges.rings.keys, { after: from, most: AT_ONCE, keyId });
      if (moved.done > 0) {
        const at = { ring: ring.name, generation, part: part.name };
        await noteRewrap(ctx.tx, at, moved.done);
        await ctx.record(permit, { event: dataKeysRewrapped, data: { ...at, rows: moved.done } });
      }
      return moved;
    });
    total += step.done;
    after = step.next;
  } while (after !== null);
  return total;
}
