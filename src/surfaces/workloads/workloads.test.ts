import { request } from 'node:https';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { until } from '#kit/testing/index.ts';
import { outbound } from '#kit/outbound/index.ts';
import { createAuthenticator, signinModule } from '#platform/signin/index.ts';
import { openCertificateDoor, workloadsModule } from '#platform/workloads/index.ts';
import { changeIdentityFacts, createIdentity, graphModule, startGrant } from '#spine/graph/index.ts';
import { testAuthority, type TestAuthority, type TestCertificate } from '#test/harness/authority.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { serveWorkloads } from './index.ts';

const ADMINISTRATOR = '00000000-0000-7000-8000-000000000011';
const SPIFFE = 'spiffe://example.org/shop/deploy';
const arrange = {
  name: 'arrange',
  policies: `@id("arrange.all") permit (principal == Reeve::Component::"arrange", action == Reeve::Action::"arrange.all", resource);`,
};

let house: House;
let server: { readonly url: string; stop(): Promise<void> };
let trusted: TestAuthority;
let other: TestAuthority;
let authorityId: string;
let admin: string;
let program: string;
let person: string;

const act = <T>(work: Parameters<ReturnType<House['as']>['act']>[1]): Promise<T> =>
  house.as('arrange').act({ action: 'arrange.all' }, work) as Promise<T>;
const admit = <T = { id: string }>(operation: string, input: object): Promise<T> =>
  house.perform<T>(operation, input, admin);
const bind = (kind: string, value: string, identityId = program): Promise<{ id: string }> =>
  admit('workloads.bindCertificate', {
    authorityId,
    identityId,
    kind,
    value,
    scopes: ['secret_folder.fetch'],
    seconds: 600,
  });
/** A certificate for clients that carries these names. */
const issued = (names: string, options: Partial<Parameters<TestAuthority['issue']>[0]> = {}): TestCertificate =>
  trusted.issue({ extensions: `extendedKeyUsage=clientAuth\nsubjectAltName=${names}`, ...options });

interface Answer {
  readonly status: number;
  readonly body: {
    readonly [field: string]: unknown;
    readonly code?: string;
    readonly token?: string;
    readonly detail?: string;
  };
}
/** Asks for a token, with whatever certificates and key. */
const exchange = (
  shown: { readonly cert?: string; readonly key?: string },
  options: { readonly path?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const asking = request(
      `${server.url}${options.path ?? '/v1/workloads/certificate'}`,
      { method: 'POST', agent: false, ca: trusted.certificate, ...shown, headers: options.headers ?? {} },
      (response) => {
        let text = '';
        response.on('data', (piece: Buffer) => (text += piece.toString()));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as Answer['body'] }),
        );
      },
    );
    asking.on('error', reject);
    asking.end();
  });
const by = ({ certificate, key }: TestCertificate, ...between: readonly TestCertificate[]) => ({
  cert: [certificate, ...between.map((each) => each.certificate)].join(''),
  key,
});
const refused = async (shown: { readonly cert?: string; readonly key?: string }): Promise<string> => {
  const { status, body } = await exchange(shown);
  expect([401, 403]).toContain(status);
  return `${String(body.code)}: ${String(body.detail)}`;
};

beforeAll(async () => {
  [trusted, other] = [testAuthority('House CA'), testAuthority('House CA')];
  house = await testHouse(({ db, keys, clock }) => [
    graphModule,
    signinModule({ db, keys, publicUrl: 'http://localhost' }),
    workloadsModule({ db, keys, publicUrl: 'http://localhost', clock, outbound: outbound() }),
    arrange,
  ]);
  // TLS itself knows no clock but that of the machine.
  house.clock.set(new Date(Date.now() + 60_000));
  [admin = '', program = '', person = ''] = await act<string[]>(async (ctx, permit) => {
    const made: string[] = [];
    for (const [displayName, kind] of [
      ['Admin', 'person'],
      ['Deployer', 'service'],
      ['Somebody', 'person'],
    ] as const)
      made.push((await createIdentity(ctx, permit, { kind, facts: { displayName } })).id);
    const identityId = made[0] ?? '';
    await startGrant(ctx, permit, { identityId, entitlementId: ADMINISTRATOR, origin: 'admin', reason: 'test' });
    return made;
  });
  authorityId = (await admit('workloads.addAuthority', { name: 'house', certificate: trusted.certificate })).id;
  const own = trusted.issue({ extensions: 'subjectAltName=IP:127.0.0.1' });
  server = await serveWorkloads({
    door: openCertificateDoor({ db: house.db, operator: house.operator }),
    log: silentLog,
    host: '127.0.0.1',
    port: 0,
    certificateFile: `${own.path}.crt`,
    keyFile: `${own.path}.key`,
    refreshMs: 50,
  });
  await bind('uri', SPIFFE);
});
afterAll(async () => {
  await server.stop();
  await house.close();
  trusted.remove();
  other.remove();
});

