-- module: lifecycle. Where people come from, what each delivery of a feed would change and did change, and what followed for each person.

create table people_source (
  id uuid not null,
  name text not null,
  kind text not null,
  time_zone text not null,
  mapping jsonb not null,
  limits jsonb not null,
  recorded_from timestamptz not null default reeve_now(),
  constraint people_source_pk primary key (id),
  constraint people_source_name_is_one_sources unique (name),
  constraint people_source_name_is_plain check (name ~ '^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$'),
  constraint people_source_kind_is_known check (kind in ('hr_csv')),
  constraint people_source_mapping_is_an_object check (jsonb_typeof(mapping) = 'object'),
  constraint people_source_limits_are_an_object check (jsonb_typeof(limits) = 'object')
);
comment on table people_source is 'Where people come from. time_zone is that of its dates: a first day begins, and a last day ends, at midnight there.';

create table feed_run (
  id uuid not null,
  source_id uuid not null,
  state text not null,
  verdict text not null,
  started_at timestamptz not null,
  started_by text not null,
  settled_at timestamptz,
  content_digest bytea not null,
  ends_with_newline boolean not null,
  baseline boolean not null default false,
  rows integer not null,
  counts jsonb not null,
  problems jsonb not null default '[]',
  held_because jsonb not null default '[]',
  planned_rows integer not null default 0,
  applied_rows integer not null default 0,
  accepted_by uuid,
  accepted_at timestamptz,
  accepted_because text,
  constraint feed_run_pk primary key (id),
  constraint feed_run_is_of_a_source foreign key (source_id) references people_source (id),
  constraint feed_run_state_is_known check (state in ('refused', 'held', 'applying', 'applied', 'superseded', 'declined')),
  constraint feed_run_verdict_is_known check (verdict in ('trusted', 'untrusted')),
  constraint untrusted_feed_is_refused check (verdict = 'trusted' or state = 'refused'),
  constraint refused_feed_says_why check (state <> 'refused' or jsonb_array_length(problems) > 0),
  constraint held_feed_says_why check (state <> 'held' or jsonb_array_length(held_because) > 0),
  constraint feed_run_is_settled_with_a_time check ((state in ('held', 'applying')) = (settled_at is null)),
  constraint feed_run_is_accepted_by_somebody check (num_nulls(accepted_by, accepted_at, accepted_because) in (0, 3)),
  constraint feed_run_applies_what_was_planned check (applied_rows between 0 and planned_rows),
  constraint feed_run_acceptor_is_an_identity foreign key (accepted_by) references identity (id)
);
comment on table feed_run is 'One delivery of a feed. An untrusted one is refused whole. A trusted one is planned whole before its first change, held when the plan is over a limit, and applied in order: applied_rows is how far it came.';
create unique index source_has_one_open_run on feed_run (source_id) where state in ('held', 'applying');
create index feed_run_by_source on feed_run (source_id, id);

create table feed_change (
  run_id uuid not null,
  position integer not null,
  row_number integer,
  external_id text not null,
  identity_id uuid not null,
  what text not null,
  changed text[] not null default '{}',
  digest bytea,
  skipped text,
  constraint feed_change_pk primary key (run_id, position),
  constraint feed_change_is_in_a_run foreign key (run_id) references feed_run (id),
  constraint feed_change_is_known check (what in ('leave', 'move', 'change', 'return', 'note', 'adopt', 'join'))
);
comment on table feed_change is 'The plan of a run, in the order it is applied; position is from 1 without gaps. digest is null for somebody who is in no row.';
create index feed_change_by_identity on feed_change (identity_id, run_id);

create table feed_value (
  run_id uuid not null,
  position integer not null,
  manager_id uuid,
  record jsonb not null,
  constraint feed_value_pk primary key (run_id, position),
  constraint feed_value_is_in_a_run foreign key (run_id) references feed_run (id),
  constraint feed_value_record_is_an_object check (jsonb_typeof(record) = 'object')
);
comment on table feed_value is 'What each row of a plan would set, until it is applied or put away; from then on the graph alone has it.';

create table source_record (
  source_id uuid not null,
  external_id text not null,
  identity_id uuid not null,
  digest bytea not null,
  status text not null,
  starts_on date,
  ends_on date,
  state text not null,
  due_at timestamptz,
  present boolean not null default true,
  since timestamptz not null,
  run_id uuid not null,
  constraint source_record_pk primary key (source_id, external_id),
  constraint source_record_is_of_a_source foreign key (source_id) references people_source (id),
  constraint source_record_is_about_an_identity foreign key (identity_id) references identity (id),
  constraint source_record_was_put_by_a_run foreign key (run_id) references feed_run (id),
  constraint identity_comes_from_one_record unique (identity_id),
  constraint source_record_status_is_known check (status in ('pre_hire', 'active', 'leave', 'leaver')),
  constraint source_record_state_is_known check (state in ('pre_hire', 'active', 'leave', 'suspended', 'leaver'))
);
comment on table source_record is 'Which row of a source an identity is. digest tells an unchanged row without looking further; due_at is when its dates next change the state.';
create index source_record_due on source_record (due_at) where due_at is not null;

