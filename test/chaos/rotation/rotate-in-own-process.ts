import { planRotation } from '#guard/rotation/plan-rotation.ts';
import { runRotation } from '#guard/rotation/run-rotation.ts';
import { sql } from '#kit/db/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { assemble } from './assemble.ts';

/**
 * Rotates the accounts that have a secret, over and over, many at once, until so many rotations were planned and all of
 * them are over. Takes up whatever it finds open. Says each transaction once it is committed. A test kills it.
 */
const [url = '', wanted = '0', atOnce = '8'] = process.argv.slice(2);
const { db, spine, edges } = await assemble(url, 6);
const own = spine.operator.jobCtx('rotation');
const job: JobCtx = {
  ...own,
  act: async (ask, work) => {
    const answer = await own.act(ask, work);
    console.log(ask.action);
    return answer;
  },
};
const busy = new Set<string>();

const openOnes = (): Promise<{ id: string }[]> =>
  db.many(sql`select id from rotation where ended_at is null order by planned_at`);
const planned = async (): Promise<number> =>
  (await db.one<{ n: number }>(sql`select count(*)::int as n from rotation where because = 'chaos'`)).n;

/** Plans for accounts that have nothing open, as many as are still wanted. */
async function planMore(limit: number): Promise<void> {
  const free = await db.many<{ accountId: string }>(sql`
    select s.account_id from secret s
     where s.purpose = 'account' and s.removed_at is null
       and not exists (select from rotation r where r.account_id = s.account_id and r.ended_at is null)
     order by s.changed_at limit ${limit}`);
  for (const { accountId } of free)
    await job.act({ action: 'account.rotate', resource: { type: 'Account', id: accountId } }, (ctx, permit) =>
      planRotation(edges.keys, ctx, permit, { accountId, because: 'chaos', cause: 'asked' }),
    );
}

async function carry(id: string): Promise<void> {
  busy.add(id);
  try {
    await runRotation(edges, job, id);
  } catch {
    await new Promise((done) => setTimeout(done, 150)); // its target is away: what a worker's back-off does, in short
  } finally {
    busy.delete(id);
  }
}

console.log('ready');
for (;;) {
  const left = Number(wanted) - (await planned());
  const open = await openOnes();
  if (left <= 0 && open.length === 0 && busy.size === 0) break;
  if (left > 0 && open.length < Number(atOnce) * 2) await planMore(Math.min(left, Number(atOnce)));
  const next = open.filter(({ id }) => !busy.has(id)).slice(0, Number(atOnce) - busy.size);
  const begun = next.map(({ id }) => carry(id));
  await (begun.length > 0 ? Promise.race(begun) : new Promise((done) => setTimeout(done, 10)));
}
console.log('done');
await db.close();
process.exit(0);
