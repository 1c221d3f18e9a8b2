import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { makeSshKey } from '#lab/index.ts';
import { putEntitlement, registerSystem } from '#spine/graph/index.ts';
import { callWith, peopledHouse, type Caller, type PeopledHouse } from '../../harness/peopled-house.ts';
import { must } from '../one-of-each.ts';
import { proving } from '#test/harness/fresh-proof.ts';

let house: PeopledHouse;
let boss: Caller;
let officer: Caller;
let priya: Caller;
beforeAll(async () => {
  house = await peopledHouse();
  boss = await house.person('boss', {}, ['administrator']);
  officer = await house.person('officer', {}, ['security_officer']);
  priya = await house.person('priya', { managerId: boss.id });
  await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    const system = await registerSystem(ctx, permit, { name: 'web1', kind: 'csv', ownerId: priya.id });
    for (const name of ['wiki', 'reports'])
      await putEntitlement(ctx, permit, {
        systemId: system.id,
        kind: 'group',
        nativeId: name,
        name,
        description: 'what it is for',
        ownerId: priya.id,
        requestable: true,
        risk: 'low',
      });
  });
});
afterAll(() => house?.close());

const merge = async (from: Caller, into: Caller): Promise<void> => {
  must(await officer.call('POST', `/v1/identities/${from.id}/merge`, { into: into.id, because: 'the same face' }));
};

test('what proved somebody who turned out to be another proves nothing, at once and for good', async () => {
  const [ada, double] = [await house.person('ada', { managerId: priya.id }), await house.person('ada2')];
  const { token } = must<{ token: string }>(
    await double.call('POST', '/v1/tokens', {
      name: 'mine',
      scopes: ['*'],
      endsAt: new Date(house.clock.now().getTime() + 86_400_000).toISOString(),
    }),
  );
  const { publicKey } = await makeSshKey('ada2@laptop');
  must(await proving(house, double).call('POST', '/v1/ssh-keys', { publicKey, name: 'laptop' }));
  const { id: secretId } = must<{ id: string }>(
    await officer.call('POST', '/v1/vault/secrets', { name: 'a/key', kind: 'api_key', value: 'v' }),
  );
  await house.db.run(sql`update secret set owner_id = ${double.id} where id = ${secretId}`);
  must(await double.call('POST', `/v1/vault/secrets/${secretId}/checkout`, { reason: 'to read it' }));
  await house.db.run(sql`insert into passkey (id, identity_id, credential_id, public_key, counter, name)
    values (gen_random_uuid(), ${double.id}, 'a-credential', '\\x00', 0, 'phone')`);
  await merge(double, ada);
  // At once, whatever has been cleared away by then.
  expect((await double.call('GET', '/v1/me')).status).toBeGreaterThanOrEqual(401);
  await house.settle();
  const byToken = callWith(house.url, { authorization: `Bearer ${token}` });
  expect((await byToken('GET', '/v1/me')).status).toBe(401);
  expect((await double.call('GET', '/v1/me')).status).toBe(401);
  const left = await house.db.one<Record<string, number>>(sql`
    select (select count(*)::int from ssh_key where identity_id = ${double.id} and removed_at is null) as keys,
           (select count(*)::int from passkey where identity_id = ${double.id}) as passkeys,
           (select count(*)::int from secret_checkout where identity_id = ${double.id} and ended_at is null) as checkouts,
           (select count(*)::int from signin where identity_id = ${double.id} and ended_at is null) as signins`);
  expect(left).toEqual({ keys: 0, passkeys: 0, checkouts: 0, signins: 0 });
  // Taken back, they are somebody again, who has to be let in anew.
  must(await officer.call('POST', `/v1/identities/${double.id}/unmerge`, { because: 'a mistake' }));
  await house.settle();
  expect((await double.call('GET', '/v1/me')).status).toBe(401);
});

