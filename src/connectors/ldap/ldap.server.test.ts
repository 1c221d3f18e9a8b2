import { afterAll, describe, expect, it } from 'vitest';
import { ber, berTag, childDn } from '#kit/ldap/index.ts';
import { makePassword, makeSshKey, type LabLdap } from '#lab/index.ts';
import { TargetError, type Change, type ReadAccount, type Target } from '../port.ts';
import { ldapConnector } from './index.ts';
import { asRoot, directory, targetOf } from './lab-directory.fixture.ts';

const labs: LabLdap[] = [];
afterAll(() => Promise.all(labs.map((lab) => lab.stop())));
async function start(options: Parameters<typeof directory>[0] = {}): Promise<LabLdap | { skip: string }> {
  const lab = await directory(options);
  if (!('skip' in lab)) labs.push(lab);
  else console.log(`SKIP a directory: ${lab.skip}`);
  return lab;
}
const shared = start({ sshKeys: true, lastUse: true });

const suffix = 'dc=larkspur,dc=example';
const people = (name: string): string => `uid=${name},ou=people,${suffix}`;
const group = (name: string): string => `cn=${name},ou=groups,${suffix}`;

async function account(target: Target, id: string): Promise<ReadAccount> {
  const read = await ldapConnector.readAccount(target, id);
  if (!read) throw new Error(`no account ${id}`);
  return read.account;
}
const apply = (target: Target, change: Change): Promise<{ readonly changed: boolean }> =>
  ldapConnector.apply(target, change);
const opens = (target: Target, username: string, password: string): Promise<boolean> =>
  ldapConnector.verify(target, { kind: 'password', username, password });
const refusedWith = async (work: Promise<unknown>): Promise<TargetError> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof TargetError) return error;
    throw error;
  }
  throw new Error('went through');
};
const idOf = (lab: LabLdap, name: string): Promise<string> =>
  asRoot(lab, async (ldap) => `group:${(await ldap.readEntry(group(name), ['entryUUID']))?.text('entryUUID')}`);

