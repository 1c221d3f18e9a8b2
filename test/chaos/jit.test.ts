import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '#lab/demo/cast.ts';
import type { Person } from '#lab/reeve/person.ts';
import { startWorld, type World } from './crash/world.ts';

const LIMIT_MS = 90_000;
let world: World;
beforeAll(async () => {
  world = await startWorld(() => Promise.resolve());
}, 180_000);
afterAll(() => world?.stop());

interface Asked {
  readonly request: {
    readonly id: string;
    readonly state: string;
    readonly lines: readonly { grant: { id: string } }[];
  };
}
const onTarget = async (): Promise<boolean> =>
  (await world.web1.exec('ls /etc/sudoers.d')).stdout.includes('reeve-lena');
const reaches = (on: boolean): Promise<boolean> =>
  until(onTarget, (is) => is === on, on ? 'the privilege on web1' : 'the privilege gone from web1', LIMIT_MS);
const crash = async (where: string): Promise<void> => {
  world.house.killIn(0, where);
  await world.house.over();
};
const approvedBy = async (id: string, people: readonly Person[]): Promise<void> => {
  for (const person of people) await person.post(`/v1/requests/${id}/approve`);
};

test('killed while it is being given, while it is active, and while its end comes, what is active is there for its time and then gone', async () => {
  const { lena, tomas, priya, dana } = world;
  const { request } = await lena.post<Asked>('/v1/requests', {
    what: 'web1:sudo:ALL',
    eligible: true,
    for: '30d',
    reason: 'on call',
  });
  await approvedBy(request.id, [tomas, priya]);
  await crash('being eligible');
  expect(await onTarget()).toBe(false);

  const activation = await lena.post<Asked>('/v1/activations', {
    what: 'web1:sudo:ALL',
    for: '40s',
    reason: 'full disk',
  });
  expect(activation.request.state).toBe('approved');
  await crash('giving');
  await reaches(true);
  await crash('active');
  expect(await onTarget(), 'nothing is taken away by a crash').toBe(true);

  const grantId = activation.request.lines[0]?.grant.id ?? '';
  const { validTo } = await dana.get<{ validTo: string }>(`/v1/grants/${grantId}`);
  await until(
    () => Promise.resolve(Date.now()),
    (now) => now > Date.parse(validTo) - 200,
    'the end of the window',
    LIMIT_MS,
  );
  await crash('ending');
  await reaches(false);
  const eligible = await lena.get<{ items: { active: unknown }[] }>('/v1/eligibilities');
  expect(eligible.items).toMatchObject([{ active: null }]);

  await lena.post('/v1/activations', { what: 'web1:sudo:ALL', for: '1h', reason: 'again' });
  await reaches(true);
  const [mine] = (await lena.get<{ items: { grantIds: string[] }[] }>('/v1/eligibilities')).items;
  await dana.post(`/v1/grants/${mine?.grantIds[0] ?? ''}/end`, { because: 'no longer on call' });
  await crash('ending the eligibility');
  await reaches(false);
}, 300_000);
