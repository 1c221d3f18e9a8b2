import { systemClock } from '#kit/clock/index.ts';
import { openDb } from '#kit/db/index.ts';
import { openRings } from '#kit/key-ring/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { keysModule } from '#guard/keys/index.ts';
import { rewrapSecrets, vaultModule } from '#guard/vault/index.ts';
import { rewrapSessionEvents } from '#guard/sessions/index.ts';
import { graphModule } from '#spine/graph/index.ts';
import { assembleSpine } from '#spine/assemble.ts';

/** Moves data keys as a worker does, a few rows at a time, telling each step before it commits: for a test that kills it there. */
const [, , url = '', rootKeyFile = ''] = process.argv;
const db = await openDb({ url, clock: systemClock, log: silentLog, max: 3 });
const places = { rootKeyFile };
const rings = await openRings({ db, log: silentLog, places, node: 'this' });
const few = {
  ...rewrapSecrets,
  some: async (...[tx, keys, walk]: Parameters<typeof rewrapSecrets.some>) => {
    const step = await rewrapSecrets.some(tx, keys, { ...walk, most: 25 });
    await new Promise<void>((told) => {
      process.stdout.write('step\n', () => told());
    });
    return step;
  },
};
const spine = await assembleSpine({
  db,
  clock: systemClock,
  log: silentLog,
  keys: rings.keys,
  modules: () => [
    graphModule,
    vaultModule(rings),
    keysModule({ rings, places, node: 'this', rewraps: [few, rewrapSessionEvents] }),
  ],
});
await spine.tasks['keys.move_data_keys']?.({}, {} as never);
process.exit(0);
