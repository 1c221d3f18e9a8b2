import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startMail, type LabMail } from '#lab/index.ts';
import { hashToken } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { openLog } from '#kit/log/index.ts';
import { noticesModule } from '#platform/notices/index.ts';
import { createAuthenticator, signinModule, takeStepUp } from '#platform/signin/index.ts';
import { serveHttp } from '#surfaces/http/index.ts';
import { describeEntitlement } from '#spine/graph/index.ts';
import { appoint, ask, setRules, show, type Shown } from '../testing/ask.ts';
import { smallCompany, type SmallCompany } from '../testing/small-company.ts';
import { decisionLinksModule } from '../index.ts';

let sink: LabMail;
let c: SmallCompany;
let server: { readonly url: string; stop(): Promise<void> };
let logged = '';
let boss: string;
let chief: string;
let asker: string;
let n = 0;

const PUBLIC = 'http://localhost:8470';
beforeAll(async () => {
  sink = await startMail();
  c = await smallCompany((parts) => [
    decisionLinksModule({ ...parts, takeStepUp }),
    signinModule({ ...parts, publicUrl: PUBLIC }),
    noticesModule({ ...parts, publicUrl: PUBLIC, smtpUrl: sink.url, mailFrom: 'reeve@larkspur.example' }),
  ]);
  const log = openLog({ level: 'debug', to: { write: (line) => void (logged += line) } });
  server = await serveHttp({
    registry: c.house.registry,
    operator: c.house.operator,
    log,
    authenticate: createAuthenticator(c.house.db, c.house.clock),
    host: '127.0.0.1',
    port: 0,
    publicUrl: PUBLIC,
    ready: () => Promise.resolve(true),
  });
});
afterAll(async () => {
  await server.stop();
  await c.house.close();
  await sink.stop();
});
beforeEach(async () => {
  n += 1;
  chief = await c.person(`chief${n}`);
  boss = await c.person(`boss${n}`, { managerId: chief });
  asker = await c.person(`asker${n}`, { managerId: boss });
});
afterEach(async () => {
  sink.clear();
  await c.house.db.run(sql`delete from decision_link_setting`);
});

