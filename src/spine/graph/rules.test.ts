import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql, type Sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { testDatabase, type TestDatabase } from '#kit/testing/index.ts';

/** Every rule of the graph's tables is tried here with plain SQL: the database is the last guard. */

let t: TestDatabase;
const [person, other, system, account, second, entitlement, child, role, inner, grant, ended] = Array.from(
  { length: 11 },
  () => newId(),
) as [string, string, string, string, string, string, string, string, string, string, string];
const none = newId();
const [early, now, late] = ['2026-01-01', '2026-03-02T09:00:00Z', '2026-06-01'];

beforeAll(async () => {
  t = await testDatabase();
  await t.db.tx(async (tx) => {
    for (const id of [person, other]) {
      await tx.run(sql`insert into identity (id, kind) values (${id}, 'person')`);
      await tx.run(
        sql`insert into identity_facts (identity_id, display_name, username, state, valid_from) values (${id}, 'P', ${id}, 'active', ${now})`,
      );
    }
    await tx.run(sql`insert into system (id, name, kind, valid_from) values (${system}, 'web1', 'linux', ${now})`);
    for (const id of [account, second])
      await tx.run(
        sql`insert into account (id, system_id, native_id, name, identity_id, valid_from) values (${id}, ${system}, ${id}, 'a', ${person}, ${now})`,
      );
    for (const id of [entitlement, child])
      await tx.run(
        sql`insert into entitlement (id, system_id, kind, native_id, name, valid_from) values (${id}, ${system}, 'group', ${id}, 'e', ${now})`,
      );
    await tx.run(
      sql`insert into entitlement (id, system_id, kind, native_id, name, account_id, valid_from) values (${newId()}, ${system}, 'account', 'use', 'use', ${account}, ${now})`,
    );
    await tx.run(
      sql`insert into entitlement_edge (parent_id, child_id, valid_from) values (${entitlement}, ${child}, ${now})`,
    );
    for (const id of [role, inner])
      await tx.run(sql`insert into role (id, name, valid_from) values (${id}, ${id}, ${now})`);
    await tx.run(
      sql`insert into role_content (id, role_id, child_role_id, valid_from) values (${newId()}, ${role}, ${inner}, ${now})`,
    );
    await tx.run(
      sql`insert into access_grant (id, identity_id, entitlement_id, valid_from, valid_to, origin, started) values (${grant}, ${person}, ${entitlement}, ${now}, ${late}, 'admin', true)`,
    );
    await tx.run(
      sql`insert into access_grant (id, identity_id, entitlement_id, valid_from, valid_to, origin, ended_because) values (${ended}, ${person}, ${entitlement}, ${now}, ${now}, 'admin', 'revoked')`,
    );
    await tx.run(
      sql`insert into holding (account_id, entitlement_id, observed_at, valid_from) values (${account}, ${entitlement}, ${now}, ${now})`,
    );
  });
});
afterAll(async () => await t.drop());

const facts = (set: Sql): Sql => sql`update identity_facts set ${set} where identity_id = ${person}`;
const slice = (identityId: string, from: string, to: string | null, username: string | null = null): Sql =>
  sql`insert into identity_facts (identity_id, display_name, username, state, valid_from, valid_to) values (${identityId}, 'P', ${username}, 'active', ${from}, ${to})`;
const systems = (set: Sql): Sql => sql`update system set ${set} where id = ${system}`;
const accounts = (set: Sql): Sql => sql`update account set ${set} where id = ${account}`;
const owners = (set: Sql): Sql => sql`update account_owner set ${set} where account_id = ${account}`;
const entitlements = (set: Sql): Sql => sql`update entitlement set ${set} where id = ${entitlement}`;
const edges = (set: Sql): Sql => sql`update entitlement_edge set ${set} where parent_id = ${entitlement}`;
const edge = (parent: string, to: string): Sql =>
  sql`insert into entitlement_edge (parent_id, child_id, valid_from) values (${parent}, ${to}, ${late})`;
