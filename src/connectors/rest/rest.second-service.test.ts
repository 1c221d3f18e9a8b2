import { afterAll, beforeAll, expect, it } from 'vitest';
import { startScim, type LabScim } from '#lab/index.ts';
import type { Change, Reading, Target } from '../port.ts';
import { restConnector as connector } from './index.ts';

/** A SCIM service described as if it were any other: pages with a count, and members kept with the groups. */
const SCIM = `
version: 1
about: SCIM 2.0
base_path: /scim/v2
auth: { bearer: {} }
accounts:
  list:
    call: GET /Users
    items: /Resources
    total: /totalResults
    paging: { offset: { query: startIndex, first: 1, size_query: count, size: 2 } }
  map:
    id: /userName
    key: /id
    state: { active: { at: /active, is: true } }
    attributes: { full_name: /displayName }
entitlements:
  - kind: group
    list:
      call: GET /Groups
      items: /Resources
      total: /totalResults
      paging: { offset: { query: startIndex, first: 1, size_query: count, size: 2 } }
    map: { id: /id, name: /displayName, privileged: { at: /displayName, is: Admins } }
    held: { in_entitlement: { at: /members, id: /value, absent: none, when: { at: /type, is: User, absent: true } } }
    nesting: { members: { at: /members, id: /value, absent: none, when: { at: /type, is: Group, absent: false } } }
    grant:
      - call: PATCH /Groups/{/entitlement_id}
        body:
          schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp']
          Operations: [{ op: add, path: members, value: [{ value: { $from: /account/id } }] }]
    revoke:
      - call: PATCH /Groups/{/entitlement_id}
        body:
          schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp']
          Operations:
            - op: replace
              path: members
              value: { $from: /entitlement/members, $without: { $from: /account/id }, $by: /value }
changes:
  delete_account:
    - { call: 'DELETE /Users/{/account/id}', done_already: [404] }
`;

let scim: LabScim;
let target: Target;
const group = (name: string): string => `group:${scim.groups.find((one) => one['displayName'] === name)?.id ?? ''}`;
beforeAll(async () => {
  scim = await startScim();
  const [amara, priya, tomas] = ['amara', 'priya', 'tomas'].map((userName) =>
    scim.plant('users', { userName, active: userName !== 'tomas', displayName: `${userName} of Larkspur` }),
  );
  const member = (one: { readonly id: string } | undefined, type = 'User') => ({ value: one?.id ?? '', type });
  const operators = scim.plant('groups', { displayName: 'Operators', members: [member(tomas), member(priya)] });
  scim.plant('groups', { displayName: 'Sales' });
  scim.plant('groups', { displayName: 'Admins', members: [member(amara), member(operators, 'Group')] });
  target = {
    systemId: 'crm',
    kind: 'rest',
    host: scim.host,
    port: scim.port,
    settings: { description: SCIM },
    pinned: [`tls-sha256:${scim.tls.fingerprint256}`],
    credential: { kind: 'token', username: '', token: scim.token },
  };
});
afterAll(() => scim?.stop());

const privileged = ({ accounts }: Pick<Reading, 'accounts'>): readonly string[] =>
  accounts.flatMap(({ name, privilegedBecause }) => privilegedBecause.map(({ evidence }) => `${name}: ${evidence}`));

it('members in groups, groups in groups and what they imply are read', async () => {
  const reading = await connector.read(target);
  expect(reading.accounts.map(({ nativeId, state }) => `${nativeId} ${state}`)).toEqual([
    'amara active',
    'priya active',
    'tomas locked',
  ]);
  expect(reading.nesting).toEqual([{ parent: group('Operators'), child: group('Admins') }]);
  expect(reading.holdings).toHaveLength(3);
  expect(privileged(reading)).toEqual([
    'amara: Admins',
    'priya: Operators, which implies Admins',
    'tomas: Operators, which implies Admins',
  ]);
  const one = await connector.readAccount(target, 'priya');
  expect(one?.account).toEqual(reading.accounts[1]);
  expect(one?.holdings).toEqual([group('Operators')]);
});

it('one membership is given and taken, and the others stay', async () => {
  const apply = async (change: Change): Promise<boolean> => (await connector.apply(target, change)).changed;
  const sales = { account: 'priya', entitlement: group('Sales') };
  expect(await apply({ do: 'grant', ...sales })).toBe(true);
  expect(await apply({ do: 'grant', ...sales })).toBe(false);
  const operators = { account: 'priya', entitlement: group('Operators') };
  expect(await apply({ do: 'revoke', ...operators })).toBe(true);
  expect(await apply({ do: 'revoke', ...operators })).toBe(false);
  const held = (await connector.read(target)).holdings.map(({ account, entitlement }) => `${account} ${entitlement}`);
  expect(held).toEqual([`amara ${group('Admins')}`, `priya ${group('Sales')}`, `tomas ${group('Operators')}`]);
});

it('a member who is in no list throws, until the description says that this is as it should be', async () => {
  scim.plant('groups', { displayName: 'Robots', members: [{ value: 'r2d2' }] });
  await expect(connector.read(target)).rejects.toMatchObject({
    code: 'failed',
    message: expect.stringContaining('names `r2d2`, which is in no list') as string,
  });
  const lenient = SCIM.replace('held: { in_entitlement: {', 'held: { in_entitlement: { unlisted: ignore,');
  const reading = await connector.read({ ...target, settings: { description: lenient } });
  expect(reading.entitlements.map(({ name }) => name).toSorted()).toEqual(['Admins', 'Operators', 'Robots', 'Sales']);
});