describe('what a directory shows', () => {
  it('groups in groups are nesting, a circle is no trap, and members that are nobody here are nobody’s access', async (context) => {
    const lab = await shared;
    if ('skip' in lab) return context.skip(lab.skip);
    const reading = await ldapConnector.read(targetOf(lab));
    const name = new Map(reading.entitlements.map((one) => [one.nativeId, one.name]));
    const nesting = reading.nesting.map(({ parent, child }) => `${name.get(parent)} in ${name.get(child)}`).sort();
    expect(nesting).toEqual([
      'all-projects in projects',
      'break-fix in directory-operations',
      'directory-operations in admins',
      'platform in web-platform',
      'projects in all-projects',
    ]);
    const holders = (wanted: string): readonly string[] =>
      reading.holdings
        .filter((row) => name.get(row.entitlement) === wanted)
        .map((row) => row.account)
        .sort();
    expect(holders('on-call')).toEqual(['lena']);
    expect(holders('shell')).toEqual(['lena', 'priya']);
    // The first group of a Unix account is in its own entry.
    expect(holders('users')).toEqual(['lena', 'tomas']);
  });

  it('privilege is told with the way it takes: by group, through groups, by the server’s own rules, by uid 0', async (context) => {
    const lab = await shared;
    if ('skip' in lab) return context.skip(lab.skip);
    const target = targetOf(lab);
    const because = async (id: string) => (await account(target, id)).privilegedBecause;
    expect(await because('dana')).toEqual([
      { reason: 'member of the privileged group admins', evidence: `member of ${group('admins')}` },
    ]);
    expect(await because('mikael')).toEqual([
      {
        reason: 'member of the privileged group admins',
        evidence: `member of ${group('admins')}, through ${group('directory-operations')}, through ${group('break-fix')}`,
      },
    ]);
    expect((await because('femi'))[0]?.evidence).toMatch(
      /^access rule of dc=larkspur.*userPassword.*group\.exact=.*write; member of cn=service-desk/u,
    );
    expect((await because('sysmaint'))[0]?.evidence).toBe('uidNumber: 0');
    expect((await because(lab.management.username))[0]?.evidence).toContain('write');
    const other = { ...target, settings: { privilegedGroups: ['Staff', group('platform')] } };
    expect((await because('lena')).length).toBe(0);
    expect((await account(other, 'lena')).privilegedBecause.map((one) => one.reason)).toEqual([
      'member of the privileged group platform',
      'member of the privileged group staff',
    ]);
  });

  it('the last log-in is what the server kept of it', async (context) => {
    const lab = await shared;
    if ('skip' in lab) return context.skip(lab.skip);
    const target = targetOf(lab);
    expect((await account(target, 'ines')).lastUsedAt).toBeUndefined();
    const begun = Date.now() - 1_000;
    expect(await opens(target, 'ines', lab.passwords.get('ines') ?? '')).toBe(true);
    const used = Date.parse((await account(target, 'ines')).lastUsedAt ?? '');
    expect(used).toBeGreaterThanOrEqual(begun);
    expect(used).toBeLessThanOrEqual(Date.now() + 1_000);
    expect((await account(target, lab.management.username)).lastUsedAt).toBeUndefined();
  });

  it('a login name that two entries have is nobody’s; names that are no ids are told by their place', async (context) => {
    const lab = await shared;
    if ('skip' in lab) return context.skip(lab.skip);
    const target = targetOf(lab);
    const twin = `uid=nadia,ou=services,${suffix}`;
    const odd = childDn('uid', 'o"dd, (name)*', `ou=services,${suffix}`);
    await asRoot(lab, async (ldap) => {
      for (const [dn, uid] of [
        [twin, 'nadia'],
        [odd, 'o"dd, (name)*'],
      ] as const)
        await ldap.add(dn, { objectClass: ['inetOrgPerson'], uid: [uid], cn: ['x'], sn: ['x'] });
      await ldap.modify(group('platform'), [{ do: 'add', attribute: 'member', values: [odd, twin] }]);
    });
    const ids = (await ldapConnector.read(target)).accounts.map((one) => one.nativeId);
    expect(ids).toEqual(expect.arrayContaining([people('nadia'), twin]));
    expect(ids).not.toContain('nadia');
    const oddId = ids.find((id) => id.startsWith('uid=o'));
    expect(oddId).toBeDefined();
    const read = await ldapConnector.readAccount(target, oddId ?? '');
    expect(read?.holdings).toHaveLength(1);
    expect(await ldapConnector.readAccount(target, 'nadia')).toBeUndefined();
    expect((await refusedWith(apply(target, { do: 'lock_account', account: 'nadia' }))).message).toContain(twin);
    expect(await apply(target, { do: 'lock_account', account: oddId ?? '' })).toEqual({ changed: true });
    await asRoot(lab, async (ldap) => {
      for (const dn of [twin, odd]) await ldap.delete(dn);
    });
    expect((await account(target, 'nadia')).nativeId).toBe('nadia');
    expect((await refusedWith(apply(target, { do: 'lock_account', account: 'Nadia' }))).message).toContain(
      'near it is nadia',
    );
  });
});