const roles = (set: Sql): Sql => sql`update role set ${set} where id = ${role}`;
const content = (roleId: string, e: string | null, r: string | null): Sql =>
  sql`insert into role_content (id, role_id, entitlement_id, child_role_id, valid_from) values (${newId()}, ${roleId}, ${e}, ${r}, ${now})`;
const newGrant = (identityId: string, e: string | null, r: string | null): Sql =>
  sql`insert into access_grant (id, identity_id, entitlement_id, role_id, valid_from, origin) values (${newId()}, ${identityId}, ${e}, ${r}, ${now}, 'admin')`;
const grants = (set: Sql, id = grant): Sql => sql`update access_grant set ${set} where id = ${id}`;
const holding = (a: string, e: string, from: string): Sql =>
  sql`insert into holding (account_id, entitlement_id, observed_at, valid_from) values (${a}, ${e}, ${now}, ${from})`;
const holdings = (set: Sql): Sql => sql`update holding set ${set} where account_id = ${account}`;

const BREACHES: readonly [table: string, rule: string, breach: Sql][] = [
  ['identity', 'identity_kind_is_known', sql`insert into identity (id, kind) values (${newId()}, 'robot')`],
  ['identity_facts', 'identity_facts_are_about_an_identity', slice(none, now, null)],
  ['identity_facts', 'identity_manager_is_an_identity', facts(sql`manager_id = ${none}`)],
  ['identity_facts', 'identity_owner_is_an_identity', facts(sql`owner_id = ${none}`)],
  ['identity_facts', 'identity_state_is_known', facts(sql`state = 'asleep'`)],
  ['identity_facts', 'identity_has_a_name', facts(sql`display_name = ' '`)],
  ['identity_facts', 'identity_username_is_not_blank', facts(sql`username = ''`)],
  ['identity_facts', 'identity_does_not_manage_itself', facts(sql`manager_id = ${person}`)],
  ['identity_facts', 'identity_does_not_own_itself', facts(sql`owner_id = ${person}`)],
  ['identity_facts', 'identity_attributes_are_an_object', facts(sql`attributes = '[]'`)],
  ['identity_facts', 'identity_facts_end_after_they_begin', facts(sql`valid_to = valid_from`)],
  ['identity_facts', 'identity_facts_do_not_overlap', slice(person, early, null)],
  ['identity_facts', 'username_is_one_identitys_at_a_time', facts(sql`username = upper(${other})`)],
  ['system', 'system_name_is_one_systems', systems(sql`name = 'reeve'`)],
  ['system', 'system_name_can_follow_an_at_sign', systems(sql`name = 'Web 1'`)],
  ['system', 'system_kind_is_not_blank', systems(sql`kind = ''`)],
  ['system', 'system_port_is_a_port', systems(sql`port = 65536`)],
  ['system', 'system_settings_are_an_object', systems(sql`settings = '1'`)],
  ['system', 'system_owner_is_an_identity', systems(sql`owner_id = ${none}`)],
  ['system', 'system_ends_after_it_begins', systems(sql`valid_to = ${early}`)],
  ['account', 'account_is_on_a_system', accounts(sql`system_id = ${none}`)],
  ['account', 'account_owner_is_an_identity', accounts(sql`identity_id = ${none}`)],
  ['account', 'account_kind_is_known', accounts(sql`kind = 'alien'`)],
  ['account', 'account_state_is_known', accounts(sql`state = 'lost'`)],
  ['account', 'account_is_gone_exactly_when_it_ended', accounts(sql`state = 'gone'`)],
  ['account', 'account_is_gone_exactly_when_it_ended', accounts(sql`valid_to = ${late}`)],
  ['account', 'account_native_id_is_not_blank', accounts(sql`native_id = ''`)],
  ['account', 'account_has_a_name', accounts(sql`name = ''`)],
  ['account', 'linked_account_has_an_owner', accounts(sql`identity_id = null, linked_because = 'x'`)],
  ['account', 'privileged_reasons_are_a_list', accounts(sql`privileged_because = '{}'`)],
  ['account', 'privileged_account_says_why', accounts(sql`privileged = true`)],
  ['account', 'privileged_account_says_why', accounts(sql`privileged_because = '[{}]'`)],
  ['account', 'account_attributes_are_an_object', accounts(sql`attributes = 'null'`)],
  ['account', 'account_does_not_end_before_it_begins', accounts(sql`state = 'gone', valid_to = ${early}`)],
  ['account', 'account_native_id_is_one_accounts_while_present', accounts(sql`native_id = ${second}`)],
  ['account_owner', 'owned_account_is_an_account', owners(sql`account_id = ${none}`)],
  ['account_owner', 'owner_of_account_is_an_identity', owners(sql`identity_id = ${none}`)],
  ['account_owner', 'account_owner_does_not_end_before_it_begins', owners(sql`valid_to = ${early}`)],
  [
    'account_owner',
    'account_has_one_owner_at_a_time',
    sql`insert into account_owner (account_id, identity_id, valid_from) values (${account}, ${other}, ${late})`,
  ],
  ['entitlement', 'entitlement_is_on_a_system', entitlements(sql`system_id = ${none}`)],
  ['entitlement', 'entitlement_owner_is_an_identity', entitlements(sql`owner_id = ${none}`)],
  ['entitlement', 'entitlement_account_is_an_account', entitlements(sql`kind = 'account', account_id = ${none}`)],
  ['entitlement', 'entitlement_kind_is_not_blank', entitlements(sql`kind = ''`)],
  ['entitlement', 'entitlement_native_id_is_not_blank', entitlements(sql`native_id = ''`)],
  ['entitlement', 'entitlement_has_a_name', entitlements(sql`name = ''`)],
  ['entitlement', 'entitlement_risk_is_known', entitlements(sql`risk = 'some'`)],
  ['entitlement', 'entitlement_source_is_known', entitlements(sql`source = 'rumour'`)],
  ['entitlement', 'entitlement_data_class_is_known', entitlements(sql`data_class = 'cosmic'`)],
  ['entitlement', 'entitlement_tags_are_words', entitlements(sql`tags = array['two words']`)],
  ['entitlement', 'entitlement_tags_are_words', entitlements(sql`regulated = array['PII']`)],
  ['entitlement', 'entitlement_tags_are_words', entitlements(sql`tags = array[null]::text[]`)],
  [
    'entitlement',
    'entitlement_has_at_most_50_tags',
    entitlements(sql`tags = array(select 't' || n from generate_series(1, 51) n)`),
  ],
  [
    'entitlement',
    'entitlement_has_at_most_20_aliases',
    entitlements(sql`aliases = array(select 'a' || n from generate_series(1, 21) n)`),
  ],
  ['entitlement', 'entitlement_rename_has_its_time', entitlements(sql`renamed_from = 'x'`)],
  ['entitlement', 'entitlement_is_privileged_where_marked_or_read_so', entitlements(sql`marked_privileged = true`)],
  ['entitlement', 'entitlement_is_privileged_where_marked_or_read_so', entitlements(sql`privileged_on_target = true`)],
  [
    'entitlement',
    'requestable_entitlement_has_owner_and_description',
    entitlements(sql`requestable = true, description = 'x'`),
  ],
  [
    'entitlement',
    'requestable_entitlement_has_owner_and_description',
    entitlements(sql`requestable = true, owner_id = ${person}`),
  ],
  ['entitlement', 'entitlement_to_an_account_names_it', entitlements(sql`kind = 'account'`)],
  ['entitlement', 'entitlement_to_an_account_names_it', entitlements(sql`account_id = ${second}`)],
  ['entitlement', 'entitlement_lasts_some_time', entitlements(sql`max_seconds = 0`)],
  ['entitlement', 'entitlement_licence_has_a_name', entitlements(sql`licence = ' '`)],
  [
    'entitlement',
    'entitlement_licence_cost_is_of_a_licence',
    entitlements(sql`licence_cost = 1, licence_currency = 'EUR'`),
  ],
  ['entitlement', 'entitlement_licence_cost_is_in_a_currency', entitlements(sql`licence = 'L', licence_cost = 1`)],
  [
    'entitlement',
    'entitlement_licence_cost_is_not_negative',
    entitlements(sql`licence = 'L', licence_cost = -1, licence_currency = 'EUR'`),
  ],
  [
    'entitlement',
    'entitlement_licence_currency_is_a_code',
    entitlements(sql`licence = 'L', licence_cost = 1, licence_currency = 'euro'`),
  ],
  ['entitlement', 'entitlement_attributes_are_an_object', entitlements(sql`attributes = '[]'`)],
  ['entitlement', 'entitlement_does_not_end_before_it_begins', entitlements(sql`valid_to = ${early}`)],
  ['entitlement', 'entitlement_native_id_is_one_entitlements_while_present', entitlements(sql`native_id = ${child}`)],
  ['entitlement', 'account_has_one_entitlement_to_it', entitlements(sql`kind = 'account', account_id = ${account}`)],
  ['entitlement_edge', 'edge_parent_is_an_entitlement', edge(none, child)],
  ['entitlement_edge', 'edge_child_is_an_entitlement', edge(entitlement, none)],
  ['entitlement_edge', 'edge_source_is_known', edges(sql`source = 'rumour'`)],
  ['entitlement_edge', 'entitlement_does_not_imply_itself', edge(entitlement, entitlement)],
  ['entitlement_edge', 'edge_does_not_end_before_it_begins', edges(sql`valid_to = ${early}`)],
  ['entitlement_edge', 'edge_is_there_once', edge(entitlement, child)],
  ['role', 'role_owner_is_an_identity', roles(sql`owner_id = ${none}`)],
  ['role', 'role_has_a_name', roles(sql`name = ''`)],
  ['role', 'role_risk_is_known', roles(sql`risk = 'some'`)],
  ['role', 'requestable_role_has_owner_and_description', roles(sql`requestable = true, description = 'x'`)],
  ['role', 'role_lasts_some_time', roles(sql`max_seconds = -1`)],
  ['role', 'role_does_not_end_before_it_begins', roles(sql`valid_to = ${early}`)],
  ['role', 'role_name_is_one_roles_while_present', roles(sql`name = upper(${inner})`)],
  ['role_content', 'role_content_is_in_a_role', content(none, entitlement, null)],
  ['role_content', 'role_content_is_an_entitlement', content(role, none, null)],
  ['role_content', 'role_content_is_a_role', content(role, null, none)],
  ['role_content', 'role_content_is_one_entitlement_or_one_role', content(role, null, null)],
  ['role_content', 'role_content_is_one_entitlement_or_one_role', content(role, entitlement, inner)],
  ['role_content', 'role_does_not_contain_itself', content(role, null, role)],
  [
    'role_content',
    'role_content_does_not_end_before_it_begins',
    sql`update role_content set valid_to = ${early} where role_id = ${role}`,
  ],
  ['role_content', 'role_content_is_there_once', content(role, null, inner)],
  ['access_grant', 'grant_is_to_an_identity', newGrant(none, entitlement, null)],
  ['access_grant', 'grant_entitlement_is_an_entitlement', newGrant(person, none, null)],
  ['access_grant', 'grant_role_is_a_role', newGrant(person, null, none)],
  ['access_grant', 'grant_is_for_one_entitlement_or_one_role', newGrant(person, null, null)],
  ['access_grant', 'grant_is_for_one_entitlement_or_one_role', newGrant(person, entitlement, role)],
  [
    'access_grant',
    'grant_origin_is_known',
    sql`insert into access_grant (id, identity_id, role_id, valid_from, origin) values (${newId()}, ${person}, ${role}, ${now}, 'luck')`,
  ],
  ['access_grant', 'grant_does_not_end_before_it_begins', grants(sql`valid_to = ${early}`)],
  [
    'access_grant',
    'ended_grant_has_an_end',
    sql`insert into access_grant (id, identity_id, role_id, valid_from, origin, ended_because) values (${newId()}, ${person}, ${role}, ${now}, 'admin', 'x')`,
  ],
  ['access_grant', 'grant_end_has_a_reason', grants(sql`ended_because = ' '`)],
  ['access_grant', 'grant_is_never_repointed', grants(sql`identity_id = ${other}`)],
  ['access_grant', 'grant_is_never_repointed', grants(sql`entitlement_id = ${child}`)],
  ['access_grant', 'grant_is_never_repointed', grants(sql`valid_from = ${early}`)],
  ['access_grant', 'grant_is_never_repointed', grants(sql`reason = 'another'`)],
  ['access_grant', 'grant_end_never_moves_later', grants(sql`valid_to = null`)],
  ['access_grant', 'grant_end_never_moves_later', grants(sql`valid_to = '2027-01-01'`)],
  ['access_grant', 'started_grant_stays_started', grants(sql`started = false`)],
  ['access_grant', 'ended_grant_never_changes', grants(sql`ended_because = null`, ended)],
  ['holding', 'holding_is_an_accounts', holding(none, entitlement, now)],
  ['holding', 'holding_is_of_an_entitlement', holding(account, none, now)],
  ['holding', 'holding_quality_is_known', holdings(sql`quality = 'hearsay'`)],
  ['holding', 'holding_does_not_end_before_it_begins', holdings(sql`valid_to = ${early}`)],
  ['holding', 'holding_is_there_once', holding(account, entitlement, late)],
  ...[
    'identity',
    'system',
    'account',
    'account_owner',
    'entitlement',
    'entitlement_edge',
    'role',
    'role_content',
    'access_grant',
    'holding',
  ].map((table): [string, string, Sql] => [
    table,
    'graph_rows_are_ended_not_deleted',
    sql`delete from ${sql.id(table)}`,
  ]),
];

