import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql, type Sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { testDatabase, type TestDatabase } from '#kit/testing/index.ts';

let base: TestDatabase;
const rule = newId();
const person = newId();
const version = newId();
beforeAll(async () => {
  base = await testDatabase();
  await base.db.run(sql`insert into identity (id, kind) values (${person}, 'person')`);
  await base.db.run(sql`insert into sod_rule (id, name, severity) values (${rule}, 'Kept', 'low')`);
  await base.db.run(
    sql`insert into policy_version (id, origin, number, text, state, created_by) values (${version}, 'custom', 1, '', 'draft', 'identity:x')`,
  );
});
afterAll(() => base.drop());

const policy = (fields: Record<string, unknown>): Sql =>
  insert('policy_version', {
    id: newId(),
    origin: 'custom',
    number: 7,
    text: '',
    state: 'draft',
    created_by: 'identity:x',
    ...fields,
  });
const decision = (fields: Record<string, unknown>): Sql =>
  insert('decision_made', {
    id: newId(),
    principal_kind: 'identity',
    principal_id: 'x',
    action: 'a.b',
    resource_type: 'T',
    resource_id: 'r',
    allowed: true,
    policies: ['p'],
    version: 'v',
    ...fields,
  });
const sodRule = (fields: Record<string, unknown>): Sql =>
  insert('sod_rule', { id: newId(), name: 'Other', severity: 'low', ...fields });
const exception = (fields: Record<string, unknown>): Sql =>
  insert('sod_exception', {
    id: newId(),
    rule_id: rule,
    identity_id: person,
    reason: 'r',
    control: 'c',
    approved_by: 'identity:x',
    valid_from: '2026-01-01',
    valid_to: '2026-02-01',
    ...fields,
  });
const insert = (table: string, fields: Record<string, unknown>): Sql =>
  sql`insert into ${sql.id(table)} (${sql.join(Object.keys(fields).map(sql.id), sql`, `)}) values (${sql.join(
    Object.values(fields).map((v) => sql`${v}`),
    sql`, `,
  )})`;
const published = { published_at: '2026-01-02', published_by: 'identity:x' };

describe('the database refuses', () => {
  it.each<[string, () => Sql]>([
    ['policy_version_origin_is_known', () => policy({ origin: 'other' })],
    ['policy_version_state_is_known', () => policy({ state: 'other', ...published })],
    ['policy_version_number_is_one_versions', () => policy({ number: 1 })],
    ['policy_version_number_counts_from_one', () => policy({ number: 0 })],
    ['shipped_policies_are_no_draft', () => policy({ origin: 'shipped' })],
    ['policy_version_is_published_unless_draft', () => policy({ ...published })],
    ['policy_version_publisher_is_named', () => policy({ state: 'active', published_at: '2026-01-02' })],
    ['policy_version_is_retired_at_a_time', () => policy({ state: 'retired', ...published })],
    [
      'policy_version_retires_after_it_was_published',
      () => policy({ state: 'retired', ...published, retired_at: '2026-01-01' }),
    ],
    [
      'policy_dry_run_is_of_a_version',
      () =>
        insert('policy_dry_run', {
          id: newId(),
          version_id: newId(),
          made_by: 'x',
          replayed: 1,
          changed: 0,
          outcome: '{}',
        }),
    ],
    [
      'policy_dry_run_is_against_a_version',
      () =>
        insert('policy_dry_run', {
          id: newId(),
          version_id: version,
          against_id: newId(),
          made_by: 'x',
          replayed: 1,
          changed: 0,
          outcome: '{}',
        }),
    ],
    [
      'policy_dry_run_changes_no_more_than_it_replays',
      () =>
        insert('policy_dry_run', {
          id: newId(),
          version_id: version,
          made_by: 'x',
          replayed: 1,
          changed: 2,
          outcome: '{}',
        }),
    ],
    ['decision_made_principal_is_known', () => decision({ principal_kind: 'other' })],
    ['allowed_decision_names_its_policies', () => decision({ policies: [] })],
    ['decision_context_is_an_object', () => decision({ context: '[]' })],
    ['sod_rule_has_a_name', () => sodRule({ name: ' ' })],
    ['sod_rule_severity_is_known', () => sodRule({ severity: 'other' })],
    ['sod_rule_mode_is_known', () => sodRule({ mode: 'other' })],
    ['sod_rule_scope_names_a_system', () => sodRule({ system_ids: [] })],
    ['sod_rule_owner_is_an_identity', () => sodRule({ owner_id: newId() })],
    ['sod_rule_ends_after_it_begins', () => sodRule({ valid_from: '2026-01-02', valid_to: '2026-01-02' })],
    ['sod_rule_name_is_one_rules_while_it_lasts', () => sodRule({ name: 'KEPT' })],
    [
      'sod_function_is_of_a_rule',
      () => insert('sod_rule_function', { rule_id: newId(), position: 1, name: 'f', entitlement_id: newId() }),
    ],
    [
      'sod_function_holds_an_entitlement',
      () => insert('sod_rule_function', { rule_id: rule, position: 1, name: 'f', entitlement_id: newId() }),
    ],
    [
      'sod_function_has_a_name',
      () => insert('sod_rule_function', { rule_id: rule, position: 1, name: '', entitlement_id: newId() }),
    ],
    [
      'sod_function_position_counts_from_one',
      () => insert('sod_rule_function', { rule_id: rule, position: 0, name: 'f', entitlement_id: newId() }),
    ],
    ['sod_exception_is_to_a_rule', () => exception({ rule_id: newId() })],
    ['sod_exception_is_for_an_identity', () => exception({ identity_id: newId() })],
    ['sod_exception_control_owner_is_an_identity', () => exception({ control_owner_id: newId() })],
    ['sod_exception_says_why', () => exception({ reason: ' ' })],
    ['sod_exception_names_a_control', () => exception({ control: '' })],
    ['sod_exception_must_end_after_it_begins', () => exception({ valid_to: '2026-01-01' })],
  ])('what breaks %s', async (constraint, statement) => {
    await expect(base.db.run(statement())).rejects.toMatchObject({
      message: expect.stringContaining(constraint) as string,
    });
  });

  it('an exception without an end', async () => {
    await expect(base.db.run(exception({ valid_to: null }))).rejects.toThrow(/valid_to/);
  });

  it('nothing that keeps all of them', async () => {
    await base.db.run(exception({}));
    await base.db.run(decision({ allowed: false, policies: [] }));
    await base.db.run(sodRule({}));
    await base.db.run(policy({ state: 'retired', ...published, retired_at: '2026-01-03' }));
    expect(await base.db.one(sql`select count(*)::int as n from sod_exception`)).toEqual({ n: 1 });
  });
});