describe('passwords and locks', () => {
  it('too many wrong passwords shut an account out for a while, which is not a lock, and unlocking ends it', async (context) => {
    const lab = await shared;
    if ('skip' in lab) return context.skip(lab.skip);
    const target = targetOf(lab);
    const right = lab.passwords.get('hanna') ?? '';
    for (let attempt = 0; attempt < 5; attempt += 1) expect(await opens(target, 'hanna', 'wrong')).toBe(false);
    expect(await opens(target, 'hanna', right)).toBe(false);
    const hanna = await account(target, 'hanna');
    expect([hanna.state, typeof hanna.attributes['locked_out_since']]).toEqual(['active', 'string']);
    expect(await apply(target, { do: 'unlock_account', account: 'hanna' })).toEqual({ changed: true });
    expect(await opens(target, 'hanna', right)).toBe(true);
  });

  it('a new password meets the policy or is refused in its words, and needs no change at the next log-in', async (context) => {
    const lab = await shared;
    if ('skip' in lab) return context.skip(lab.skip);
    const target = targetOf(lab);
    const short = await refusedWith(apply(target, { do: 'set_password', account: 'annika', password: 'short' }));
    expect([short.code, short.message]).toEqual(['refused', expect.stringContaining('quality')]);
    const password = makePassword();
    await apply(target, { do: 'set_password', account: 'annika', password });
    expect(await opens(target, 'annika', password)).toBe(true);
    expect((await account(target, 'annika')).attributes['password_must_change']).toBeUndefined();
    // An administrator's reset makes the account change it at the next log-in, where the policy wants that.
    const reset = makePassword();
    const value = ber(berTag.sequence, ber(0x80, people('annika')), ber(0x82, reset));
    await asRoot(lab, (ldap) => ldap.extended('1.3.6.1.4.1.4203.1.11.1', value));
    expect((await account(target, 'annika')).attributes['password_must_change']).toBe(true);
    const change: Change = { do: 'set_password', account: 'annika', password: reset };
    const kept = { ...target, settings: { mustChange: 'keep' } };
    expect(await apply(kept, change)).toEqual({ changed: false });
    expect(await apply(target, change)).toEqual({ changed: true });
    expect(await apply(target, change)).toEqual({ changed: false });
    expect((await account(target, 'annika')).attributes['password_must_change']).toBeUndefined();
  });

  it('a lock holds where the policy knows no lockout, keeps an end of the account’s own, and comes off', async (context) => {
    const lab = await shared;
    if ('skip' in lab) return context.skip(lab.skip);
    const target = targetOf(lab);
    const policy = (lockout: string) =>
      asRoot(lab, (ldap) =>
        ldap.modify(`cn=default,ou=policies,${suffix}`, [
          { do: 'replace', attribute: 'pwdLockout', values: [lockout] },
        ]),
      );
    const right = lab.passwords.get('priya') ?? '';
    const ends = '20991231000000Z';
    await asRoot(lab, (ldap) =>
      ldap.modify(people('priya'), [{ do: 'replace', attribute: 'pwdEndTime', values: [ends] }]),
    );
    await policy('FALSE');
    // Marked by somebody as locked, without effect: that is not locked.
    expect(await opens(target, 'gareth', lab.passwords.get('gareth') ?? '')).toBe(true);
    expect((await account(target, 'gareth')).state).toBe('active');
    await apply(target, { do: 'lock_account', account: 'priya' });
    expect([await opens(target, 'priya', right), (await account(target, 'priya')).state]).toEqual([false, 'locked']);
    await apply(target, { do: 'unlock_account', account: 'priya' });
    expect(await opens(target, 'priya', right)).toBe(true);
    const entry = await asRoot(lab, (ldap) => ldap.readEntry(people('priya'), ['+']));
    expect(entry?.text('pwdEndTime')).toBe(ends);
    await policy('TRUE');
  });

  it('a lock sets keys aside and expires the Unix account; unlocking brings both back', async (context) => {
    const lab = await shared;
    if ('skip' in lab) return context.skip(lab.skip);
    const target = targetOf(lab);
    const [ours, later, theirs] = [makeSshKey('laptop one'), makeSshKey('later'), makeSshKey('their own')];
    await asRoot(lab, (ldap) =>
      ldap.modify(people('lena'), [
        { do: 'add', attribute: 'objectClass', values: ['ldapPublicKey'] },
        { do: 'add', attribute: 'sshPublicKey', values: [theirs.publicKey] },
      ]),
    );
    const stored = () =>
      asRoot(lab, async (ldap) => {
        const entry = await ldap.readEntry(people('lena'), ['sshPublicKey', 'shadowExpire']);
        return [entry?.texts('sshPublicKey') ?? [], entry?.text('shadowExpire')] as const;
      });
    expect(await apply(target, { do: 'set_keys', account: 'lena', add: [ours.publicKey], remove: [] })).toEqual({
      changed: true,
    });
    await apply(target, { do: 'lock_account', account: 'lena' });
    await apply(target, { do: 'set_keys', account: 'lena', add: [later.publicKey], remove: [] });
    const [aside, expired] = await stored();
    expect([aside.length, aside.every((line) => line.startsWith('# ')), expired]).toEqual([3, true, '1']);
    expect((await account(target, 'lena')).attributes['keys']).toHaveLength(3);
    await apply(target, { do: 'unlock_account', account: 'lena' });
    const [back, free] = await stored();
    expect([back.every((line) => line.startsWith('ssh-')), free]).toEqual([true, undefined]);
    const remove = [ours, later, theirs].map((key) => key.fingerprint);
    await apply(target, { do: 'set_keys', account: 'lena', add: [], remove });
    expect((await stored())[0]).toEqual([theirs.publicKey.trim()]);
  });

  it('a mark that keeps nobody out is not called a lock: without a policy in force, locking is unsupported', async (context) => {
    const lab = await start({ passwordPolicy: false });
    if ('skip' in lab) return context.skip(lab.skip);
    const error = await refusedWith(apply(targetOf(lab), { do: 'lock_account', account: 'lena' }));
    expect([error.code, error.message]).toEqual([
      'unsupported',
      expect.stringContaining('no password policy is in force'),
    ]);
  });
});

