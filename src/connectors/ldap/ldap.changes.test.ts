import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { LdapError, type Ldap, type LdapModification } from '#kit/ldap/index.ts';
import type { LabLdap } from '#lab/index.ts';
import type { ReadingChanges, Target } from '../port.ts';
import { follow, kept, type Kept } from './follow-changes.fixture.ts';
import { ldapConnector } from './index.ts';
import { asRoot, directory, targetOf } from './lab-directory.fixture.ts';

const labs: LabLdap[] = [];
afterAll(() => Promise.all(labs.map((lab) => lab.stop())));

async function start(options: Parameters<typeof directory>[0] = {}): Promise<LabLdap | { skip: string }> {
  const lab = await directory(options);
  if (!('skip' in lab)) labs.push(lab);
  else console.log(`SKIP changes of a directory: ${lab.skip}`);
  return lab;
}

/** One server for all cases but those that need another: each starts from a fresh whole reading. */
const shared = start();

interface Since {
  readonly target: Target;
  readonly before: Kept;
  readonly mark: string;
}
async function readAll(target: Target): Promise<Since> {
  const reading = await ldapConnector.read(target);
  if (reading.mark === undefined) throw new Error('the reading has no mark');
  return { target, before: kept(reading), mark: reading.mark };
}
const changesSince = (since: Since): Promise<ReadingChanges | undefined> | undefined =>
  ldapConnector.readChanges?.(since.target, since.mark);

/** What followed by changes alone is what a fresh reading shows. Answers the changes. */
async function expectFollowed(since: Since): Promise<ReadingChanges> {
  const changes = await changesSince(since);
  if (!changes) throw new Error('the mark is not known any more');
  const fresh = kept(await ldapConnector.read(since.target));
  expect(follow(since.before, changes)).toEqual(fresh);
  return changes;
}

const people = (name: string): string => `uid=${name},ou=people,dc=larkspur,dc=example`;
const group = (name: string): string => `cn=${name},ou=groups,dc=larkspur,dc=example`;
const newPerson = (ldap: Ldap, name: string): Promise<unknown> =>
  ldap.add(people(name), { objectClass: ['inetOrgPerson'], uid: [name], cn: [name], sn: [name] });
const members = (what: 'add' | 'delete', ...dns: readonly string[]): LdapModification[] => [
  { do: what, attribute: 'member', values: dns },
];

