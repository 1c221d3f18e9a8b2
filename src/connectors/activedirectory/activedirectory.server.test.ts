import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addition, modification, type LabSamba } from '#lab/index.ts';
import type { Ldap } from '#kit/ldap/index.ts';
import type { Change, Target } from '../port.ts';
import { creationMark, readState } from './change/account-state.ts';
import { planChange } from './change/plan-change.ts';
import { carryOut } from './change/steps.ts';
import { tryLogin } from './change/try-login.ts';
import { withDirectory } from './directory.ts';
import { activeDirectoryConnector as connector } from './index.ts';
import { heldBy, labDomain, openAsAdministrator, stopDomain, targetOf, whyNoSamba } from './lab-domain.fixture.ts';

const obstacle = whyNoSamba();
if (obstacle !== undefined) process.stderr.write(`SKIP changing an Active Directory: ${obstacle}\n`);

const password = 'Gannet-71-ferry';
const wrong = 'Not-The-Password-4711';

describe.skipIf(obstacle !== undefined)('changing a domain', () => {
  let dc: LabSamba;
  let target: Target;
  let admin: Ldap;
  let serial = 0;
  let account = '';
  beforeAll(async () => {
    dc = await labDomain();
    const people = `OU=People,OU=Larkspur,${dc.base}`;
    target = targetOf(dc);
    target = {
      ...target,
      settings: {
        ...target.settings,
        upnSuffix: 'larkspur.example',
        orgUnits: { Treasury: `OU=Finance,${people}`, 'Care Desk': `OU=Customer Care,${people}` },
      },
    };
    await dc.write(addition(`OU=Customer Care,${people}`, { objectClass: 'organizationalUnit' }));
    admin = await openAsAdministrator(dc);
  });
  afterAll(async () => {
    admin.close();
    await stopDomain();
  });
  beforeEach(() => {
    account = `server${(serial += 1)}`;
  });

  const apply = (change: Change): ReturnType<typeof connector.apply> => connector.apply(target, change);
  const create = (more: Partial<Extract<Change, { do: 'create_account' }>> = {}): ReturnType<typeof connector.apply> =>
    apply({ do: 'create_account', account, fullName: 'Ser Ver', ...more });
  const dnOf = async (name: string): Promise<string> =>
    (await dc.search(`(sAMAccountName=${name})`, ['cn']))[0]?.dn ?? '';
  const set = async (dn: string, attributes: Readonly<Record<string, string>>): Promise<void> => {
    await admin.modify(
      dn,
      Object.entries(attributes).map(([attribute, value]) => ({ do: 'replace', attribute, values: [value] })),
    );
  };
  const opens = (value: string): Promise<boolean> =>
    connector.verify(target, { kind: 'password', username: account, password: value });

  it('puts a new account where its unit is, with the facts of its person, and moves it when they change', async () => {
    const attributes = {
      mail: 'ser.ver@larkspur.example',
      first_name: 'Ser',
      last_name: 'Ver',
      department: 'Finance',
      job_title: 'Treasurer',
      employee_id: 'E9001',
      org_unit: 'Treasury',
      shoe_size: '44',
    };
    await create({ attributes });
    expect(await dnOf(account)).toBe(`CN=${account},OU=Finance,OU=People,OU=Larkspur,${dc.base}`);
    expect(await heldBy(dc, account, 'userPrincipalName')).toEqual([`${account}@larkspur.example`]);
    expect(await heldBy(dc, account, 'userAccountControl')).toEqual(['512']);
    expect(await heldBy(dc, account, 'comment')).toEqual([]);
    const read = (await connector.readAccount(target, account))?.account;
    expect(read).toMatchObject({
      state: 'active',
      kind: 'personal',
      attributes: {
        displayName: 'Ser Ver',
        firstName: 'Ser',
        lastName: 'Ver',
        jobTitle: 'Treasurer',
        employeeId: 'E9001',
      },
    });
    const same = { do: 'set_attributes', account, attributes } as const;
    expect(await apply(same)).toEqual({ changed: false });
    const other: Change = {
      ...same,
      attributes: { job_title: 'Care Agent', department: null, org_unit: 'Care Desk', shoe_size: '45' },
    };
    const preview = await connector.preview(target, other);
    expect(preview.summary).toContain('title `Care Agent`, no department, place `OU=Customer Care');
    expect(preview.summary).not.toContain('45');
    expect(await apply(other)).toEqual({ changed: true });
    expect(await apply(other)).toEqual({ changed: false });
    expect(await dnOf(account)).toBe(`CN=${account},OU=Customer Care,OU=People,OU=Larkspur,${dc.base}`);
    expect(await heldBy(dc, account, 'department')).toEqual([]);
    // A unit that nobody gave a place leaves the account where it is.
    expect(await apply({ ...same, attributes: { org_unit: 'Glassworks' } })).toEqual({ changed: false });
    await apply({ do: 'delete_account', account });
  });

  it('says what the password policy asks for, and leaves no half-made account behind', async () => {
    await create();
    const refusedPassword = apply({ do: 'set_password', account, password: 'short' });
    await expect(refusedPassword).rejects.toMatchObject({ code: 'refused', retry: false });
    await expect(refusedPassword).rejects.toThrow(/password policy.*too short.*7 characters/u);
    await apply({ do: 'delete_account', account });
    await set(dc.base, { minPwdLength: '60' });
    try {
      await expect(create()).rejects.toThrow(/password policy.*60 characters/u);
      expect(await dnOf(account)).toBe('');
    } finally {
      await set(dc.base, { minPwdLength: '7' });
    }
  });

  it('finishes an account whose making broke off, and never opens one that somebody else closed', async () => {
    const dn = `CN=${account},OU=People,OU=Larkspur,${dc.base}`;
    const bare = { objectClass: ['user'], sAMAccountName: [account], userAccountControl: ['514'] };
    await admin.add(dn, { ...bare, comment: [creationMark] });
    expect(await create()).toEqual({ changed: true });
    expect((await connector.readAccount(target, account))?.account.state).toBe('active');
    await admin.delete(dn);
    await admin.add(dn, bare);
    expect(await create()).toEqual({ changed: false });
    expect((await connector.readAccount(target, account))?.account.state).toBe('locked');
    await admin.delete(dn);
  });

  it('proves a password only where it opens, and knows what keeps it out', async () => {
    await create();
    await apply({ do: 'set_password', account, password });
    const dn = await dnOf(account);
    const because = async (value: string): Promise<string> => (await tryLogin(target, dn, value)).because;
    expect(await opens(password)).toBe(true);
    expect(await opens(`${password}x`)).toBe(false);
    expect(await because(wrong)).toBe('the password is wrong');

    await set(dn, { pwdLastSet: '0' });
    expect([await opens(password), await because(password)]).toEqual([false, 'the password must be changed first']);
    // The same password again is a change here: it is good to log in with afterwards.
    expect(await apply({ do: 'set_password', account, password })).toEqual({ changed: true });
    expect(await opens(password)).toBe(true);

    await set(dn, { accountExpires: '116444736000000000' });
    expect([await opens(password), await because(password)]).toEqual([false, 'the account has expired']);
    expect((await connector.readAccount(target, account))?.account.state).toBe('locked');
    expect(await apply({ do: 'unlock_account', account })).toEqual({ changed: true });
    expect(await opens(password)).toBe(true);

    await apply({ do: 'lock_account', account });
    expect([await opens(password), await because(password)]).toEqual([false, 'the account is disabled']);
    expect(await because(wrong)).toBe('the password is wrong');
    await apply({ do: 'unlock_account', account });

    // Forty-two days are the domain's limit; nobody can wait for them.
    await dc.write(modification(dn, 'replace', { pwdLastSet: '132401172026473060' }), { pastRules: true });
    expect([await opens(password), await because(password)]).toEqual([false, 'the password has expired']);
    await apply({ do: 'delete_account', account });
    expect(await opens(password)).toBe(false);
  });

  it('never locks an account out by trying, and a new password lets a locked-out one in again', async () => {
    await create();
    await apply({ do: 'set_password', account, password });
    const dn = await dnOf(account);
    const wrongTries = async (): Promise<string> => (await heldBy(dc, account, 'badPwdCount'))[0] ?? '0';
    await set(dc.base, {
      lockoutThreshold: '3',
      lockoutDuration: '-18000000000',
      lockOutObservationWindow: '-18000000000',
    });
    try {
      expect([await opens(wrong), await opens(wrong)]).toEqual([false, false]);
      expect(await wrongTries()).toBe('2');
      await expect(opens(wrong)).rejects.toMatchObject({ code: 'failed', retry: true });
      await expect(opens(password)).rejects.toThrow(
        /one more wrong password would lock server\d+ out.*forgotten at 20/u,
      );
      expect(await wrongTries()).toBe('2');
      // Setting one does not need to try the old, and forgets the wrong ones.
      const fresh = `${password}-2`;
      expect(await apply({ do: 'set_password', account, password: fresh })).toEqual({ changed: true });
      expect(await opens(fresh)).toBe(true);

      for (const value of [wrong, wrong, wrong]) await tryLogin(target, dn, value);
      expect((await tryLogin(target, dn, fresh)).because).toBe('the account is locked out after wrong passwords');
      expect(await opens(fresh)).toBe(false);
      expect((await connector.readAccount(target, account))?.account.attributes).toHaveProperty('lockedOutAt');
      expect(await apply({ do: 'unlock_account', account })).toEqual({ changed: true });
      expect(await opens(fresh)).toBe(true);
      expect(await apply({ do: 'unlock_account', account })).toEqual({ changed: false });
      for (const value of [wrong, wrong, wrong]) await tryLogin(target, dn, value);
      await apply({ do: 'set_password', account, password });
      expect(await opens(password)).toBe(true);
    } finally {
      await set(dc.base, { lockoutThreshold: '0' });
    }
    await apply({ do: 'delete_account', account });
  });

  it('leaves alone what the domain lives on: its key, built-in accounts, a first group, its own account', async () => {
    const key: Change = { do: 'lock_account', account: 'krbtgt' };
    await expect(apply(key)).rejects.toMatchObject({ code: 'refused' });
    await expect(apply({ do: 'set_password', account: 'krbtgt', password })).rejects.toMatchObject({ code: 'refused' });
    await expect(apply({ do: 'delete_account', account: 'Guest' })).rejects.toThrow(/part of the domain itself/u);
    const first: Change = { do: 'revoke', account: 'lena', entitlement: 'group:Domain Users' };
    await expect(apply(first)).rejects.toThrow(/primary group/u);
    expect(await apply({ ...first, do: 'grant' })).toEqual({ changed: false });
    for (const spelled of ['Administrator', 'administrator', 'ADMINISTRATOR'])
      await expect(apply({ do: 'delete_account', account: spelled })).rejects.toThrow(/account Reeve works with/u);
    const own: Change = { do: 'revoke', account: 'Administrator', entitlement: 'group:Domain Admins' };
    await expect(apply(own)).rejects.toThrow(/account Reeve works with/u);
    for (const name of [
      'LARKSPUR\\Administrator',
      'Administrator@corp.larkspur.example',
      `CN=Administrator,CN=Users,${dc.base}`,
    ]) {
      const as = targetOf(dc, name);
      expect((await connector.probe(as)).proved).toBe(true);
      const lock: Change = { do: 'lock_account', account: 'Administrator' };
      await expect(connector.apply(as, lock), name).rejects.toThrow(/account Reeve works with/u);
    }
    // Names the directory would take for another: a space more, an accent less.
    await expect(apply({ do: 'unlock_account', account: 'lena ' })).rejects.toThrow(/there is no account/u);
    await expect(apply({ do: 'grant', account: 'lena', entitlement: 'group:Analysts ' })).rejects.toThrow(/no group/u);
  });

  it('keeps what other administrators set, and does not undo what they set at the same moment', async () => {
    await create();
    const dn = await dnOf(account);
    const flags = async (): Promise<string | undefined> => (await heldBy(dc, account, 'userAccountControl'))[0];
    await set(dn, { userAccountControl: '66048' });
    await apply({ do: 'lock_account', account });
    expect(await flags()).toBe('66050');
    await apply({ do: 'unlock_account', account });
    expect(await flags()).toBe('66048');
    await withDirectory(target, async (directory) => {
      const planned = await planChange(
        directory,
        { do: 'lock_account', account },
        await readState(directory, account),
        false,
      );
      await set(dn, { userAccountControl: '512' });
      await expect(carryOut(directory.ldap, planned.steps)).rejects.toMatchObject({ code: 'failed', retry: true });
    });
    expect(await flags()).toBe('512');
    await apply({ do: 'delete_account', account });
  });

  it('by an account without the right is refused with what to do, and changes nothing', async () => {
    const monitor = {
      ...target,
      credential: { kind: 'password', username: 'svc-monitor', password: dc.passwords.get('svc-monitor') ?? '' },
    } as const;
    const changes: Change[] = [
      { do: 'create_account', account, fullName: 'No Body' },
      { do: 'lock_account', account: 'lena' },
      { do: 'grant', account: 'lena', entitlement: 'group:Domain Admins' },
      { do: 'set_password', account: 'lena', password },
    ];
    const before = await dc.search('(|(sAMAccountName=lena)(sAMAccountName=Domain Admins))', [
      'userAccountControl',
      'member',
      'pwdLastSet',
    ]);
    for (const change of changes)
      await expect(connector.apply(monitor, change), change.do).rejects.toMatchObject({
        code: 'refused',
        message: expect.stringMatching(/right|access/iu),
      });
    expect(
      await dc.search('(|(sAMAccountName=lena)(sAMAccountName=Domain Admins))', [
        'userAccountControl',
        'member',
        'pwdLastSet',
      ]),
    ).toEqual(before);
    expect(await dnOf(account)).toBe('');
  });

  it("proves Reeve's own new password although the old one is what it was given", async () => {
    const [old, fresh] = [dc.passwords.get('svc-monitor') ?? '', `${password}-own`];
    await apply({ do: 'set_password', account: 'svc-monitor', password: fresh });
    const monitor = targetOf(dc, 'svc-monitor', old);
    const proof = (value: string): Promise<boolean> =>
      connector.verify(monitor, { kind: 'password', username: 'svc-monitor', password: value });
    expect([await proof(fresh), await proof(old)]).toEqual([true, false]);
    await expect(connector.read(monitor)).rejects.toMatchObject({ code: 'refused' });
  });

  it('finds an identity carried over from a privileged group', async () => {
    const [admins] = await heldBy(dc, 'Domain Admins', 'objectSid');
    await create();
    await dc.write(modification(await dnOf(account), 'add', { sIDHistory: admins ?? '' }));
    const read = await connector.readAccount(target, account);
    expect(read?.account.privilegedBecause).toEqual([
      {
        reason: 'carries the identity of a privileged group from earlier',
        evidence: `sIDHistory ${admins}: Domain Admins`,
      },
    ]);
    await apply({ do: 'delete_account', account });
  });
});