create table birthright_rule (
  id uuid not null,
  name text not null,
  condition jsonb not null,
  entitlement_id uuid,
  role_id uuid,
  grace_days integer not null default 0,
  valid_from timestamptz not null,
  valid_to timestamptz,
  recorded_from timestamptz not null default reeve_now(),
  constraint birthright_rule_pk primary key (id),
  constraint birthright_rule_gives_one_entitlement_or_one_role check (num_nonnulls(entitlement_id, role_id) = 1),
  constraint birthright_entitlement_is_an_entitlement foreign key (entitlement_id) references entitlement (id),
  constraint birthright_role_is_a_role foreign key (role_id) references role (id),
  constraint birthright_rule_has_a_name check (btrim(name) <> ''),
  constraint birthright_condition_is_an_object check (jsonb_typeof(condition) = 'object'),
  constraint birthright_grace_is_not_negative check (grace_days between 0 and 366),
  constraint birthright_rule_does_not_end_before_it_begins check (valid_to >= valid_from)
);
comment on table birthright_rule is 'Access that follows from what is true of a person, without asking. A rule that ended keeps its row: grants name it as their origin.';
create unique index birthright_rule_name_is_one_rules_while_present on birthright_rule (lower(name)) where valid_to is null;

create table lifecycle_receipt (
  id uuid not null,
  identity_id uuid not null,
  what text not null,
  because text not null,
  run_id uuid,
  effective_at timestamptz not null,
  at timestamptz not null,
  constraint lifecycle_receipt_pk primary key (id),
  constraint receipt_is_about_an_identity foreign key (identity_id) references identity (id),
  constraint receipt_is_of_a_run foreign key (run_id) references feed_run (id),
  constraint receipt_says_what_happened check (what in ('joined', 'moved', 'left', 'returned')),
  constraint receipt_says_why check (btrim(because) <> '')
);
comment on table lifecycle_receipt is 'What followed for one person from joining, moving, leaving or coming back. effective_at is when it became true, at is when Reeve acted on it.';
create index lifecycle_receipt_by_identity on lifecycle_receipt (identity_id, id);
create index lifecycle_receipt_by_run on lifecycle_receipt (run_id) where run_id is not null;

create table receipt_item (
  receipt_id uuid not null,
  what text not null,
  subject_id uuid not null,
  name text not null,
  due_at timestamptz,
  done_at timestamptz,
  proven_at timestamptz,
  problem text,
  constraint receipt_item_pk primary key (receipt_id, what, subject_id),
  constraint receipt_item_is_on_a_receipt foreign key (receipt_id) references lifecycle_receipt (id),
  constraint receipt_item_is_known check (what in ('grant_started', 'grant_blocked', 'grant_kept', 'grant_ended', 'grant_ends_later', 'account_locked', 'account_needs_owner', 'session_ended', 'sign_ins_ended', 'vendor_suspended', 'entitlement_needs_owner', 'system_needs_owner')),
  constraint receipt_item_is_proven_after_it_is_done check (proven_at is null or done_at is not null)
);
comment on table receipt_item is 'One consequence: due, done, and proven by reading it back where a target is involved.';
create index receipt_item_by_subject on receipt_item (subject_id);

create table correlation_case (
  id uuid not null,
  account_id uuid not null,
  system_id uuid not null,
  state text not null,
  candidates jsonb not null,
  opened_at timestamptz not null,
  resolved_at timestamptz,
  resolved_by uuid,
  identity_id uuid,
  constraint correlation_case_pk primary key (id),
  constraint correlation_case_is_one_an_account unique (account_id),
  constraint correlation_case_is_about_an_account foreign key (account_id) references account (id),
  constraint correlation_case_is_on_a_system foreign key (system_id) references system (id),
  constraint correlation_case_answer_is_an_identity foreign key (identity_id) references identity (id),
  constraint correlation_case_resolver_is_an_identity foreign key (resolved_by) references identity (id),
  constraint correlation_case_state_is_known check (state in ('open', 'linked', 'nobody', 'closed')),
  constraint correlation_case_is_resolved_with_a_time check ((state = 'open') = (resolved_at is null)),
  constraint linked_case_names_whom check ((state = 'linked') = (identity_id is not null)),
  constraint correlation_candidates_are_a_list check (jsonb_typeof(candidates) = 'array')
);
comment on table correlation_case is 'An account whose owner a person has to name, with who it may be and what speaks for each. nobody: somebody looked and it is none of them.';
create index open_correlation_case on correlation_case (system_id, id) where state = 'open';

call make_bitemporal('people_source');
call make_bitemporal('birthright_rule');
