import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyNoGlewlwyd, type LabGlewlwyd } from '#lab/index.ts';
import type { Change, Target } from '../port.ts';
import { restConnector as connector } from './index.ts';
import { labServer, targetOf } from './lab-server.fixture.ts';

const skip = whyNoGlewlwyd();
if (skip !== undefined) console.log(`SKIP a described Glewlwyd: ${skip}`);

describe.skipIf(skip !== undefined)('a real server that is described', () => {
  let server: LabGlewlwyd;
  let target: Target;
  beforeAll(async () => {
    server = await labServer();
    target = targetOf(server);
  });
  afterAll(() => server?.stop());

  const apply = async (change: Change): Promise<boolean> => (await connector.apply(target, change)).changed;
  const facts = async (account: string) => (await connector.readAccount(target, account))?.account.attributes;

  it('that finds names in any case has nobody by another spelling', async () => {
    expect(JSON.parse(await server.ask('GET', '/user/PRIYA'))).toMatchObject({ username: 'priya' });
    expect(await connector.readAccount(target, 'PRIYA')).toBeUndefined();
    await expect(apply({ do: 'create_account', account: 'PRIYA', fullName: 'P' })).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('username already exist') as string,
    });
    expect(await apply({ do: 'delete_account', account: 'PRIYA' })).toBe(false);
    expect(await facts('priya')).toMatchObject({ mail: 'priya@larkspur.example' });
  });

  it('keeps the facts it is described to keep, changed alone, and taken away', async () => {
    const account = 'facts';
    const attributes = { mail: 'facts@larkspur.example', shoe_size: '44', department: null };
    expect(await apply({ do: 'create_account', account, fullName: 'Facta Non Verba', attributes })).toBe(true);
    expect(await facts(account)).toEqual({ full_name: 'Facta Non Verba', mail: attributes.mail });
    expect(await apply({ do: 'set_attributes', account, attributes: { full_name: 'Verba', shoe_size: '45' } })).toBe(
      true,
    );
    expect(await facts(account)).toEqual({ full_name: 'Verba', mail: attributes.mail });
    const kept = { do: 'set_attributes', account, attributes: { full_name: 'Verba', shoe_size: '45' } } as const;
    expect((await connector.preview(target, kept)).needed).toBe(false);
    const cleared = { do: 'set_attributes', account, attributes: { mail: null } } as const;
    expect((await connector.preview(target, cleared)).summary).toMatch(/^set mail of facts on /u);
    expect(await apply(cleared)).toBe(true);
    expect(await apply(cleared)).toBe(false);
    expect(await facts(account)).toEqual({ full_name: 'Verba' });
  });

  it('whose list is written whole has all of it when what one of several at once took away is given again', async () => {
    const account = 'tomas';
    const wanted = ['scope:crm', 'scope:mail', 'scope:wiki'];
    const came = await Promise.allSettled(wanted.map((entitlement) => apply({ do: 'grant', account, entitlement })));
    for (const one of came)
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'failed', retry: true });
    for (const entitlement of wanted) await apply({ do: 'grant', account, entitlement });
    expect((await connector.readAccount(target, account))?.holdings).toEqual(wanted);
  });

  it('shows what other administrators did, page by page, and two readings are of the same order', async () => {
    const before = (await connector.read(target)).accounts.map(({ nativeId }) => nativeId);
    const more = Array.from({ length: 12 }, (_, n) => `crowd${n}`);
    for (const username of more) await server.ask('POST', '/user/', { username, enabled: true, scope: ['wiki'] });
    const after = await connector.read(target);
    expect(after.accounts.map(({ nativeId }) => nativeId)).toEqual([...before, ...more].toSorted());
    expect(after.holdings.filter(({ entitlement }) => entitlement === 'scope:wiki').length).toBeGreaterThanOrEqual(13);
  });
});
