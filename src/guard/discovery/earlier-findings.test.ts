import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate, sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { testDatabase, type TestDatabase } from '#kit/testing/index.ts';

/** Findings of a Reeve from before migration 0057, when readings and looks each had a list of their own. */
const MIGRATIONS = join(import.meta.dirname, '../../../db/migrations');
const FROM = '0057';
const folder = mkdtempSync(join(tmpdir(), 'reeve-earlier-findings-'));
let t: TestDatabase;
const [system, person] = [newId(), newId()];
const copy = (which: (name: string) => boolean): void => {
  for (const name of readdirSync(MIGRATIONS).filter(which)) copyFileSync(join(MIGRATIONS, name), join(folder, name));
};

beforeAll(async () => {
  t = await testDatabase({ empty: true });
  copy((name) => name.slice(0, 4) < FROM);
  await migrate({ url: t.url, directory: folder, allowGaps: true });
  await t.db.run(sql`
    insert into system (id, name, kind, valid_from) values (${system}, 'web1', 'linux', '2026-01-01')`);
  await t.db.run(sql`insert into identity (id, kind) values (${person}, 'person')`);
});
afterAll(async () => {
  await t?.drop();
  rmSync(folder, { recursive: true });
});

const account = async (name: string, gone = false): Promise<string> => {
  const id = newId();
  await t.db.run(sql`
    insert into account (id, system_id, native_id, name, state, valid_from, valid_to)
    values (${id}, ${system}, ${name}, ${name}, ${gone ? 'gone' : 'active'}, '2026-01-01', ${gone ? '2026-02-01' : null})`);
  return id;
};
const ofReading = (
  accountId: string,
  kind: 'privileged' | 'orphan',
  reason: string,
  state = 'open',
): Promise<unknown> =>
  t.db.run(sql`
    insert into finding (id, system_id, account_id, kind, reason, evidence, state, answer, answered_by, first_seen_at, last_seen_at)
    values (${newId()}, ${system}, ${accountId}, ${kind}, ${reason}, ${`evidence of ${reason}`}, ${state},
            ${state === 'accepted' ? 'it has to be' : null}, ${state === 'accepted' ? person : null}, '2026-01-02', '2026-01-09')`);
const ofLook = (name: string, about: string, fromKeys: boolean): Promise<unknown> =>
  t.db.run(sql`
    insert into privilege_finding (id, system_id, account_name, kind, about, severity, power, rests_on, reason, evidence, from_keys,
                                   first_seen_at, last_seen_at)
    values (${newId()}, ${system}, ${name}, 'privileged', ${about}, 'critical', true, 'thing', 'of a look', 'seen by a look', ${fromKeys},
            '2026-01-03', '2026-01-08')`);

test('what readings told and looks found is in the one queue, each once, as it was answered', async () => {
  const ann = await account('ann');
  await ofReading(ann, 'privileged', 'member of sudo');
  await ofReading(ann, 'orphan', 'nobody’s');
  await ofReading(await account('ben'), 'privileged', 'uid 0', 'accepted');
  await ofReading(await account('cid'), 'privileged', 'member of wheel', 'gone');
  // one who went and came back: the account that is there is told of
  await ofReading(await account('dan', true), 'privileged', 'member of sudo', 'gone');
  await ofReading(await account('dan'), 'privileged', 'member of sudo');
  // what a look had found too stays as the look had it
  await ofLook('eve', 'member of docker', false);
  await ofReading(await account('eve'), 'privileged', 'member of docker');
  await ofLook('fay', 'authorized_keys', true);

  copy((name) => name.slice(0, 4) >= FROM);
  expect((await migrate({ url: t.url, directory: folder, allowGaps: true })).length).toBeGreaterThan(0);

  const rows = await t.db.many<Record<string, unknown>>(sql`
    select account_name, kind, about, severity, power, source, state, evidence, by_hand, accepted_because,
           accepted_by = ${person} as by_them, accepted_until > reeve_now() + interval '364 days' as for_a_year,
           gone_at is not null as told_gone, account_id is not null as of_account,
           first_seen_at::date::text as first
      from finding order by account_name, kind`);
  const reading = {
    severity: 'high',
    power: true,
    source: 'reading',
    state: 'open',
    byHand: null,
    ofAccount: true,
    toldGone: false,
  };
  expect(rows).toMatchObject([
    {
      ...reading,
      accountName: 'ann',
      kind: 'orphan',
      about: '',
      severity: 'low',
      power: false,
      byHand: 'say whose it is: reeve accounts link',
    },
    {
      ...reading,
      accountName: 'ann',
      kind: 'privileged',
      about: 'member of sudo',
      evidence: 'evidence of member of sudo',
      first: '2026-01-02',
    },
    {
      ...reading,
      accountName: 'ben',
      state: 'accepted',
      acceptedBecause: 'it has to be',
      byThem: true,
      forAYear: true,
    },
    { ...reading, accountName: 'cid', state: 'gone', toldGone: true },
    { ...reading, accountName: 'dan', state: 'open' },
    { accountName: 'eve', severity: 'critical', source: 'look', evidence: 'seen by a look' },
    { accountName: 'fay', source: 'keys' },
  ]);
  expect(rows).toHaveLength(7);
  expect(await t.db.one(sql`select to_regclass('earlier_finding') as left`)).toEqual({ left: null });
});