describe('changes', () => {
  it('a group that may not be empty keeps nobody as its member, and loses that with the first who comes', async (context) => {
    const lab = await shared;
    if ('skip' in lab) return context.skip(lab.skip);
    const target = targetOf(lab);
    const entitlement = await idOf(lab, 'break-fix');
    const listed = () =>
      asRoot(lab, async (ldap) => (await ldap.readEntry(group('break-fix'), ['member']))?.texts('member'));
    await apply(target, { do: 'revoke', account: 'mikael', entitlement });
    expect(await listed()).toEqual(['']);
    await apply(target, { do: 'grant', account: 'mikael', entitlement });
    expect(await listed()).toEqual([people('mikael')]);
  });

  it('deleting takes the account out of every kind of group, and refuses what has entries below it', async (context) => {
    const lab = await shared;
    if ('skip' in lab) return context.skip(lab.skip);
    const target = targetOf(lab);
    await apply(target, { do: 'create_account', account: 'brief', fullName: 'Brief Visit' });
    for (const name of ['shell', 'on-call', 'platform'])
      await apply(target, { do: 'grant', account: 'brief', entitlement: await idOf(lab, name) });
    expect((await ldapConnector.preview(target, { do: 'delete_account', account: 'brief' })).summary).toContain(
      '3 groups',
    );
    await asRoot(lab, (ldap) => ldap.add(`cn=child,${people('brief')}`, { objectClass: ['device'], cn: ['child'] }));
    expect((await refusedWith(apply(target, { do: 'delete_account', account: 'brief' }))).code).toBe('refused');
    await asRoot(lab, (ldap) => ldap.delete(`cn=child,${people('brief')}`));
    await apply(target, { do: 'delete_account', account: 'brief' });
    const left = await asRoot(lab, (ldap) => ldap.readEntry(group('shell'), ['memberUid']));
    expect(left?.texts('memberUid')).not.toContain('brief');
  });

  it('facts of a person are kept where the settings say, beside what is there, and cleared', async (context) => {
    const lab = await shared;
    if ('skip' in lab) return context.skip(lab.skip);
    const target = { ...targetOf(lab), settings: { unix: { firstUid: 20_000, gid: 5000 } } };
    const attributes = {
      mail: 'f@larkspur.example',
      first_name: 'Fa*t)',
      last_name: 'Čeko, x=y',
      job_title: 'Chief',
      shoe_size: '9',
    };
    await apply(target, { do: 'create_account', account: 'facts', fullName: 'Fact Keeper', attributes });
    const made = await account(target, 'facts');
    expect(made.attributes).toMatchObject({
      mail: attributes.mail,
      first_name: 'Fa*t)',
      last_name: 'Čeko, x=y',
      uidNumber: 20_000,
      homeDirectory: '/home/facts',
    });
    expect((await ldapConnector.readAccount(target, 'facts'))?.holdings).toEqual([await idOf(lab, 'users')]);
    await asRoot(lab, (ldap) =>
      ldap.modify(people('facts'), [{ do: 'add', attribute: 'mail', values: ['alias@larkspur.example'] }]),
    );
    const change: Change = {
      do: 'set_attributes',
      account: 'facts',
      attributes: { mail: 'new@larkspur.example', job_title: null, shoe_size: '10' },
    };
    expect((await ldapConnector.preview(target, change)).summary).toMatch(/^set mail, job_title of facts/u);
    expect(await apply(target, change)).toEqual({ changed: true });
    expect(await apply(target, change)).toEqual({ changed: false });
    const { attributes: now } = await account(target, 'facts');
    expect([now['mail'], now['job_title']]).toEqual([
      ['f@larkspur.example', 'alias@larkspur.example', 'new@larkspur.example'],
      undefined,
    ]);
    const refused = await refusedWith(
      apply(target, { do: 'revoke', account: 'facts', entitlement: await idOf(lab, 'users') }),
    );
    expect(refused.message).toContain('first group');
    await apply(target, { do: 'delete_account', account: 'facts' });
  });
});

