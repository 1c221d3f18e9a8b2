import { until } from '#kit/testing/index.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addition, modification, type LabSamba } from '#lab/index.ts';
import type { LdapEntry } from '#kit/ldap/index.ts';
import { PLANTED_FAULTS } from '#test/fixtures/company/index.ts';
import type { Reading, ReadingPiece, Target } from '../port.ts';
import { inOrder } from './apply-changes.fixture.ts';
import { activeDirectoryConnector as connector } from './index.ts';
import { heldBy, labDomain, openAsAdministrator, stopDomain, targetOf, whyNoSamba } from './lab-domain.fixture.ts';
import { allValues } from './read/all-values.ts';
import { readMark, writeResume } from './read/mark.ts';
import { readSddl } from './sddl.fixture.ts';
import { ownerAndAccess } from './wire/controls.ts';
import { readSecurityDescriptor } from './wire/security-descriptor.ts';

const obstacle = whyNoSamba();
if (obstacle !== undefined) process.stderr.write(`SKIP reading an Active Directory: ${obstacle}\n`);

describe.skipIf(obstacle !== undefined)('reading a domain', () => {
  let dc: LabSamba;
  let target: Target;
  let reading: Reading;
  beforeAll(async () => {
    dc = await labDomain();
    target = targetOf(dc);
    reading = await connector.read(target);
  });
  afterAll(stopDomain);

  const account = (name: string, of = reading): Reading['accounts'][number] | undefined =>
    of.accounts.find((one) => one.nativeId === name);
  const holds = (name: string, of = reading): readonly string[] =>
    of.holdings.filter((row) => row.account === name).map((row) => row.entitlement);

  it('finds every planted way to power, and nobody besides those every domain has', () => {
    const found = reading.accounts.filter((one) => one.privilegedBecause.length > 0).map((one) => one.nativeId);
    // Samba keeps its DNS service as an account with a service name.
    const everyDomain = ['Administrator', 'krbtgt', 'dns-dc1'];
    const planted = PLANTED_FAULTS.domainPrivilege.map((fault) => fault.account);
    expect(found.toSorted()).toEqual([...planted, ...everyDomain].toSorted());
    const evidence = (name: string): string => JSON.stringify(account(name)?.privilegedBecause);
    expect(evidence('adm-tomas')).toContain('adm-tomas → Server-Admins → Tier0-Operators → Domain Admins');
    expect(evidence('svc-print')).toContain('svc-print → Domain Admins');
    expect(evidence('svc-sql')).toContain('MSSQLSvc/db1.corp.larkspur.example:1433');
    expect(evidence('svc-portal')).toContain('cifs/files1.corp.larkspur.example');
    expect(evidence('svc-dirsync')).toContain('DCSync');
    expect(evidence('femi')).toContain('femi → Helpdesk; permissions of OU=People');
    expect(evidence('beatrix')).toContain('CN=svc-dirsync');
    expect(evidence('joaquin')).toContain('CN=Directory-Engineering');
  });

  it('knows nested and primary groups, which nobody lists as members', () => {
    expect(holds('svc-print')).toContain('group:Domain Admins');
    expect(holds('lena')).toEqual(['group:All-Staff', 'group:Domain Users', 'group:Platform-Team']);
    expect(reading.nesting).toContainEqual({ parent: 'group:Server-Admins', child: 'group:Tier0-Operators' });
    expect(reading.nesting).toContainEqual({ parent: 'group:Platform-Team', child: 'group:Web-Servers' });
    const group = (name: string): Reading['entitlements'][number] | undefined =>
      reading.entitlements.find((one) => one.nativeId === `group:${name}`);
    expect(group('Server-Admins')).toMatchObject({ privileged: true, kind: 'group', attributes: { scope: 'global' } });
    expect(group('All-Staff')).toMatchObject({
      privileged: false,
      attributes: { description: 'everybody with an account' },
    });
    expect(group('Legacy-ERP')?.attributes['scope']).toBe('domainLocal');
  });

  it('leaves computers out, and tells people, services and built-in accounts apart', () => {
    expect(account('DC1$')).toBeUndefined();
    expect(account('lena')).toMatchObject({
      kind: 'personal',
      state: 'active',
      attributes: { employeeId: expect.stringMatching(/^E\d+$/u), mail: 'lena.okafor@larkspur.example' },
    });
    expect(account('gareth')?.attributes).toMatchObject({ passwordNeverExpires: true });
    expect(account('adm-hanna')?.attributes).toMatchObject({ adminCount: 1 });
    expect(account('Guest')).toMatchObject({ kind: 'shared', state: 'locked' });
    expect(account('svc-web')?.kind).toBe('service');
    expect(account('lena')).not.toHaveProperty('lastUsedAt');
    expect(JSON.stringify(reading)).not.toMatch(/unicodePwd|supplementalCredentials|ntPwd|msDS-ManagedPassword/u);
  });

  it('in pieces is the same as whole, and no piece is larger than a page', async () => {
    const pieces: ReadingPiece[] = [];
    const small = { ...target, settings: { ...target.settings, pageSize: 10 } };
    for await (const piece of connector.readInPieces?.(small) ?? []) pieces.push(piece);
    expect(pieces.length).toBeGreaterThan(8);
    for (const piece of pieces) {
      expect(piece.accounts?.length ?? 0).toBeLessThanOrEqual(10);
      expect(piece.entitlements?.length ?? 0).toBeLessThanOrEqual(10);
    }
    expect(pieces.filter((piece) => piece.whole !== undefined)).toEqual([pieces.at(-1)]);
    const joined = {
      accounts: pieces.flatMap((piece) => piece.accounts ?? []),
      entitlements: pieces.flatMap((piece) => piece.entitlements ?? []),
      holdings: pieces.flatMap((piece) => piece.holdings ?? []),
      nesting: pieces.flatMap((piece) => piece.nesting ?? []),
    };
    expect(inOrder(joined)).toEqual(inOrder(reading));
  });

  it('that broke off goes on where it was, and only where it began', async () => {
    // A lab's domain is one slice; a place in the midst of it is written as the connector writes one.
    const [half] = await dc.search('(sAMAccountName=hanna)', ['uSNCreated']);
    const readTo = BigInt(half?.attributes.get('uSNCreated')?.[0] ?? '0');
    const mark = readMark(reading.mark ?? '');
    if (!mark) throw new Error('the reading has no mark');
    const place = { invocationId: mark.invocationId, readTo, began: mark.usn, mark: reading.mark };
    await dc.write(
      addition(`CN=newcomers,OU=Groups,OU=Larkspur,${dc.base}`, { objectClass: 'group', sAMAccountName: 'newcomers' }),
    );
    const rest: ReadingPiece[] = [];
    for await (const piece of connector.readInPieces?.(target, writeResume(place)) ?? []) rest.push(piece);
    const names = rest.flatMap((piece) => piece.accounts?.map((one) => one.nativeId) ?? []);
    const all = reading.accounts.map((one) => one.nativeId);
    const before = new Set(all.filter((name) => !names.includes(name)));
    expect(before).toContain('hanna');
    expect(before).toContain('Administrator');
    expect(names.length + before.size).toBe(all.length);
    expect(names.length).toBeGreaterThan(10);
    expect(rest.flatMap((piece) => piece.entitlements?.map((one) => one.name) ?? [])).toEqual(['newcomers']);
    expect(rest.at(-1)?.whole?.mark).toBe(reading.mark);
    await dc.write(`dn: CN=newcomers,OU=Groups,OU=Larkspur,${dc.base}\nchangetype: delete\n\n`);
    for (const elsewhere of [
      { ...place, invocationId: 'another' },
      { ...place, began: 99_999_999n },
    ]) {
      const attempt = connector.readInPieces?.(target, writeResume(elsewhere))[Symbol.asyncIterator]().next();
      await expect(attempt).rejects.toMatchObject({ code: 'failed' });
    }
  });

  it('reads every security descriptor of the domain as Samba itself does', async () => {
    const printed = new Map(
      (await dc.search('(objectClass=*)', ['nTSecurityDescriptor'], dc.base)).map((entry) => [
        entry.dn,
        entry.attributes.get('nTSecurityDescriptor')?.[0] ?? '',
      ]),
    );
    const domain = String(account('Administrator')?.attributes['sid']).replace(/-500$/u, '');
    const ldap = await openAsAdministrator(dc);
    const search = {
      base: dc.base,
      scope: 'sub',
      filter: '(objectClass=*)',
      attributes: ['nTSecurityDescriptor'],
    } as const;
    let compared = 0;
    for await (const entry of ldap.search(search, {
      pageSize: 200,
      controls: [ownerAndAccess],
      references: 'ignore',
    })) {
      const { owner, allowed, open } = readSecurityDescriptor(entry.bytes('nTSecurityDescriptor') ?? Buffer.alloc(0));
      expect(open).toBe(false);
      expect({ owner, allowed }, entry.dn).toEqual(readSddl(printed.get(entry.dn) ?? '', domain));
      compared += 1;
    }
    ldap.close();
    expect(compared).toBeGreaterThan(200);
  });

  it('follows a list the controller gives in parts to its end, and notices a part that is missing', async () => {
    const ldap = await openAsAdministrator(dc);
    const dn = (await dc.search('(sAMAccountName=All-Staff)', ['cn']))[0]?.dn ?? '';
    const whole = (await ldap.readEntry(dn, ['member']))?.texts('member') ?? [];
    const first = await ldap.readEntry(dn, ['member;range=0-9']);
    expect(first?.names).toContain('member;range=0-9');
    if (!first) throw new Error('no such group');
    const parts: string[] = [];
    for await (const part of allValues(ldap, first, 'member')) parts.push(...part);
    expect(parts).toEqual(whole);
    expect(whole.length).toBeGreaterThan(30);
    const gone: LdapEntry = {
      dn: first.dn.replace('All-Staff', 'No-Such-Group'),
      names: first.names,
      controls: [],
      has: (name) => first.has(name),
      text: (name) => first.text(name),
      texts: (name) => first.texts(name),
      bytes: (name) => first.bytes(name),
      allBytes: (name) => first.allBytes(name),
      eachText: (name) => first.eachText(name),
    };
    const broken = async (): Promise<void> => {
      for await (const _part of allValues(ldap, gone, 'member'));
    };
    await expect(broken()).rejects.toMatchObject({ code: 'failed', retry: true });
    ldap.close();
  });

  it('goes without permissions where that is set: members and flags are still weighed', async () => {
    const plain = await connector.read({ ...target, settings: { ...target.settings, controlPaths: false } });
    expect(account('adm-tomas', plain)?.privilegedBecause.length).toBeGreaterThan(0);
    expect(account('svc-sql', plain)?.privilegedBecause.length).toBeGreaterThan(0);
    expect(account('ruben', plain)?.privilegedBecause).toEqual([]);
  });

  it('by an account that may only read gives the same, but no mark; with the rights to follow changes it gives one', async () => {
    const monitor = targetOf(dc, 'svc-monitor', dc.passwords.get('svc-monitor'));
    const seen = await connector.read(monitor);
    const now = await connector.read(target);
    const facts = (of: Reading): unknown => {
      const { accounts, ...rest } = inOrder(of);
      // Only of its own account Reeve leaves out what the controller itself saw last.
      return { ...rest, accounts: accounts.map(({ lastUsedAt: _at, ...one }) => one) };
    };
    expect(facts(seen)).toEqual(facts(now));
    expect([seen.mark, typeof now.mark]).toEqual([undefined, 'string']);

    const [sid] = await heldBy(dc, 'svc-monitor', 'objectSid');
    const allow = async (dn: string, entry: string): Promise<void> => {
      const below = await dc.search('(objectClass=*)', ['nTSecurityDescriptor'], dn, true);
      const found = below.find((one) => one.dn.toLowerCase() === dn.toLowerCase());
      const sddl = found?.attributes.get('nTSecurityDescriptor')?.[0] ?? '';
      const wider = sddl.replace(/D:[A-Z]*/u, (list) => `${list}(${entry};${sid})`);
      await dc.write(modification(dn, 'replace', { nTSecurityDescriptor: wider }), { deleted: true });
    };
    // With this alone a controller keeps quiet about what was deleted: then there must be no mark.
    await allow(dc.base, 'OA;;CR;1131f6aa-9c07-11d1-f79f-00c04fc2dcd2;');
    expect((await connector.read(monitor)).mark).toBeUndefined();
    await allow(`CN=Deleted Objects,${dc.base}`, 'A;CI;RPLC;;');
    const services = `OU=Services,OU=Larkspur,${dc.base}`;
    await dc.write(addition(`CN=fleeting,${services}`, { objectClass: 'group', sAMAccountName: 'fleeting' }));
    // The controller lets a new right be used some moments after it took it.
    let mark = '';
    await until(async () => (mark = (await connector.read(monitor)).mark ?? '') !== '', {
      timeoutMs: 20_000,
      what: 'the new rights',
    });
    const [dana] = await dc.search('(sAMAccountName=dana)', ['cn']);
    await dc.write(
      `${modification(dana?.dn ?? '', 'replace', { title: 'CISO' })}dn: CN=fleeting,${services}\nchangetype: delete\n\n`,
    );
    const changes = await connector.readChanges?.(monitor, mark);
    expect(changes?.accounts.map((one) => [one.nativeId, one.attributes['jobTitle']])).toEqual([['dana', 'CISO']]);
    expect(changes?.goneEntitlements).toEqual(['group:fleeting']);
  });
});
