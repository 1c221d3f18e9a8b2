import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { lifecycleHouse, type LifecycleHouse } from '../testing/lifecycle-house.ts';

const COLUMNS = {
  externalId: 'id',
  firstName: 'name',
  lastName: 'family',
  preferredName: null,
  email: 'mail',
  username: 'login',
  department: null,
  orgUnit: null,
  jobTitle: null,
  manager: 'boss',
  employmentType: 'kind',
  status: null,
  startDate: null,
  endDate: null,
};
const HEADER = 'id,name,family,mail,login,boss,kind\n';

let house: LifecycleHouse;
beforeAll(async () => {
  house = await lifecycleHouse();
  await house.perform('sources.put', { source: 'staff', mapping: { columns: COLUMNS, attributes: {} } }, house.admin);
  await deliver(
    'staff',
    ['1,Ada,Lund,ada@x.example,ada,,', '2,Bo,Kiss,bo@x.example,bo,1,', '3,Cy,Kiss,cy@x.example,cy,1,'].join('\n'),
  );
});
afterAll(async () => house?.close());

const deliver = async (
  source: string,
  lines: string,
): Promise<{ state: string; problems: readonly { code: string; detail: string }[] }> => {
  const run = await house.perform<{ id: string }>(
    'sources.feed',
    { source, content: `${HEADER}${lines}\n` },
    house.admin,
  );
  await house.settle(60_000);
  return await house.run(run.id);
};
const facts = (username: string): Promise<{ kind: string; manager: string | null; owner: string | null } | undefined> =>
  house.db.maybe(sql`
    select i.kind, m.username as manager, o.username as owner
      from identity_facts f join identity i on i.id = f.identity_id
      left join identity_facts m on m.identity_id = f.manager_id and m.valid_to is null
      left join identity_facts o on o.identity_id = f.owner_id and o.valid_to is null
     where f.username = ${username} and f.valid_to is null`);

test('rows that call a manager by another column of the manager’s row find them, wherever they stand', async () => {
  const mapping = { columns: COLUMNS, attributes: {}, managerBy: 'mail' };
  await house.perform('sources.put', { source: 'dir', mapping }, house.admin);
  const run = await deliver(
    'dir',
    ['k1,Di,Berg,,di,ED@y.example,', 'k2,Ed,Berg,ed@y.example,ed,,', 'k3,Fa,Berg,,fa,nobody@y.example,'].join('\n'),
  );
  expect(run).toMatchObject({ state: 'applied', problems: [{ code: 'row.unknown_manager' }] });
  expect(await facts('di')).toMatchObject({ manager: 'ed' });
  expect(await facts('fa')).toMatchObject({ manager: null });
});

test('a column by which managers are called that is gone refuses the delivery', async () => {
  await house.perform('sources.put', { source: 'dir', mapping: { managerBy: 'whole_name' } }, house.admin);
  expect(await deliver('dir', 'k1,Di,Berg,,di,,')).toMatchObject({
    state: 'refused',
    problems: [{ code: 'feed.column_missing' }],
  });
});

test('a contractor’s sponsor, and the owner of what is not human, may be people of another source', async () => {
  await house.perform(
    'sources.put',
    {
      source: 'machines',
      mapping: {
        columns: COLUMNS,
        attributes: {},
        managerIn: { source: 'staff', fact: 'username' },
        kinds: { SVC: 'service', bot: 'agent', job: 'workload' },
      },
    },
    house.admin,
  );
  const lines = [
    'm1,Wiki,,,svc-wiki,ADA,svc',
    'm2,Triage,,,triage-agent,bo,Bot',
    'm3,Nightly,,,nightly-job,bo,job',
    'm4,Gus,Vendor,,gus,ada,vendor',
  ];
  expect(await deliver('machines', lines.join('\n'))).toMatchObject({ state: 'applied', problems: [] });
  expect(await facts('svc-wiki')).toEqual({ kind: 'service', manager: null, owner: 'ada' });
  expect(await facts('triage-agent')).toEqual({ kind: 'agent', manager: null, owner: 'bo' });
  expect(await facts('nightly-job')).toEqual({ kind: 'workload', manager: null, owner: 'bo' });
  expect(await facts('gus')).toEqual({ kind: 'vendor', manager: 'ada', owner: 'ada' });
  const again = await deliver('machines', lines.join('\n').replace('triage-agent,bo', 'triage-agent,cy'));
  expect(again).toMatchObject({ state: 'applied', problems: [] });
  expect(await facts('triage-agent')).toEqual({ kind: 'agent', manager: null, owner: 'cy' });
});

test('what is not human and has no owner is a bad row', async () => {
  const run = await deliver(
    'machines',
    [
      'm1,Wiki,,,svc-wiki,ada,svc',
      'm2,Triage,,,triage-agent,cy,bot',
      'm3,Nightly,,,nightly-job,bo,job',
      'm4,Gus,Vendor,,gus,ada,vendor',
      'm5,Lone,,,svc-lone,,svc',
    ].join('\n'),
  );
  expect(run.problems).toMatchObject([
    { code: 'row.value', detail: expect.stringContaining('nobody is named who owns') },
  ]);
  expect(await facts('svc-lone')).toBeUndefined();
});

test('what is not human is never met with a person, whatever the rules find', async () => {
  const terms = { join: [{ fact: 'email', with: 'email' }] };
  await house.perform('sources.put', { source: 'machines', terms }, house.admin);
  await deliver(
    'machines',
    [
      'm1,Wiki,,,svc-wiki,ada,svc',
      'm2,Triage,,,triage-agent,cy,bot',
      'm3,Nightly,,,nightly-job,bo,job',
      'm4,Gus,Vendor,,gus,ada,vendor',
      'm6,Fake,,ada@x.example,svc-fake,bo,svc',
    ].join('\n'),
  );
  expect(await facts('ada')).toMatchObject({ kind: 'person' });
  expect(await facts('svc-fake')).toMatchObject({ kind: 'service', owner: 'bo' });
});

test('a source whose people are named has to be there', async () => {
  for (const source of ['nowhere', 'machines']) {
    const put = house.perform('sources.put', { source: 'machines', mapping: { managerIn: { source } } }, house.admin);
    await expect(put).rejects.toMatchObject({ status: 422, errors: [{ pointer: '/mapping/managerIn/source' }] });
  }
});