describe('the database refuses', () => {
  test.each(BREACHES)('on %s: %s', async (_table, rule, breach) => {
    await expect(t.db.run(breach)).rejects.toMatchObject({ constraint: rule });
  });
});

test('every rule the tables have is tried above', async () => {
  const tables = [...new Set(BREACHES.map(([table]) => table))];
  const rules = await t.db.many<{ rule: string }>(sql`
    select c.conrelid::regclass || ' ' || c.conname as rule from pg_constraint c
     where c.conrelid::regclass::text = any(${tables}) and c.contype in ('c', 'f', 'u', 'x')
    union
    select i.indrelid::regclass || ' ' || i.indexrelid::regclass from pg_index i
     where i.indrelid::regclass::text = any(${tables}) and i.indisunique and not i.indisprimary
       and not exists (select from pg_constraint c where c.conindid = i.indexrelid)`);
  const tried = new Set(BREACHES.map(([table, rule]) => `${table} ${rule}`));
  expect(rules.map((r) => r.rule).filter((r) => !tried.has(r))).toEqual([]);
  expect(rules.length).toBeGreaterThan(70);
});

test('every graph table keeps its history', async () => {
  const plain = await t.db.many<{ name: string }>(sql`
    select c.relname as name from pg_class c
     where c.relkind = 'r' and c.relname in ('identity', 'identity_facts', 'system', 'account', 'account_owner', 'entitlement',
           'entitlement_edge', 'role', 'role_content', 'access_grant', 'holding')
       and not exists (select from pg_trigger g where g.tgrelid = c.oid and g.tgname = 'keep_history')`);
  expect(plain).toEqual([]);
});