describe('what changed since a mark', () => {
  it('is nothing when nothing did, and the mark goes on', async (context) => {
    const lab = await shared;
    if ('skip' in lab) return context.skip(lab.skip);
    const since = await readAll(targetOf(lab));
    // What changed shortly before the reading is looked at once more.
    const first = await expectFollowed(since);
    const changes = await expectFollowed({ ...since, mark: first.mark });
    expect([changes.accounts, changes.goneAccounts, changes.entitlements, changes.holdersOf]).toEqual([[], [], [], []]);
  });

  it('names who came, changed, was renamed and went, by the names they had', async (context) => {
    const lab = await shared;
    if ('skip' in lab) return context.skip(lab.skip);
    await asRoot(lab, async (ldap) => {
      for (const name of ['stays', 'goes', 'marries']) await newPerson(ldap, name);
      await ldap.modify(group('platform'), members('add', people('goes'), people('marries')));
    });
    const since = await readAll(targetOf(lab));
    await asRoot(lab, async (ldap) => {
      await newPerson(ldap, 'comes');
      await ldap.modify(people('stays'), [{ do: 'replace', attribute: 'title', values: ['Engineer'] }]);
      await ldap.delete(people('goes'));
      await ldap.modifyDn(people('marries'), 'uid=married');
    });
    const changes = await expectFollowed(since);
    const told = changes.accounts.map((account) => account.nativeId);
    expect(told).toEqual(expect.arrayContaining(['comes', 'married', 'stays']));
    expect([...changes.goneAccounts].sort()).toEqual(['goes', 'marries']);
    // The server itself renamed the member of the group (refint), and counted that as no change of the group.
    expect(changes.holdingsOf.find((one) => one.account === 'married')?.entitlements).toHaveLength(1);
  });

  it('carries groups: members, groups in groups, groups that come, go and are renamed', async (context) => {
    const lab = await shared;
    if ('skip' in lab) return context.skip(lab.skip);
    await asRoot(lab, async (ldap) => {
      for (const name of ['outer', 'inner', 'doomed'])
        await ldap.add(group(name), { objectClass: ['groupOfNames'], member: [people('lena')] });
      await ldap.modify(group('outer'), members('add', group('inner'), group('doomed')));
    });
    const since = await readAll(targetOf(lab));
    await asRoot(lab, async (ldap) => {
      await ldap.modifyDn(group('inner'), 'cn=inner-renamed');
      await ldap.delete(group('doomed'));
      await ldap.add(group('fresh'), { objectClass: ['groupOfNames'], member: [group('outer'), people('ines')] });
      await ldap.modify(group('outer'), members('delete', people('lena')));
    });
    const changes = await expectFollowed(since);
    expect(changes.goneEntitlements).toHaveLength(1);
    expect(changes.entitlements.map((one) => one.name)).toContain('inner-renamed');
  });

  it('names programs without a login name, and people named by something else, that went', async (context) => {
    const lab = await shared;
    if ('skip' in lab) return context.skip(lab.skip);
    const gadget = 'cn=gadget,ou=services,dc=larkspur,dc=example';
    await asRoot(lab, async (ldap) => {
      const classes = ['organizationalRole', 'simpleSecurityObject'];
      await ldap.add(gadget, { objectClass: classes, cn: ['gadget'], userPassword: ['not a secret'] });
      await ldap.add(group('gadgets'), { objectClass: ['groupOfNames'], member: [gadget] });
      const named = { objectClass: ['inetOrgPerson'], cn: ['Full Name'], uid: ['byuid'], sn: ['Name'] };
      await ldap.add('cn=Full Name,ou=people,dc=larkspur,dc=example', named);
    });
    const since = await readAll(targetOf(lab));
    expect(since.before.accounts.has('byuid')).toBe(true);
    await asRoot(lab, async (ldap) => {
      await ldap.delete(gadget);
      await ldap.delete(group('gadgets'));
    });
    const changes = await expectFollowed(since);
    expect([changes.goneAccounts, changes.goneEntitlements.length]).toEqual([[gadget], 1]);
    // The log has the place of an entry and not its login name: this one's is not known any more.
    await asRoot(lab, (ldap) => ldap.delete('cn=Full Name,ou=people,dc=larkspur,dc=example'));
    expect(await changesSince({ ...since, mark: changes.mark })).toBeUndefined();
  });

  it('tells who became privileged or ceased to be, though their own entries did not change', async (context) => {
    const lab = await shared;
    if ('skip' in lab) return context.skip(lab.skip);
    const since = await readAll(targetOf(lab));
    await asRoot(lab, async (ldap) => {
      await ldap.modify(group('break-fix'), members('add', people('hanna')));
      await ldap.modify(group('break-fix'), members('delete', people('mikael')));
    });
    const changes = await expectFollowed(since);
    const reasons = new Map(changes.accounts.map((account) => [account.nativeId, account.privilegedBecause]));
    expect(reasons.get('hanna')?.[0]?.evidence).toContain('through cn=break-fix');
    expect(reasons.get('mikael')).toEqual([]);
  });

  it('tells a lock by an administrator, and one by too many wrong passwords', async (context) => {
    const lab = await shared;
    if ('skip' in lab) return context.skip(lab.skip);
    const target = targetOf(lab);
    const since = await readAll(target);
    await ldapConnector.apply(target, { do: 'lock_account', account: 'tomas' });
    for (let attempt = 0; attempt < 5; attempt += 1)
      await ldapConnector.verify(target, { kind: 'password', username: 'priya', password: 'not this one' });
    const changes = await expectFollowed(since);
    const of = (id: string) => changes.accounts.find((account) => account.nativeId === id);
    expect(of('tomas')?.state).toBe('locked');
    expect([of('priya')?.state, of('priya')?.attributes['locked_out_since']]).toEqual(['active', expect.any(String)]);
    await ldapConnector.apply(target, { do: 'unlock_account', account: 'tomas' });
  });

  it('is still known after the server was restarted and after it was killed', async (context) => {
    const lab = await shared;
    if ('skip' in lab) return context.skip(lab.skip);
    await asRoot(lab, (ldap) => newPerson(ldap, 'outlived'));
    const since = await readAll(targetOf(lab));
    await lab.restart();
    await asRoot(lab, (ldap) => ldap.delete(people('outlived')));
    await lab.kill9();
    await lab.up();
    await asRoot(lab, (ldap) => newPerson(ldap, 'afterwards'));
    const changes = await expectFollowed(since);
    expect(changes.goneAccounts).toEqual(['outlived']);
    expect(changes.accounts.map((account) => account.nativeId)).toContain('afterwards');
  });

  it('is not answered where it cannot be proved: other settings, another policy, an unknown mark', async (context) => {
    const lab = await shared;
    if ('skip' in lab) return context.skip(lab.skip);
    const since = await readAll(targetOf(lab));
    const other = { ...since.target, settings: { privilegedGroups: ['staff'] } };
    expect(await ldapConnector.readChanges?.(other, since.mark)).toBeUndefined();
    const ahead = since.mark.replace(/csn=\d{4}/u, 'csn=2999');
    for (const mark of ['', 'nonsense', '{"v":1}', ahead])
      expect(await changesSince({ ...since, mark })).toBeUndefined();
    await asRoot(lab, (ldap) =>
      ldap.modify(`cn=default,ou=policies,${lab.suffix}`, [
        { do: 'replace', attribute: 'pwdMaxFailure', values: ['6'] },
      ]),
    );
    expect(await changesSince(since)).toBeUndefined();
  });

  it('follows any mix of writes as a fresh reading would show them', { timeout: 120_000 }, async (context) => {
    const lab = await shared;
    if ('skip' in lab) return context.skip(lab.skip);
    const target = targetOf(lab);
    let since = await readAll(target);
    let answered = 0;
    const name = fc.constantFrom('r0', 'r1', 'r2', 'r3');
    const write = fc.oneof(
      fc.record({ do: fc.constant('add' as const), name }),
      fc.record({ do: fc.constant('delete' as const), name }),
      fc.record({ do: fc.constant('rename' as const), name, to: name }),
      fc.record({ do: fc.constant('join' as const), name, group: name }),
      fc.record({ do: fc.constant('leave' as const), name, group: name }),
      fc.record({ do: fc.constant('group' as const), name }),
      fc.record({ do: fc.constant('drop' as const), name }),
      fc.record({ do: fc.constant('call' as const), name, to: name }),
      fc.record({ do: fc.constant('nest' as const), name, group: name }),
    );
    const batches = fc.sample(fc.array(write, { minLength: 1, maxLength: 8 }), { numRuns: 25, seed: 4711 });
    for (const batch of batches) {
      await asRoot(lab, async (ldap) => {
        for (const one of batch) await attempt(() => carry(ldap, one));
      });
      const seen = await lookAgain(since);
      if (seen.answered) answered += 1;
      since = seen.since;
    }
    // Falling back to a whole reading is right, but not often: only two sides of one second can be mistaken for each other.
    console.log(`answered by changes alone: ${answered} of ${batches.length}`);
    expect(answered).toBeGreaterThan(15);
  });
});

