import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addition, modification, type LabSamba } from '#lab/index.ts';
import { inOrder, withChanges, type Picture } from './apply-changes.fixture.ts';
import { activeDirectoryConnector as connector } from './index.ts';
import { labDomain, openAsAdministrator, stopDomain, targetOf, whyNoSamba } from './lab-domain.fixture.ts';

const obstacle = whyNoSamba();
if (obstacle !== undefined) process.stderr.write(`SKIP changes of an Active Directory: ${obstacle}\n`);

/** Pseudo-random and the same each time (mulberry32), so that a failure can be repeated. */
function chances(seed: number): { pick<T>(from: readonly T[]): T } {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    pick: (from) => {
      const found = from[Math.floor(next() * from.length)];
      if (found === undefined) throw new Error('nothing to pick from');
      return found;
    },
  };
}

const deletion = (dn: string): string => `dn: ${dn}\nchangetype: delete\n\n`;
const move = (dn: string, to: string): string =>
  `dn: ${dn}\nchangetype: modrdn\nnewrdn: ${dn.split(',')[0]}\ndeleteoldrdn: 1\nnewsuperior: ${to}\n\n`;

describe.skipIf(obstacle !== undefined)('changes of a domain', () => {
  let dc: LabSamba;
  beforeAll(async () => {
    dc = await labDomain();
  });
  afterAll(stopDomain);

  const read = async (): Promise<{ picture: Picture; mark: string }> => {
    const reading = await connector.read(targetOf(dc));
    if (reading.mark === undefined) throw new Error('the reading has no mark');
    return { picture: reading, mark: reading.mark };
  };
  const changes = async (mark: string): ReturnType<NonNullable<typeof connector.readChanges>> =>
    connector.readChanges?.(targetOf(dc), mark);
  /** What changed since, laid over the earlier picture, is what the domain is now. */
  const agree = async (before: { picture: Picture; mark: string }): Promise<{ picture: Picture; mark: string }> => {
    const changed = await changes(before.mark);
    if (!changed) throw new Error('the mark was lost');
    const picture = withChanges(before.picture, changed);
    expect(inOrder(picture)).toEqual(inOrder((await read()).picture));
    return { picture, mark: changed.mark };
  };
  const dnOf = async (name: string): Promise<string> =>
    (await dc.search(`(sAMAccountName=${name})`, ['cn']))[0]?.dn ?? '';

  it('that did not happen are none', async () => {
    const { mark } = await read();
    const none = await changes(mark);
    expect(none).toMatchObject({ accounts: [], goneAccounts: [], entitlements: [], goneEntitlements: [] });
    expect([none?.holdingsOf, none?.holdersOf]).toEqual([[], []]);
  });

  it('tell what is gone by the name it had, and not when the name was given again', async () => {
    const services = `OU=Services,OU=Larkspur,${dc.base}`;
    const user = (name: string): string =>
      addition(`CN=${name},${services}`, { objectClass: 'user', sAMAccountName: name, userAccountControl: '514' });
    await dc.write(
      `${user('gone-soon')}${user('gone-and-back')}${addition(`CN=Gone-Group,${services}`, { objectClass: 'group', sAMAccountName: 'Gone-Group' })}`,
    );
    const before = await read();
    await dc.write(
      ['gone-soon', 'gone-and-back', 'Gone-Group'].map((name) => deletion(`CN=${name},${services}`)).join(''),
    );
    await dc.write(user('gone-and-back'));
    const changed = await changes(before.mark);
    expect(changed?.goneAccounts).toEqual(['gone-soon']);
    expect(changed?.goneEntitlements).toEqual(['group:Gone-Group']);
    expect(changed?.accounts.map((account) => account.nativeId)).toEqual(['gone-and-back']);
    await agree(before);
  });

  it('tell who became privileged through a group or a permission far away, and who no longer is', async () => {
    const before = await read();
    const reasons = (picture: Picture, name: string): number =>
      picture.accounts.find((account) => account.nativeId === name)?.privilegedBecause.length ?? 0;
    expect(reasons(before.picture, 'lena')).toBe(0);
    const platform = await dnOf('Platform-Team');
    const admins = await dnOf('Server-Admins');
    await dc.write(modification(admins, 'add', { member: platform }));
    const raised = await agree(before);
    expect(reasons(raised.picture, 'lena')).toBeGreaterThan(0);
    await dc.write(modification(admins, 'delete', { member: platform }));
    const lowered = await agree(raised);
    expect(reasons(lowered.picture, 'lena')).toBe(0);

    const [unit] = await dc.search('(ou=Leavers)', ['nTSecurityDescriptor']);
    const [annika] = await dc.search('(sAMAccountName=annika)', ['objectSid']);
    const sddl = unit?.attributes.get('nTSecurityDescriptor')?.[0] ?? '';
    const opened = sddl.replace(/D:[A-Z]*/u, (head) => `${head}(A;;WD;;;${annika?.attributes.get('objectSid')?.[0]})`);
    await dc.write(modification(unit?.dn ?? '', 'replace', { nTSecurityDescriptor: opened }));
    const delegated = await agree(lowered);
    expect(reasons(delegated.picture, 'annika')).toBe(1);
    await dc.write(modification(unit?.dn ?? '', 'replace', { nTSecurityDescriptor: sddl }));
    expect(reasons((await agree(delegated)).picture, 'annika')).toBe(0);
  });

  it('tell a move and a first group that changed', async () => {
    const before = await read();
    const [web] = await dc.search('(sAMAccountName=Web-Servers)', ['objectSid']);
    const rid = web?.attributes.get('objectSid')?.[0]?.split('-').at(-1) ?? '';
    const ines = await dnOf('ines');
    await dc.write(
      [
        move(await dnOf('tomas'), `OU=Leavers,OU=Larkspur,${dc.base}`),
        modification(web?.dn ?? '', 'add', { member: ines }),
        modification(ines, 'replace', { primaryGroupID: rid }),
      ].join(''),
    );
    const { picture } = await agree(before);
    expect(picture.holdings).toContainEqual({ account: 'ines', entitlement: 'group:Web-Servers' });
    const tomas = picture.accounts.find((one) => one.nativeId === 'tomas');
    expect(tomas?.attributes['dn']).toBe(`CN=tomas,OU=Leavers,OU=Larkspur,${dc.base}`);
  });

  it('tell an account whose last day came, of which nothing is written anywhere', async () => {
    const stateIn = (of: Picture): string | undefined => of.accounts.find((one) => one.nativeId === 'kwame')?.state;
    const kwame = await dnOf('kwame');
    // However slow the machine: the first reading has to be over before the day comes.
    for (const seconds of [3, 10, 30]) {
      const end = Date.now() + seconds * 1000;
      const ticks = String((BigInt(end) + 11_644_473_600_000n) * 10_000n);
      await dc.write(modification(kwame, 'replace', { accountExpires: ticks }));
      const before = await read();
      if (stateIn(before.picture) !== 'active') continue;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, end - Date.now()) + 50));
      expect(stateIn((await agree(before)).picture)).toBe('locked');
      return;
    }
    throw new Error('no reading was over within 30 seconds');
  });

  it(
    'of people and groups laid over the earlier reading are the reading of now, whatever happened',
    { timeout: 180_000 },
    async () => {
      const chance = chances(20_260_115);
      const ldap = await openAsAdministrator(dc);
      const services = `OU=Services,OU=Larkspur,${dc.base}`;
      const groups = ['Web-Servers', 'Analysts', 'Legacy-ERP', 'Helpdesk', 'Server-Admins', 'Domain Admins'];
      const people = ['lena', 'annika', 'dana', 'ines', 'greta', 'priya', 'svc-sql'];
      const where = new Map<string, string>();
      for (const name of [...groups, ...people]) where.set(name, await dnOf(name));
      const dn = (name: string): string => where.get(name) ?? '';
      let serial = 0;
      const make = (kind: 'user' | 'group', names: string[], prefix: string) => async (): Promise<unknown> => {
        const name = `${prefix}${(serial += 1)}`;
        where.set(name, `CN=${name},${services}`);
        names.push(name);
        return ldap.add(dn(name), { objectClass: [kind], sAMAccountName: [name] });
      };
      const unmake = (names: string[], prefix: string) => async (): Promise<unknown> => {
        const name = names.find((one) => one.startsWith(prefix));
        if (name === undefined) return undefined;
        names.splice(names.indexOf(name), 1);
        return ldap.delete(dn(name));
      };
      const set = async (attribute: string, value: string): Promise<unknown> =>
        ldap.modify(dn(chance.pick(people)), [{ do: 'replace', attribute, values: [value] }]);
      const join = async (): Promise<unknown> => {
        const [who, group] = [chance.pick([...people, ...groups]), chance.pick(groups)];
        const how = chance.pick(['add', 'add', 'delete'] as const);
        return ldap.modify(dn(group), [{ do: how, attribute: 'member', values: [dn(who)] }]);
      };
      const deeds: (() => Promise<unknown>)[] = [
        make('user', people, 'temp'),
        make('group', groups, 'Group'),
        unmake(people, 'temp'),
        unmake(groups, 'Group'),
        () => set('department', `Department ${(serial += 1)}`),
        () => set('userAccountControl', chance.pick(['546', '66082', '4194850'])),
        ...Array.from({ length: 6 }, () => join),
      ];
      let now = await read();
      let happened = 0;
      for (let round = 0; round < 8; round += 1) {
        for (let deed = 0; deed < 8; deed += 1) {
          try {
            if ((await chance.pick(deeds)()) !== undefined) happened += 1;
          } catch (error) {
            // What a domain refuses, such as a second membership or a group in itself, did not happen.
            expect(error).toMatchObject({ code: 'refused' });
          }
        }
        now = await agree(now);
      }
      ldap.close();
      expect(happened).toBeGreaterThan(25);
    },
  );

  it('cannot be told after a rename, of a unit or of an account, on another controller or after a restore', async () => {
    const { mark } = await read();
    await dc.write(modification(await dnOf('bertil'), 'replace', { sAMAccountName: 'bertil.a' }));
    expect(await changes(mark)).toBeUndefined();

    const renamed = await read();
    await dc.write(`dn: OU=Leavers,OU=Larkspur,${dc.base}\nchangetype: modrdn\nnewrdn: OU=Former\ndeleteoldrdn: 1\n\n`);
    expect(await changes(renamed.mark)).toBeUndefined();

    const now = await read();
    expect(await changes(now.mark)).toBeDefined();
    const forged = (change: (plain: Record<string, unknown>) => void): string => {
      const plain = JSON.parse(Buffer.from(now.mark.slice(4), 'base64url').toString()) as Record<string, unknown>;
      change(plain);
      return `ad1.${Buffer.from(JSON.stringify(plain)).toString('base64url')}`;
    };
    const lost = [
      forged((plain) => (plain['invocationId'] = '11111111-2222-3333-4444-555555555555')),
      forged((plain) => (plain['usn'] = '99999999')),
      forged((plain) => (plain['cookie'] = 'AAAA')),
      'ad1.nonsense',
      'another kind of mark',
    ];
    for (const other of lost) expect(await changes(other), other.slice(0, 40)).toBeUndefined();
  });
});