const signIn = async (identityId: string): Promise<string> => {
  const secret = `rvs_${newId()}`;
  await c.house.db.tx((tx) =>
    tx.run(sql`
      insert into signin (id, token_hash, identity_id, method, ends_at)
      values (${newId()}, ${hashToken(secret)}, ${identityId}, 'passkey', ${tx.now}::timestamptz + interval '30 days')`),
  );
  return secret;
};
interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}
const call = async (path: string, body?: unknown, as?: string, method = 'POST'): Promise<Answer> => {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: {
      'x-reeve-csrf': '1',
      'content-type': 'application/json',
      ...(as === undefined ? {} : { cookie: `reeve_session=${await signIn(as)}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {} };
};
const mailTo = async (who: string): Promise<string> => {
  await c.house.settle();
  return sink.messages.filter((m) => m.to.includes(`${who}${n}@example.com`)).at(-1)?.text ?? '';
};
const tokenIn = (text: string): string => /\/decide#token=(\S+)/.exec(text)?.[1] ?? '';
const asked = async (more: Record<string, unknown> = {}): Promise<{ request: Shown; token: string }> => {
  const request = await ask(c, asker, { what: 'web1:reports', for: '2h', ...more });
  return { request, token: tokenIn(await mailTo('boss')) };
};
const stateOf = async (id: string): Promise<string> => (await show(c, id)).state;
const lowRisk = () => c.house.perform('decisionLinks.changeSettings', { mode: 'low_risk', hours: 72 }, c.who.joaquin);

test('whoever is asked decides by the link of the mail, signed in, and that is on record', async () => {
  const { request, token } = await asked();
  expect(await call('/v1/decision-links/open', { token }, boss)).toMatchObject({
    status: 200,
    body: { state: 'open', signIn: false, request: { number: request.number, what: 'reports on web1' } },
  });
  expect(await call('/v1/decision-links/approve', { token, comment: 'go' }, boss)).toMatchObject({
    status: 200,
    body: { state: 'approved', number: request.number },
  });
  const events = await c.house.db.many<{ type: string; actorId: string; data: Record<string, unknown> }>(sql`
    select type, actor_id, data from audit_event where data ->> 'requestId' = ${request.id}
       and type in ('decision_link.used', 'request.step_approved') order by id`);
  expect(events).toMatchObject([
    { type: 'decision_link.used', actorId: boss, data: { identityId: boss, signedIn: true } },
    { type: 'request.step_approved', actorId: boss },
  ]);
});

test('a denial by link says why', async () => {
  const { request, token } = await asked();
  expect((await call('/v1/decision-links/deny', { token }, boss)).status).toBe(422);
  expect((await call('/v1/decision-links/deny', { token, reason: 'not now' }, boss)).status).toBe(200);
  expect(await show(c, request.id)).toMatchObject({ state: 'denied', endedBecause: 'not now' });
});

describe('nothing is decided', () => {
  test('by programs that follow links: GET, HEAD and OPTIONS of the link, the page and every operation, and a look', async () => {
    await lowRisk();
    const { request, token } = await asked();
    for (const method of ['GET', 'HEAD', 'OPTIONS'])
      for (const path of ['/decide', ...['open', 'approve', 'deny', 'decide'].map((o) => `/v1/decision-links/${o}`)])
        for (const query of ['', `?token=${token}`, `?token=${token}&decision=approve`])
          expect((await call(`${path}${query}`, undefined, boss, method)).status).toBeGreaterThanOrEqual(400);
    for (let i = 0; i < 3; i += 1) await call('/v1/decision-links/open', { token });
    expect(await stateOf(request.id)).toBe('pending');
    expect((await call('/v1/decision-links/approve', { token }, boss)).status).toBe(200);
  });

  test('twice: a link that decided is used, also when tried twice at the same instant', async () => {
    await setRules(c, [{ when: {}, steps: [{ named: [boss, chief], approvals: 2 }] }]);
    const { request, token } = await asked();
    const [one, two] = await Promise.all([1, 2].map(() => call('/v1/decision-links/approve', { token }, boss)));
    expect([one?.status, two?.status].sort()).toEqual([200, expect.toSatisfy((s: number) => s === 403 || s === 409)]);
    expect((await call('/v1/decision-links/approve', { token }, boss)).status).toBeGreaterThanOrEqual(400);
    expect((await call('/v1/decision-links/open', { token }, boss)).body['state']).toBe('used');
    expect((await show(c, request.id)).steps.filter((s) => s.state === 'approved')).toHaveLength(1);
    await setRules(c, [{ when: {}, steps: ['manager'] }]);
  });

  test('by whom it was forwarded to: signed in as another, also as one who is asked too, or not signed in', async () => {
    const { request, token } = await asked();
    for (const other of [chief, asker, c.who.dana]) {
      expect((await call('/v1/decision-links/approve', { token }, other)).status).toBeGreaterThanOrEqual(403);
      expect((await call('/v1/decision-links/decide', { token, decision: 'approve' }, other)).status).toBe(403);
      expect((await call('/v1/decision-links/open', { token }, other)).body).toMatchObject({
        state: 'of_another',
        request: null,
      });
    }
    expect((await call('/v1/decision-links/approve', { token })).status).toBe(401);
    expect((await call('/v1/decision-links/decide', { token, decision: 'approve' })).body).toMatchObject({
      code: 'decision_link.signin_required',
    });
    expect(await stateOf(request.id)).toBe('pending');
  });

  test('in the name of one candidate by another', async () => {
    await setRules(c, [{ when: {}, steps: [{ named: [boss, chief] }] }]);
    const { request, token } = await asked();
    expect((await call('/v1/decision-links/approve', { token }, chief)).body).toMatchObject({
      code: 'decision_link.of_another',
    });
    expect(await stateOf(request.id)).toBe('pending');
    await setRules(c, [{ when: {}, steps: ['manager'] }]);
  });

  test('by a link that is too old', async () => {
    const { request, token } = await asked();
    c.house.clock.advance(72 * 3_600_000);
    expect((await call('/v1/decision-links/open', { token }, boss)).body['state']).toBe('over');
    expect((await call('/v1/decision-links/approve', { token }, boss)).body['code']).toBe('decision_link.over');
    expect(await stateOf(request.id)).toBe('pending');
  });

  test('about a step that was decided, withdrawn or given to others meanwhile', async () => {
    const { request, token } = await asked();
    await c.house.perform('requests.withdraw', { id: request.id }, asker);
    expect((await call('/v1/decision-links/open', { token }, boss)).body['state']).toBe('decided');
    expect((await call('/v1/decision-links/approve', { token }, boss)).status).toBeGreaterThanOrEqual(400);
    const second = await asked();
    await c.setState(boss, 'leave');
    await c.house.settle();
    await c.setState(boss, 'active');
    expect((await call('/v1/decision-links/approve', { token: second.token }, boss)).status).toBeGreaterThanOrEqual(
      403,
    );
    expect(await stateOf(second.request.id)).toBe('pending');
  });

  test('by a token that is made up, cut, altered or of another link', async () => {
    await lowRisk();
    const { request, token } = await asked();
    const other = await asked({ what: 'git:deploy_production' });
    const [id = '', proof = ''] = token.split('.');
    const [otherId = ''] = other.token.split('.');
    for (const bad of [
      `${id}.`,
      `${otherId}.${proof}`,
      `${id}.${'A'.repeat(43)}`,
      token.slice(0, -1),
      `${token}x`,
      'x'.repeat(80),
      id,
    ]) {
      const answers = await Promise.all([
        call('/v1/decision-links/decide', { token: bad, decision: 'approve' }),
        call('/v1/decision-links/approve', { token: bad }, boss),
      ]);
      for (const { status, body } of answers) {
        expect(status).toBe(401);
        expect(body['code']).toBe('decision_link.not_good');
      }
    }
    expect(await stateOf(request.id)).toBe('pending');
  });
});

describe('without sign-in', () => {
  test('what is of low risk is decided by the link alone, where the house allows that', async () => {
    await lowRisk();
    const { request, token } = await asked();
    expect((await call('/v1/decision-links/open', { token })).body).toMatchObject({ state: 'open', signIn: false });
    expect((await call('/v1/decision-links/decide', { token, decision: 'approve' })).status).toBe(200);
    expect(await show(c, request.id)).toMatchObject({ state: 'approved', steps: [{ decidedBy: { id: boss } }] });
    const [used] = await c.house.db.many<{ actorKind: string; data: Record<string, unknown> }>(sql`
      select actor_kind, data from audit_event where type = 'decision_link.used' and data ->> 'requestId' = ${request.id}`);
    expect(used).toMatchObject({ actorKind: 'anonymous', data: { identityId: boss, signedIn: false } });
    expect((await call('/v1/decision-links/decide', { token, decision: 'approve' })).status).toBe(409);
  });

  test('nothing else is: not of higher risk, nor what became so meanwhile, nor by who has left', async () => {
    await lowRisk();
    const decide = (token: string) => call('/v1/decision-links/decide', { token, decision: 'approve' });
    const higher = await asked({ what: 'git:deploy_production' });
    expect((await decide(higher.token)).body['code']).toBe('decision_link.signin_required');
    const thing = await c.entitlement('git', `grows${n}`, { risk: 'low' });
    const grown = await asked({ what: thing });
    await c.build(async (ctx, permit) => {
      await describeEntitlement(ctx, permit, { entitlementId: thing, risk: 'high' });
    });
    expect((await decide(grown.token)).body['code']).toBe('decision_link.signin_required');
    const low = await asked();
    await c.setState(boss, 'suspended');
    expect((await decide(low.token)).status).toBeGreaterThanOrEqual(403);
    expect(await stateOf(low.request.id)).toBe('pending');
  });

  test('nor where the policy wants a fresh proof of who decides, which no link is', async () => {
    await lowRisk();
    await setRules(c, [{ when: {}, steps: ['manager'], stepUp: true }]);
    const { request, token } = await asked();
    const answer = await call('/v1/decision-links/decide', { token, decision: 'approve' });
    expect(answer.body['code']).toBe('decision_link.signin_required');
    expect(await stateOf(request.id)).toBe('pending');
    await setRules(c, [{ when: {}, steps: ['manager'] }]);
  });

  test('one cannot decide to one’s own benefit, nor what one’s role lets nobody do', async () => {
    await lowRisk();
    const request = await ask(c, boss, { what: 'web1:reports', for: '2h', forIdentity: asker });
    await c.house.settle();
    expect(tokenIn(await mailTo('boss'))).toBe('');
    expect(await stateOf(request.id)).toBe('pending');
  });
});

test('a deputy decides by a link of their own, and both names are on the record', async () => {
  const dora = await c.person(`dora${n}`);
  await appoint(c, boss, dora);
  const { request } = await asked();
  const token = tokenIn(await mailTo('dora'));
  expect((await call('/v1/decision-links/approve', { token }, boss)).status).toBeGreaterThanOrEqual(403);
  expect((await call('/v1/decision-links/approve', { token }, dora)).status).toBe(200);
  expect((await show(c, request.id)).steps[0]).toMatchObject({ decidedBy: { id: dora }, decidedFor: { id: boss } });
});

test('a reminder carries the same link, for longer; where links are off mails lead to the request', async () => {
  const { token, request } = await asked();
  c.house.clock.advance(71 * 3_600_000);
  await c.house.perform('requests.remind', { id: request.id }, asker);
  expect(tokenIn(await mailTo('boss'))).toBe(token);
  c.house.clock.advance(2 * 3_600_000);
  expect((await call('/v1/decision-links/open', { token }, boss)).body['state']).toBe('open');
  await c.house.perform('decisionLinks.changeSettings', { mode: 'off', hours: 72 }, c.who.joaquin);
  const without = await asked({ what: 'git:deploy_production' });
  expect(without.token).toBe('');
  expect(await mailTo('boss')).toContain(`${PUBLIC}/requests/${without.request.id}`);
  await expect(
    c.house.perform('decisionLinks.changeSettings', { mode: 'low_risk', hours: 1 }, c.who.dana),
  ).rejects.toMatchObject({ status: 403 });
  expect(request.id).not.toBe(without.request.id);
});

test('what proves a link is in no log, no job, no audit event and nowhere in the database', async () => {
  const { token } = await asked();
  await call('/v1/decision-links/open', { token }, boss);
  await call('/v1/decision-links/approve', { token: `${token}x` }, boss);
  await call(`/v1/decision-links/approve?token=${token}`, {}, chief);
  await call('/v1/decision-links/approve', { token }, boss);
  const proof = token.split('.')[1] ?? '';
  expect(proof).toHaveLength(43);
  const tables = await c.house.db.many<{ schema: string; name: string }>(sql`
    select schemaname as schema, tablename as name from pg_tables where schemaname in ('public', 'graphile_worker')`);
  for (const { schema, name } of tables) {
    const { found } = await c.house.db.one<{ found: number }>(
      sql`select count(*)::int as found from ${sql.id(schema)}.${sql.id(name)} t where strpos(t::text, ${proof}) > 0`,
    );
    expect(found, name).toBe(0);
  }
  expect(logged).not.toContain(proof);
});
