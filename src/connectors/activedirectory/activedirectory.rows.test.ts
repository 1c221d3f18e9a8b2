import { afterAll, describe, expect, it } from 'vitest';
import { addition, modification } from '#lab/index.ts';
import { activeDirectoryConnector } from './index.ts';
import { filetimeOf } from './wire/filetime.ts';
import { labDomain, stopDomain, targetOf, whyNoSamba } from './lab-domain.fixture.ts';

afterAll(stopDomain);

const obstacle = whyNoSamba();
const dc = obstacle === undefined ? await labDomain() : undefined;
if (dc === undefined) console.log(`SKIP rows of a domain: ${obstacle}`);
const { rows } = activeDirectoryConnector;
const domain = () => {
  if (dc === undefined) throw new Error('no domain');
  return dc;
};
async function read(
  columns: readonly string[],
  place: Readonly<Record<string, unknown>> = {},
): Promise<readonly (readonly string[])[]> {
  const all: (readonly string[])[] = [];
  for await (const piece of rows?.read(targetOf(domain()), place, columns) ?? []) all.push(...piece.rows);
  return all;
}
const dnOf = async (name: string): Promise<string> =>
  (await domain().search(`(sAMAccountName=${name})`, ['cn']))[0]?.dn ?? '';

describe.skipIf(dc === undefined)('people in a domain', { timeout: 120_000 }, () => {
  it('a whole domain is read though it tells of its own other parts, without the accounts it is made of', async () => {
    const names = (await read(['sAMAccountName'])).map(([name]) => name);
    expect(names).toEqual(expect.arrayContaining(['lena', 'hanna', 'gareth']));
    for (const own of ['Administrator', 'Guest', 'krbtgt']) expect(names).not.toContain(own);
  });

  it('attributes are found by themselves, secrets are not among them', async () => {
    const found = await rows?.columns(targetOf(domain()), {});
    const names = found?.map(({ name }) => name.toLowerCase()) ?? [];
    expect(names).toEqual(
      expect.arrayContaining(['@dn', '@state', 'samaccountname', 'objectguid', 'useraccountcontrol']),
    );
    for (const secret of ['unicodepwd', 'supplementalcredentials', 'ntpwdhistory']) expect(names).not.toContain(secret);
  });

  it('identifiers, flags, instants and several values become texts by one rule', async () => {
    const dn = await dnOf('gareth');
    await domain().write(
      modification(dn, 'replace', {
        manager: await dnOf('hanna'),
        // The end of 31 January 2027 in Amsterdam.
        accountExpires: filetimeOf(new Date('2027-01-31T23:00:00Z')),
        otherTelephone: ['1;2', '3'],
        employeeID: 'E1007',
      }),
    );
    const asked = [
      'objectGUID',
      'objectSid',
      'manager',
      'accountExpires',
      'otherTelephone',
      'employeeID',
      'userAccountControl',
      'whenCreated',
      'lockoutTime',
      '@state',
      '@dn',
    ];
    const [row = []] = await read(asked, { filter: '(sAMAccountName=gareth)' });
    const value = Object.fromEntries(asked.map((name, at) => [name, row[at]]));
    expect(value['otherTelephone']?.split(';').sort()).toEqual(['1\\3b2', '3']);
    expect(value).toMatchObject({
      objectGUID: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      objectSid: expect.stringMatching(/^S-1-5-21-/),
      manager: await dnOf('hanna'),
      accountExpires: '2027-01-31T23:00:00.000Z',
      employeeID: 'E1007',
      userAccountControl: '66048',
      whenCreated: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/),
      lockoutTime: '',
      '@state': 'active',
      '@dn': dn,
    });
  });

  it('who is disabled, or past the last day, is locked', async () => {
    const state = async (): Promise<string | undefined> =>
      (await read(['@state'], { filter: '(sAMAccountName=gareth)' }))[0]?.[0];
    const dn = await dnOf('gareth');
    await domain().write(modification(dn, 'replace', { userAccountControl: '514' }));
    expect(await state()).toBe('locked');
    await domain().write(
      modification(dn, 'replace', { userAccountControl: '512', accountExpires: '132000000000000000' }),
    );
    expect(await state()).toBe('locked');
    await domain().write(modification(dn, 'replace', { accountExpires: '0' }));
    expect(await state()).toBe('active');
  });

  it('a place outside of the domain is on another server, and nobody follows it there', async () => {
    await expect(read(['cn'], { base: 'DC=elsewhere,DC=example' })).rejects.toMatchObject({
      code: expect.stringMatching(/failed|refused/),
    });
  });

  it('a unit of some thousands flows page by page, nobody twice', async () => {
    const unit = `OU=Crowd,${domain().base}`;
    const crowd = Array.from({ length: 2_000 }, (_, n) =>
      addition(`CN=Crowd ${n},${unit}`, {
        objectClass: 'user',
        sAMAccountName: `crowd${n}`,
        userAccountControl: '514',
      }),
    );
    await domain().write(addition(unit, { objectClass: 'organizationalUnit' }) + crowd.join(''));
    let [came, largest] = [0, 0];
    const seen = new Set<string>();
    for await (const piece of rows?.read(targetOf(domain()), { base: unit }, ['sAMAccountName', '@state']) ?? []) {
      came += piece.rows.length;
      largest = Math.max(largest, piece.rows.length);
      for (const [name = ''] of piece.rows) seen.add(name);
    }
    expect([came, seen.size, largest]).toEqual([2_000, 2_000, 500]);
  });
});