describe('reaching it', () => {
  it('StartTLS does what LDAPS does', async (context) => {
    const lab = await shared;
    if ('skip' in lab) return context.skip(lab.skip);
    const target = { ...targetOf(lab), port: lab.startTlsPort, settings: { tls: 'starttls' } };
    expect((await ldapConnector.probe({ ...target, pinned: [] })).pins).toEqual(target.pinned);
    expect((await ldapConnector.probe(target)).version).toMatch(/^OpenLDAP, LDAP 3, dc=larkspur/u);
    expect((await ldapConnector.read(target)).accounts.length).toBeGreaterThan(15);
  });

  it('says what is wrong with a name to log in by, with settings and with an ordinary account', async (context) => {
    const lab = await shared;
    if ('skip' in lab) return context.skip(lab.skip);
    const target = targetOf(lab);
    const byLogin = { ...target, credential: { kind: 'password', username: 'reeve', password: 'x' } } as const;
    expect((await refusedWith(ldapConnector.read(byLogin))).message).toContain('whole name');
    for (const settings of [{ base: 'no name' }, { accountFilter: '(uid=' }, { privilegedGroups: 'admins' }])
      expect((await refusedWith(ldapConnector.read({ ...target, settings }))).code).toBe('unsupported');
    const as = (name: string, password = lab.passwords.get(name) ?? '') =>
      ({ ...target, credential: { kind: 'password', username: people(name), password } }) as const;
    expect((await refusedWith(ldapConnector.read(as('gareth')))).message).toContain('the account is locked');
    expect((await refusedWith(ldapConnector.read(as('lena', 'wrong')))).message).toContain('name or password is wrong');
    await asRoot(lab, (ldap) =>
      ldap.modify(people('lena'), [{ do: 'replace', attribute: 'pwdReset', values: ['TRUE'] }]),
    );
    expect((await refusedWith(ldapConnector.read(as('lena')))).message).toContain('must be changed first');
    await asRoot(lab, (ldap) => ldap.modify(people('lena'), [{ do: 'replace', attribute: 'pwdReset', values: [] }]));
    const few = await refusedWith(apply(as('lena'), { do: 'lock_account', account: 'tomas' }));
    expect([few.code, few.message]).toEqual(['refused', expect.stringContaining('insufficientAccessRights')]);
  });
});