/**
 * One look at the changes, held against a fresh reading; the server may still be renaming members behind a rename then, so where they
 * differ a second look has to make up for it.
 */
async function lookAgain({ target, before, mark }: Since): Promise<{ answered: boolean; since: Since }> {
  let now = before;
  let at = mark;
  for (let look = 1; ; look += 1) {
    const changes = await changesSince({ target, before: now, mark: at });
    const reading = await ldapConnector.read(target);
    const fresh = kept(reading);
    if (!changes) return { answered: false, since: { target, before: fresh, mark: reading.mark ?? '' } };
    now = follow(now, changes);
    at = changes.mark;
    if (look === 1 && !isDeepStrictEqual(now, fresh)) continue;
    expect(now).toEqual(fresh);
    return { answered: true, since: { target, before: fresh, mark: at } };
  }
}

type Write = { readonly do: string; readonly name: string; readonly to?: string; readonly group?: string };

async function carry(ldap: Ldap, { do: what, name, to = '', group: of = '' }: Write): Promise<unknown> {
  if (what === 'add') return newPerson(ldap, name);
  if (what === 'delete') return ldap.delete(people(name));
  if (what === 'rename') return ldap.modifyDn(people(name), `uid=${to}`);
  if (what === 'join') return ldap.modify(group(of), members('add', people(name)));
  if (what === 'leave') return ldap.modify(group(of), members('delete', people(name)));
  if (what === 'group') return ldap.add(group(name), { objectClass: ['groupOfNames'], member: [''] });
  if (what === 'drop') return ldap.delete(group(name));
  if (what === 'call') return ldap.modifyDn(group(name), `cn=${to}`);
  return ldap.modify(group(of), members('add', group(name)));
}

/** Writes that the directory's state does not allow just now are left out. */
async function attempt(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof LdapError) || error.code !== 'refused') throw error;
  }
}

describe('a directory without a log of writes', () => {
  it('tells what came and changed; what went or was renamed makes the next reading a whole one', async (context) => {
    const lab = await start({ accessLog: false });
    if ('skip' in lab) return context.skip(lab.skip);
    const since = await readAll(targetOf(lab));
    await asRoot(lab, async (ldap) => {
      await newPerson(ldap, 'comes');
      await ldap.modify(group('platform'), members('add', people('comes')));
      await ldap.modify(people('lena'), [{ do: 'replace', attribute: 'title', values: ['Lead'] }]);
    });
    const changes = await expectFollowed(since);
    const next = { ...since, mark: changes.mark };
    await asRoot(lab, (ldap) => ldap.modifyDn(people('lena'), 'uid=lena2'));
    expect(await changesSince(next)).toBeUndefined();
    const again = await readAll(targetOf(lab));
    await asRoot(lab, (ldap) => ldap.delete(people('lena2')));
    expect(await changesSince(again)).toBeUndefined();
  });
});