test('what they asked for goes on, and is not decided by whom it benefits now', async () => {
  const [lena, double] = [
    await house.person('lena', { managerId: priya.id }),
    await house.person('lena2', { managerId: priya.id }),
  ];
  await house.db.run(sql`update system set owner_id = ${lena.id} where name = 'web1'`);
  await house.db.run(sql`update entitlement set owner_id = ${lena.id} where name = 'wiki'`);
  const ask = (who: Caller, what: string) =>
    who.call('POST', '/v1/requests', { what: `web1:${what}`, for: '2h', reason: 'to work' });
  const { request } = must<{ request: { id: string } }>(await ask(double, 'wiki'));
  const twice = must<{ request: { id: string } }>(await ask(double, 'reports')).request;
  must(await ask(lena, 'reports'));
  await merge(double, lena);
  await house.settle();
  const shown = must<{
    state: string;
    beneficiary: { id: string };
    steps: { state: string; approvers: { id: string }[] }[];
  }>(await boss.call('GET', `/v1/requests/${request.id}`));
  expect(shown).toMatchObject({ state: 'pending', beneficiary: { id: lena.id } });
  expect(shown.steps.filter((s) => s.state === 'open').flatMap((s) => s.approvers.map((a) => a.id))).not.toContain(
    lena.id,
  );
  expect((await lena.call('POST', `/v1/requests/${request.id}/approve`)).status).toBe(403);
  // One person does not wait twice for the same.
  expect(must<{ state: string }>(await boss.call('GET', `/v1/requests/${twice.id}`)).state).toBe('withdrawn');
});

test('nobody says over HTTP who they are, and whoever may not, hears of nobody', async () => {
  const [max, double] = [await house.person('max'), await house.person('max2')];
  const path = `/v1/identities/${double.id}/merge`;
  for (const who of [max, double, priya]) {
    expect((await who.call('POST', path, { into: max.id, because: 'me' })).status).toBeGreaterThanOrEqual(403);
    expect((await who.call('POST', `${path}/preview`, { into: max.id })).status).toBeGreaterThanOrEqual(403);
  }
  expect((await boss.call('POST', path, { into: boss.id, because: 'me' })).body['code']).toBe('identity.own_benefit');
  expect((await house.stranger.call('POST', path, { into: max.id, because: 'me' })).status).toBe(401);
  const { n } = await house.db.one<{ n: number }>(
    sql`select count(*)::int as n from identity_merge where duplicate_id = ${double.id}`,
  );
  expect(n).toBe(0);
});

test('what is under review does not escape it by turning out to be somebody else’s, nor reviews itself', async () => {
  const [nils, double] = [await house.person('nils'), await house.person('nils2')];
  const wiki = await house.db.one<{ id: string }>(sql`select id from entitlement where name = 'wiki'`);
  const given = must<{ id: string }>(
    await boss.call('POST', '/v1/grants', { identity: double.id, entitlementId: wiki.id, because: 'to work' }),
  );
  const dueAt = new Date(house.clock.now().getTime() + 86_400_000).toISOString();
  const campaign = must<{ id: string }>(
    await boss.call('POST', '/v1/campaigns', {
      name: 'what nils has',
      scope: { identityId: double.id, reviewerId: nils.id },
      reviewerRule: 'named',
      dueAt,
    }),
  );
  must(await boss.call('POST', `/v1/campaigns/${campaign.id}/launch`));
  await merge(double, nils);
  await house.settle();
  const items = await house.db.many<{ grantId: string; identityId: string; reviewerId: string }>(sql`
    select grant_id, identity_id, reviewer_id from campaign_item where campaign_id = ${campaign.id}`);
  const { owner } = await house.db.one<{ owner: string }>(
    sql`select owner_id as owner from entitlement where id = ${wiki.id}`,
  );
  // Who answers for what is under review is next in line.
  expect(items).toMatchObject([{ identityId: nils.id, reviewerId: owner }]);
  expect(items[0]?.grantId).not.toBe(given.id);
  const live = await house.db.one<{ of: string; ended: string | null }>(
    sql`select identity_id as of, ended_because as ended from access_grant where id = ${items[0]?.grantId ?? ''}`,
  );
  expect(live).toEqual({ of: nils.id, ended: null });
});
