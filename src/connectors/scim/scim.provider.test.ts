import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { LabScim } from '#lab/index.ts';
import { TargetError, type Change, type Target } from '../port.ts';
import { scimConnector as connector } from './index.ts';
import { labProvider, targetOf } from './lab-provider.fixture.ts';

let scim: LabScim;
let target: Target;
beforeAll(async () => {
  scim = await labProvider();
  target = targetOf(scim, { pageSize: 2 });
});
afterEach(() => {
  scim.answer = undefined;
});
afterAll(() => scim?.stop());

const refusal = async (work: Promise<unknown>): Promise<TargetError> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(TargetError);
  return error as TargetError;
};
const json = (value: unknown, status = 200) => ({
  status,
  headers: { 'content-type': 'application/scim+json' },
  body: JSON.stringify(value),
});
const list = (totalResults: number, ...Resources: unknown[]) => json({ totalResults, Resources });

describe('a reading of what is no whole list', () => {
  it.each([
    ['a redirect to a log-in page', { status: 302, headers: { location: 'https://sso.example/' } }, 'refused'],
    ['a log-in page', { status: 200, headers: { 'content-type': 'text/html' }, body: '<form>' }, 'failed'],
    ['an empty answer', { status: 200, headers: { 'content-type': 'application/scim+json' } }, 'failed'],
    ['half an answer', { status: 200, headers: { 'content-type': 'application/json' }, body: '{"totalRes' }, 'failed'],
    ['too many requests', json({ detail: 'slow down' }, 429), 'failed'],
    ['a fault', json({ detail: 'oh' }, 500), 'failed'],
    ['fewer than it says', list(3, { id: '1', userName: 'a', displayName: 'a' }), 'failed'],
    ['somebody without a name', list(1, { id: '1', active: true }), 'failed'],
    ['a list of nothing', json({ totalResults: 1, Resources: [null] }), 'failed'],
  ] as const)('%s throws, and is never taken for less', async (_what, answer, code) => {
    scim.answer = () => answer;
    expect((await refusal(connector.read(target))).code).toBe(code);
  });

  it('one that changes while it is read throws, and may be tried again', async () => {
    let page = 0;
    scim.answer = (_method, path) => {
      if (path.includes('/Groups')) return list(0);
      page += 1;
      return list(
        page === 1 ? 4 : 3,
        { id: `${page}a`, userName: `${page}a` },
        { id: `${page}b`, userName: `${page}b` },
      );
    };
    const error = await refusal(connector.read(target));
    expect([error.code, error.retry]).toEqual(['failed', true]);
    expect(error.message).toContain('changed while it was read');
  });

  it('pages that come to nothing new end', async () => {
    scim.answer = (_method, path) => (path.includes('/Groups') ? list(0) : list(4, { id: '1', userName: 'a' }));
    expect((await refusal(connector.read(target))).code).toBe('failed');
  });
});

it('what a provider says in an error has neither the token nor line breaks in it', async () => {
  scim.answer = () => json({ detail: `token ${scim.token}\r\nX-Evil: yes\u2028` }, 400);
  const { message } = await refusal(connector.read(target));
  expect(message).toContain('X-Evil');
  expect(message).not.toContain(scim.token);
  expect(message).not.toMatch(/[\p{Cc}\u2028]/u);
});

describe('facts of a person', () => {
  const account = 'facts';
  const facts = {
    mail: 'facts@larkspur.example',
    first_name: 'Facta',
    last_name: 'Non Verba',
    department: 'Legal',
    employee_id: 'E-77',
    shoe_size: '44',
  };
  const set = async (change: Change): Promise<boolean> => (await connector.apply(target, change)).changed;
  const held = async () => (await connector.readAccount(target, account))?.account.attributes;

  it('are kept where the settings say, changed alone, and taken away', async () => {
    expect(await set({ do: 'create_account', account, fullName: 'Facta Non Verba', attributes: facts })).toBe(true);
    expect(await held()).toMatchObject({
      mail: facts.mail,
      first_name: 'Facta',
      last_name: 'Non Verba',
      department: 'Legal',
      employee_id: 'E-77',
      full_name: 'Facta Non Verba',
    });
    expect(await set({ do: 'set_attributes', account, attributes: { department: 'Sales', mail: facts.mail } })).toBe(
      true,
    );
    expect(await held()).toMatchObject({ department: 'Sales', mail: facts.mail, first_name: 'Facta' });
    const preview = await connector.preview(target, { do: 'set_attributes', account, attributes: { shoe_size: '45' } });
    expect(preview.needed).toBe(false);
    expect(await set({ do: 'set_attributes', account, attributes: { employee_id: null } })).toBe(true);
    expect(await held()).not.toHaveProperty('employee_id');
    expect(await set({ do: 'set_attributes', account, attributes: { employee_id: null } })).toBe(false);
  });
});

it('a role is taken and not given, for nobody says which there are', async () => {
  const change = { do: 'revoke', account: 'ruben', entitlement: 'role:Admin' } as const;
  const reading = await connector.read(target);
  expect(reading.holdings).toContainEqual({ account: 'ruben', entitlement: 'role:Admin' });
  expect(await connector.apply(target, change)).toEqual({ changed: true });
  expect(await connector.apply(target, change)).toEqual({ changed: false });
  expect((await connector.readAccount(target, 'ruben'))?.holdings).toEqual([]);
  expect((await refusal(connector.apply(target, { ...change, do: 'grant' }))).code).toBe('unsupported');
});

it('a membership the provider took and did not make is no success', async () => {
  const sales = scim.groups.find((one) => one['displayName'] === 'Sales');
  scim.answer = (method) => (method === 'PATCH' ? { status: 204 } : undefined);
  const error = await refusal(
    connector.apply(target, { do: 'grant', account: 'amara', entitlement: `group:${sales?.id ?? ''}` }),
  );
  expect([error.code, error.retry]).toEqual(['failed', true]);
});

it('a name that differs in case only is not somebody', async () => {
  expect(await connector.readAccount(target, 'AMARA')).toBeUndefined();
  const error = await refusal(connector.apply(target, { do: 'create_account', account: 'AMARA', fullName: 'A' }));
  expect([error.code, error.message]).toEqual(['refused', expect.stringContaining('another spelling')]);
});

it('deleting what somebody else just deleted is done', async () => {
  await connector.apply(target, { do: 'create_account', account: 'brief', fullName: 'B' });
  scim.answer = (method) => (method === 'DELETE' ? { status: 404 } : undefined);
  expect(await connector.apply(target, { do: 'delete_account', account: 'brief' })).toEqual({ changed: true });
});