test('a program gets a token of its own for its certificate, for a short time and within its scopes', async () => {
  const { status, body } = await exchange(by(issued(`URI:${SPIFFE}`)));
  expect({ status, ...body }).toMatchObject({ status: 200, identityId: program, scopes: ['secret_folder.fetch'] });
  const authenticate = createAuthenticator(house.db, house.clock);
  const who = await authenticate({ token: body.token, cookie: undefined, address: '127.0.0.1' });
  expect(who).toMatchObject({ principal: { id: program }, scopes: ['secret_folder.fetch'] });
  expect(new Date(String(body['endsAt'])).getTime() - house.clock.now().getTime()).toBe(600_000);
});

test('names of DNS and whole subjects are bound too, and a pattern in a certificate is no name', async () => {
  await bind('dns', 'Web.shop.example');
  await bind('subject', 'O=Shop, CN=worker');
  expect((await exchange(by(issued('DNS:web.shop.example')))).status).toBe(200);
  expect((await exchange(by(issued('DNS:x', { subject: '/O=Shop/CN=worker' })))).status).toBe(200);
  expect(await refused(by(issued('DNS:*.shop.example')))).toMatch(/not_bound/u);
  expect(await refused(by(issued('DNS:x', { subject: '/CN=O=Shop, CN=worker' })))).toMatch(/not_bound/u);
  await expect(bind('dns', '*.shop.example')).rejects.toMatchObject({ errors: [{ pointer: '/value' }] });
});

test('nobody is let in by what a header says, without a certificate, or with one whose key is another’s', async () => {
  const made = issued(`URI:${SPIFFE}`);
  const claimed = encodeURIComponent(made.certificate);
  for (const header of ['x-client-cert', 'x-forwarded-client-cert', 'ssl-client-cert', 'x-ssl-client-verify']) {
    const { status, body } = await exchange({}, { headers: { [header]: claimed } });
    expect([status, body.code]).toEqual([401, 'workload.no_certificate']);
  }
  await expect(exchange({ cert: made.certificate, key: issued('DNS:x').key })).rejects.toThrow(/key values mismatch/u);
});

test('another authority of the same name, a certificate that is over, for servers, or revoked, proves nothing', async () => {
  const extensions = `extendedKeyUsage=clientAuth\nsubjectAltName=URI:${SPIFFE}`;
  expect(await refused(by(other.issue({ extensions })))).toMatch(/not_proved.*not trusted/u);
  expect(await refused(by(trusted.issue({ extensions: `subjectAltName=URI:${SPIFFE}` })))).toMatch(
    /not_proved.*clientAuth/u,
  );
  expect(await refused(by(trusted.issue({ extensions, days: -1 })))).toMatch(/not_proved.*(is over|not valid yet)/u);
  const within = trusted.issue({
    subject: '/CN=Between',
    extensions: 'basicConstraints=critical,CA:TRUE\nnameConstraints=critical,permitted;URI:other.org',
  });
  expect(await refused(by(trusted.issue({ extensions, by: within }), within))).toMatch(/not_proved.*name constraints/u);
  const { n } = await house.db.one<{ n: number }>(sql`
    select count(*)::int as n from audit_event where type = 'operation.refused' and data ->> 'code' = 'workload.not_proved'`);
  expect(n).toBe(4);
});

