import { afterAll, describe, expect, it } from 'vitest';
import { heapHeld } from '#kit/testing/index.ts';
import type { LabLdap } from '#lab/index.ts';
import type { RowsPiece, Target } from '../port.ts';
import { crowd } from './crowd.fixture.ts';
import { ldapConnector } from './index.ts';
import { asRoot, directory, targetOf } from './lab-directory.fixture.ts';

const PEOPLE = 20_000;

let lab: LabLdap | undefined;
afterAll(async () => lab?.stop());
const started = await directory({ extra: crowd(PEOPLE, 10), loadLimit: 60_000 });
if ('skip' in started) console.log(`SKIP rows of a directory: ${started.skip}`);
else lab = started;

const { rows } = ldapConnector;
const need = (): LabLdap => {
  if (lab === undefined) throw new Error('no directory');
  return lab;
};
const people = (): string => `ou=people,${need().suffix}`;
async function read(
  columns: readonly string[],
  place: Readonly<Record<string, unknown>>,
  target: Target = targetOf(need()),
): Promise<readonly (readonly string[])[]> {
  const all: (readonly string[])[] = [];
  for await (const piece of rows?.read(target, place, columns) ?? []) all.push(...piece.rows);
  return all;
}
const one = (uid: string): Readonly<Record<string, unknown>> => ({ base: people(), filter: `(uid=${uid})` });

describe.skipIf(lab === undefined)('people in a branch of OpenLDAP', { timeout: 120_000 }, () => {
  it('attributes are found by themselves, passwords are not among them', async () => {
    const found = await rows?.columns(targetOf(need()), { base: people() });
    const names = found?.map(({ name }) => name) ?? [];
    expect(names).toEqual(expect.arrayContaining(['@dn', '@state', 'uid', 'sn', 'mail', 'entryUUID']));
    expect(names.map((name) => name.toLowerCase())).not.toContain('userpassword');
  });

  it('values become texts by one rule', async () => {
    await asRoot(need(), async (ldap) => {
      await ldap.add(`uid=odd,${people()}`, {
        objectClass: ['inetOrgPerson'],
        uid: ['odd'],
        cn: ['Odd; One', 'O. One'],
        sn: ['One'],
        displayName: ['One; the odd'],
        description: ['two\nlines'],
        jpegPhoto: [Buffer.from([0xff, 0xd8, 0x00, 0x01])],
        manager: [`uid=lena,${people()}`],
        title: ['x'.repeat(5_000)],
      });
    });
    const asked = [
      'uid',
      'cn',
      'displayName',
      'description',
      'jpegPhoto',
      'manager',
      'title',
      'createTimestamp',
      'mail',
      '@dn',
    ];
    const [row = []] = await read(asked, one('odd'));
    const value = Object.fromEntries(asked.map((name, at) => [name, row[at]]));
    expect(value['cn']?.split(';').sort()).toEqual(['O. One', 'Odd\\3b One']);
    expect(value).toMatchObject({
      uid: 'odd',
      displayName: 'One; the odd',
      description: 'two\nlines',
      jpegPhoto: 'ffd80001',
      manager: `uid=lena,${people()}`,
      title: 'x'.repeat(2001),
      createTimestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/),
      mail: '',
      '@dn': `uid=odd,${people()}`,
    });
  });

  it('somebody locked by the password policy is locked, and is active again afterwards', async () => {
    const state = async (): Promise<string | undefined> => (await read(['@state'], one('lena')))[0]?.[0];
    expect(await state()).toBe('active');
    await ldapConnector.apply(targetOf(need()), { do: 'lock_account', account: 'lena' });
    expect(await state()).toBe('locked');
    await ldapConnector.apply(targetOf(need()), { do: 'unlock_account', account: 'lena' });
    expect(await state()).toBe('active');
  });

  it('an attribute no server knows is told by those that are known', async () => {
    const pieces: RowsPiece[] = [];
    for await (const piece of rows?.read(targetOf(need()), one('lena'), ['uid', 'employeNumber']) ?? [])
      pieces.push(piece);
    expect(pieces).toEqual([{ columns: ['uid'], rows: [], whole: true }]);
  });

  it('a directory of 20,000 people flows in bounded memory', async () => {
    const before = heapHeld();
    let [came, most] = [0, 0];
    const place = { base: people(), filter: '(objectClass=inetOrgPerson)' };
    for await (const piece of rows?.read(targetOf(need()), place, ['uid', 'cn', 'sn', 'mail', '@dn', '@state']) ?? []) {
      came += piece.rows.length;
      expect(piece.rows.length).toBeLessThanOrEqual(500);
      if (came % 5_000 === 0) most = Math.max(most, heapHeld() - before);
    }
    console.log(`${came} people of OpenLDAP: ${Math.round(most / 1024 / 1024)} MiB more heap at most`);
    expect(came).toBeGreaterThanOrEqual(PEOPLE);
    expect(most).toBeLessThan(30 * 1024 * 1024);
  });

  it('an account with a size limit does not take its part for everybody', async () => {
    const credential = {
      kind: 'password',
      username: `uid=lena,${people()}`,
      password: need().passwords.get('lena') ?? '',
    } as const;
    const reading = read(['uid'], { base: people() }, { ...targetOf(need()), credential });
    await expect(reading).rejects.toMatchObject({ code: 'failed', message: expect.stringContaining('olcLimits') });
  });

  it('a part that is on another server makes the reading fail, and nobody follows it', async () => {
    const branch = `ou=abroad,${people()}`;
    await asRoot(need(), async (ldap) => {
      await ldap.add(
        branch,
        {
          objectClass: ['referral', 'extensibleObject'],
          ou: ['abroad'],
          ref: ['ldap://127.0.0.9:1/ou=people,dc=elsewhere,dc=example'],
        },
        [{ oid: '2.16.840.1.113730.3.4.2', critical: true }],
      );
    });
    try {
      await expect(read(['uid'], { base: people() })).rejects.toMatchObject({
        code: 'failed',
        message: expect.stringContaining('on another server'),
      });
      await expect(read(['uid'], { base: branch })).rejects.toMatchObject({ code: 'failed' });
    } finally {
      await asRoot(need(), (ldap) => ldap.delete(branch, [{ oid: '2.16.840.1.113730.3.4.2', critical: true }]));
    }
  });

  it('a server that is stopped in the middle gives no rows as whole', async () => {
    let came = 0;
    const reading = (async () => {
      for await (const piece of rows?.read(targetOf(need()), { base: people() }, ['uid', 'mail']) ?? []) {
        came += piece.rows.length;
        if (came === 500) await need().kill9();
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: 'unreachable', retry: true });
    expect(came).toBeLessThan(PEOPLE);
    await need().up();
    expect(await read(['uid'], one('lena'))).toEqual([['lena']]);
  });
});
