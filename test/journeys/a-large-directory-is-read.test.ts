import { afterAll, beforeAll, expect, test } from 'vitest';
import { crowd } from '#connectors/ldap/crowd.fixture.ts';
import { heapHeld } from '#kit/testing/index.ts';
import { startLdap, type LabLdap } from '#lab/index.ts';
import { guardedHouse, type GuardedHouse } from '../harness/guarded-house.ts';
import { collect, connectLab, soloAdmin } from '../harness/people-targets.ts';

const PEOPLE = 20_000;

const lab: LabLdap | undefined = await startLdap({ extra: crowd(PEOPLE, 10), loadLimit: 60_000 }).catch(
  (error: unknown) => {
    if (!String(error).includes('apt-get install')) throw error;
    console.log(`SKIP a large directory: ${String(error)}`);
    return undefined;
  },
);
let house: GuardedHouse;
let admin: string;
beforeAll(async () => {
  if (lab === undefined) return;
  house = await guardedHouse();
  admin = await soloAdmin(house);
  await connectLab(house, admin, { name: 'directory', kind: 'ldap' }, lab, lab.management);
  const place = { base: `ou=people,${lab.suffix}`, filter: '(uid=person-*)' };
  await house.perform(
    'sources.put',
    { source: 'directory', readFrom: { system: 'directory', place, everyMinutes: 0 } },
    admin,
  );
});
afterAll(async () => {
  await house?.close();
  await lab?.stop();
});

test.skipIf(lab === undefined)(
  '20,000 people of a directory come, and are read again, in bounded memory',
  { timeout: 240_000 },
  async () => {
    let most = 0;
    const before = heapHeld();
    const watching = setInterval(() => {
      most = Math.max(most, heapHeld() - before);
    }, 3_000);
    try {
      const begun = performance.now();
      expect(await collect(house, admin, 'directory')).toMatchObject({
        state: 'applied',
        counts: { rows: PEOPLE, joined: PEOPLE },
      });
      const first = performance.now() - begun;
      const again = performance.now();
      expect(await collect(house, admin, 'directory')).toMatchObject({
        state: 'applied',
        counts: { unchanged: PEOPLE },
      });
      console.log(
        `${PEOPLE} people of OpenLDAP: ${Math.round(first / 100) / 10} s to come, ${Math.round((performance.now() - again) / 100) / 10} s read again, ${Math.round(most / 1024 / 1024)} MiB more heap at most`,
      );
    } finally {
      clearInterval(watching);
    }
    expect(most).toBeLessThan(250 * 1024 * 1024);
  },
);