test('one between that may give such names is followed, and several names that fit let nobody in', async () => {
  const between = trusted.issue({
    subject: '/CN=Between',
    extensions: 'basicConstraints=critical,CA:TRUE\nnameConstraints=critical,permitted;URI:example.org',
  });
  const made = trusted.issue({ extensions: `extendedKeyUsage=clientAuth\nsubjectAltName=URI:${SPIFFE}`, by: between });
  expect((await exchange(by(made, between))).status).toBe(200);
  expect(await refused(by(issued(`URI:${SPIFFE},DNS:web.shop.example`)))).toMatch(/bound_twice/u);
  // The standard of SPIFFE allows one URI: of two it is nobody's.
  expect(await refused(by(issued(`URI:${SPIFFE},URI:https://example.org/`)))).toMatch(/not_bound/u);
});

test('revocation lists keep out what is on them, are the authority’s own, and are not put back', async () => {
  const [good, bad] = [issued(`URI:${SPIFFE}`), issued(`URI:${SPIFFE}`)];
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().replaceAll(/[-:T]|\.\d+/gu, '');
  const before = trusted.revoke([], yesterday);
  await expect(
    admit('workloads.uploadRevocationLists', { id: authorityId, lists: other.revoke([bad]) }),
  ).rejects.toMatchObject({
    errors: [{ pointer: '/lists' }],
  });
  const upload = (lists: string): Promise<unknown> =>
    admit('workloads.uploadRevocationLists', { id: authorityId, lists });
  expect((await exchange(by(bad))).status).toBe(200);
  await upload(trusted.revoke([bad]));
  expect((await exchange(by(good))).status).toBe(200);
  expect(await refused(by(bad))).toMatch(/not_proved.*revoked/u);
  await expect(upload(before)).rejects.toMatchObject({ code: 'workload.lists_older' });
});

test('revocation lists of an authority a certificate does not lead to are not read for it', async () => {
  const strange = testAuthority('Strange');
  const { id } = await admit('workloads.addAuthority', { name: 'strange', certificate: strange.certificate });
  // What cannot be read shows that nobody tried.
  await house.db.run(
    sql`update workload_authority set revocation_lists = 'nothing', lists_changed_at = made_at where id = ${id}`,
  );
  expect((await exchange(by(issued(`URI:${SPIFFE}`)))).status).toBe(200);
  await admit('workloads.removeAuthority', { id });
  strange.remove();
});

test('the server follows its own certificate and those it trusts, and has nothing but the exchange', async () => {
  const { status } = await exchange(by(issued(`URI:${SPIFFE}`)), { path: '/v1/me' });
  expect(status).toBe(404);
  const third = testAuthority('Third');
  const made = third.issue({ extensions: 'extendedKeyUsage=clientAuth\nsubjectAltName=DNS:third.example' });
  expect(await refused(by(made))).toMatch(/not trusted/u);
  const { id } = await admit('workloads.addAuthority', { name: 'third', certificate: third.certificate });
  const rule = { authorityId: id, identityId: program, kind: 'dns', value: 'third.example', scopes: ['*'] };
  await admit('workloads.bindCertificate', rule);
  await until(async () => (await exchange(by(made))).status === 200, { timeoutMs: 3000 });
  await admit('workloads.removeAuthority', { id });
  expect(await refused(by(made))).toMatch(/not trusted/u);
  third.remove();
});

test('no person is bound, nobody but administrators trusts, only roots are, and a program that rests is not let in', async () => {
  await expect(bind('dns', 'a.example', person)).rejects.toMatchObject({ code: 'workload.no_program' });
  const input = { name: 'mine', certificate: other.certificate };
  await expect(house.perform('workloads.addAuthority', input, person)).rejects.toMatchObject({ status: 403 });
  const below = trusted.issue({ extensions: 'basicConstraints=critical,CA:TRUE' }).certificate;
  await expect(admit('workloads.addAuthority', { name: 'below', certificate: below })).rejects.toMatchObject({
    errors: [{ pointer: '/certificate' }],
  });
  await act(async (ctx, permit) => {
    await changeIdentityFacts(ctx, permit, { identityId: program, change: { state: 'suspended' } });
  });
  expect(await refused(by(issued(`URI:${SPIFFE}`)))).toMatch(/not_active/u);
});
