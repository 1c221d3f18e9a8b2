import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { outbound } from '#kit/outbound/index.ts';
import { parsePublicKey } from '#kit/ssh-certificates/index.ts';
import { signinModule } from '#platform/signin/index.ts';
import { createIdentity, graphModule, registerSystem, startGrant } from '#spine/graph/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { workloadsModule } from '../index.ts';

const ADMINISTRATOR = '00000000-0000-7000-8000-000000000011';
const arrange = {
  name: 'arrange',
  policies: `@id("arrange.all") permit (principal == Reeve::Component::"arrange", action == Reeve::Action::"arrange.all", resource);`,
};

let dir: string;
let house: House;
let admin: string;
let program: string;
let hostId: string;
const keys: Record<string, string> = {};

const hostKey = (name: string): string => {
  keys[name] = join(dir, name);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', keys[name]]);
  return parsePublicKey(readFileSync(`${keys[name]}.pub`, 'utf8')).fingerprint;
};
const sign = (name: string, challenge: string, namespace = 'reeve-workload'): string =>
  execFileSync('ssh-keygen', ['-q', '-Y', 'sign', '-f', keys[name] ?? '', '-n', namespace], {
    input: challenge,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'ignore'],
  });
const ask = async (system: string): Promise<string> =>
  (await house.perform<{ challenge: string }>('workloads.challenge', { system })).challenge;
const prove = (
  challenge: string,
  signature: string,
): Promise<{ identityId: string; token: string; scopes: string[] }> =>
  house.perform('workloads.proveHost', { challenge, signature });

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'reeve-hosts-'));
  house = await testHouse(({ db, keys: ring, clock }) => [
    graphModule,
    signinModule({ db, keys: ring, publicUrl: 'http://localhost' }),
    workloadsModule({ db, keys: ring, publicUrl: 'http://localhost', clock, outbound: outbound() }),
    arrange,
  ]);
  const pins = { web1: hostKey('web1'), web2: hostKey('web2') };
  const systems: Record<string, string> = {};
  await house.as('arrange').act({ action: 'arrange.all' }, async (ctx, permit) => {
    admin = (await createIdentity(ctx, permit, { kind: 'person', facts: { displayName: 'Admin' } })).id;
    program = (await createIdentity(ctx, permit, { kind: 'service', facts: { displayName: 'Backup' } })).id;
    await startGrant(ctx, permit, { identityId: admin, entitlementId: ADMINISTRATOR, origin: 'admin', reason: 'test' });
    for (const [name, pin] of Object.entries(pins)) {
      systems[name] = (await registerSystem(ctx, permit, { name, kind: 'linux', pinned: [pin] })).id;
    }
  });
  const input = { systemId: systems['web1'], identityId: program, scopes: ['secret_folder.fetch'], seconds: 300 };
  hostId = (await house.perform<{ id: string }>('workloads.bindHost', input, admin)).id;
});
afterAll(async () => {
  await house.close();
  rmSync(dir, { recursive: true, force: true });
});

test('a host gets a token for a challenge it signed with its host key, once, also by many at the same instant', async () => {
  const challenge = await ask('web1');
  expect(challenge).toMatch(/^reeve-workload http:\/\/localhost web1 \S+$/u);
  const signature = sign('web1', challenge);
  const all = await Promise.allSettled(Array.from({ length: 5 }, () => prove(challenge, signature)));
  const given = all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  expect(given).toMatchObject([{ identityId: program, scopes: ['secret_folder.fetch'] }]);
  await expect(prove(challenge, signature)).rejects.toMatchObject({ code: 'workload.replayed' });
  const echoed = await ask('web1');
  expect((await prove(echoed, sign('web1', `${echoed}\n`))).identityId).toBe(program);
});

test('another namespace, another host, another system, a challenge that is over or not Reeve’s own proves nothing', async () => {
  const challenge = await ask('web1');
  const good = sign('web1', challenge);
  const forWeb2 = await ask('web2');
  const [first = '', , , nonce = ''] = challenge.split(' ');
  const own = `${first} http://localhost web1 ${Buffer.alloc(40, 1).toString('base64url')}`;
  const moved = `${first} http://localhost web1 ${forWeb2.split(' ')[3] ?? ''}`;
  const elsewhere = `${first} http://elsewhere web1 ${nonce}`;
  const wrong: readonly (readonly [string, string])[] = [
    [challenge, sign('web1', challenge, 'file')],
    [challenge, sign('web2', challenge)],
    [forWeb2, sign('web2', forWeb2)],
    [await ask('nowhere'), good],
    [own, sign('web1', own)],
    [moved, sign('web1', moved)],
    [elsewhere, sign('web1', elsewhere)],
    [await ask('web1'), good],
    [challenge, `${good.slice(0, 60)}A${good.slice(61)}`],
  ];
  for (const [said, signature] of wrong)
    await expect(prove(said, signature)).rejects.toMatchObject({ code: 'workload.not_proved' });
  house.clock.advance(121_000);
  await expect(prove(challenge, good)).rejects.toMatchObject({ code: 'workload.not_proved' });
  const { n } = await house.db.one<{ n: number }>(sql`
    select count(*)::int as n from audit_event where type = 'operation.refused' and data ->> 'code' = 'workload.not_proved'`);
  expect(n).toBe(wrong.length + 1);
});

test('a key that is pinned no more, and a host that is bound no more, prove nothing', async () => {
  const signed = async (): Promise<unknown> => {
    const challenge = await ask('web1');
    return await prove(challenge, sign('web1', challenge));
  };
  await house.db.run(sql`update system set pinned = pinned || array['SHA256:other'] where name = 'web1'`);
  await signed();
  await house.db.run(sql`update system set pinned = array['SHA256:other'] where name = 'web1'`);
  await expect(signed()).rejects.toMatchObject({ code: 'workload.not_proved' });
  await house.perform('workloads.unbindHost', { id: hostId }, admin);
  await expect(signed()).rejects.toMatchObject({ code: 'workload.not_proved' });
  await expect(house.perform('workloads.hosts', {}, program)).rejects.toMatchObject({ status: 403 });
});
