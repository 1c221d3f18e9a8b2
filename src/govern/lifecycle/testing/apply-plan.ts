import { systemClock } from '#kit/clock/index.ts';
import { keysOf, rootKeyOf } from '#kit/crypto/index.ts';
import { openDb } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { assembleSpine } from '#spine/assemble.ts';
import { graphModule } from '#spine/graph/index.ts';
import { massChangesModule } from '#spine/mass-changes/index.ts';
import { birthrightChanges, feedUndo, lifecycleModule } from '../index.ts';

/** A worker of its own that carries out one plan, for a test that kills it: `apply-plan.ts URL INSTANT PLAN`. */
const [url = '', instant = '', id = ''] = process.argv.slice(2);
const targets = { use: () => Promise.reject(new AppError({ code: 'x', status: 409, detail: 'no targets' })) };
const clock = { ...systemClock, now: () => new Date(instant) };
const db = await openDb({ url, clock, log: silentLog });
const spine = await assembleSpine({
  db,
  clock,
  log: silentLog,
  keys: keysOf(rootKeyOf(Buffer.alloc(32, 7))),
  modules: () => [graphModule, massChangesModule([birthrightChanges, feedUndo]), lifecycleModule({ targets })],
});
console.log(JSON.stringify('ready'));
await spine.tasks['mass_changes.apply']?.({ id }, undefined as never);
await db.close();
