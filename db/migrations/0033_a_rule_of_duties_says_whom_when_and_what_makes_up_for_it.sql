-- module: decide, sod. Decision 0030. A rule says what it prevents, for whom and in which way it counts; a control is named with who runs it and how often, and each run is kept; a library's functions are mapped to entitlements once.

alter table sod_rule
  add column risk text not null default '',
  add column counts text not null default 'held',
  add column window_seconds integer,
  add column org_units text[],
  add column person_condition text,
  add column library_id text,
  add constraint sod_rule_counts_in_a_known_way check (counts in ('held', 'same_session', 'same_window')),
  add constraint sod_rule_of_a_window_says_how_long check ((counts = 'same_window') = (window_seconds is not null)),
  add constraint sod_rule_window_is_some_time check (window_seconds between 1 and 31622400),
  add constraint sod_rule_scope_names_an_org_unit check (cardinality(org_units) > 0),
  add constraint sod_rule_person_condition_says_something check (btrim(person_condition) <> '');
comment on column sod_rule.risk is 'What could be done by whoever has all sides.';
comment on column sod_rule.counts is 'held: the sides must not be held together. same_session, same_window: they may be held, and not be used in one session or within window_seconds.';
comment on column sod_rule.org_units is 'Only people of these units, and of units below them (written unit/below), count; null is everybody.';
comment on column sod_rule.person_condition is 'Only people of whom this CEL expression is true count; null is everybody.';
comment on column sod_rule.library_id is 'The rule of the shipped library it was made from.';
create unique index sod_rule_is_adopted_once on sod_rule (library_id) where library_id is not null and valid_to is null;
call make_bitemporal('sod_rule');

alter table sod_rule_function
  drop constraint sod_function_position_counts_from_one,
  alter column position type integer,
  add constraint sod_function_position_counts_from_one check (position >= 1);
alter table sod_rule_function_history alter column position type integer;

create table sod_control (
  id uuid not null,
  rule_id uuid not null,
  name text not null,
  owner_id uuid not null,
  every_days integer not null,
  valid_from timestamptz not null default reeve_now(),
  valid_to timestamptz,
  recorded_from timestamptz not null default reeve_now(),
  constraint sod_control_pk primary key (id),
  constraint sod_control_is_of_a_rule foreign key (rule_id) references sod_rule (id),
  constraint sod_control_owner_is_an_identity foreign key (owner_id) references identity (id),
  constraint sod_control_has_a_name check (btrim(name) <> ''),
  constraint sod_control_runs_every_so_many_days check (every_days between 1 and 366),
  constraint sod_control_ends_after_it_begins check (valid_to > valid_from)
);
comment on table sod_control is 'A control that can make up for a conflict with a rule: who sees to it, and every how many days it must have run.';
create index sod_control_by_rule on sod_control (rule_id);
call make_bitemporal('sod_control');

alter table sod_exception
  add column control_id uuid,
  add column evidence_every_days integer,
  add column evidence_told_at timestamptz,
  add constraint sod_exception_rests_on_a_control foreign key (control_id) references sod_control (id),
  add constraint sod_exception_evidence_is_due_every_so_many_days check (evidence_every_days between 1 and 366);
comment on column sod_exception.evidence_every_days is 'Its control must have run within so many days; null: nobody asked for evidence.';
comment on column sod_exception.evidence_told_at is 'When it was last told that a run is overdue.';
call make_bitemporal('sod_exception');

create table sod_control_run (
  id uuid not null,
  exception_id uuid not null,
  ran_by uuid not null,
  ran_at timestamptz not null,
  result text not null,
  reference text not null,
  note text not null default '',
  recorded_at timestamptz not null default reeve_now(),
  constraint sod_control_run_pk primary key (id),
  constraint sod_control_run_is_for_an_exception foreign key (exception_id) references sod_exception (id),
  constraint sod_control_run_is_somebodys foreign key (ran_by) references identity (id),
  constraint sod_control_run_passed_or_failed check (result in ('passed', 'failed')),
  constraint sod_control_run_refers_to_evidence check (btrim(reference) <> ''),
  constraint sod_control_run_is_not_ahead_of_its_record check (ran_at <= recorded_at)
);
comment on table sod_control_run is 'Evidence that the control behind an exception ran: who ran it, when, what came of it and where to look.';
create index sod_control_run_by_exception on sod_control_run (exception_id, ran_at desc);

create table sod_function_mapping (
  function_key text not null,
  entitlement_id uuid not null,
  recorded_from timestamptz not null default reeve_now(),
  constraint sod_function_mapping_pk primary key (function_key, entitlement_id),
  constraint sod_function_mapping_names_a_function check (btrim(function_key) <> ''),
  constraint sod_function_mapping_is_to_an_entitlement foreign key (entitlement_id) references entitlement (id)
);
comment on table sod_function_mapping is 'What a function of the shipped library is here: one mapping for all rules that name it.';
create index sod_function_mapping_by_entitlement on sod_function_mapping (entitlement_id);
call make_bitemporal('sod_function_mapping');

create table sod_adoption (
  library_id text not null,
  mode text not null,
  owner_id uuid,
  adopted_at timestamptz not null default reeve_now(),
  recorded_from timestamptz not null default reeve_now(),
  constraint sod_adoption_pk primary key (library_id),
  constraint sod_adoption_mode_is_known check (mode in ('record', 'warn', 'enforce')),
  constraint sod_adoption_owner_is_an_identity foreign key (owner_id) references identity (id)
);
comment on table sod_adoption is 'Rules of the library that are wanted here. One whose functions are all mapped is a sod_rule; the others are not in force yet.';
call make_bitemporal('sod_adoption');

-- Reeve itself is bound from the first day: the rules of the library about who runs it, as far as its admin roles are
-- their sides (11 administrator, 12 security officer, 13 auditor, 14 campaign owner, 15 helpdesk).
insert into sod_function_mapping (function_key, entitlement_id, recorded_from) values
  ('F-define-roles-and-access-policies', '00000000-0000-7000-8000-000000000011', '2000-01-01T00:00:00Z'),
  ('F-approve-or-assign-roles', '00000000-0000-7000-8000-000000000012', '2000-01-01T00:00:00Z'),
  ('F-administer-vault-and-safes', '00000000-0000-7000-8000-000000000011', '2000-01-01T00:00:00Z'),
  ('F-audit-privileged-sessions', '00000000-0000-7000-8000-000000000013', '2000-01-01T00:00:00Z'),
  ('F-hold-vault-root-or-unseal-key-share', '00000000-0000-7000-8000-000000000012', '2000-01-01T00:00:00Z'),
  ('F-certify-access-in-reviews', '00000000-0000-7000-8000-000000000014', '2000-01-01T00:00:00Z'),
  ('F-administer-or-provision-the-same-system', '00000000-0000-7000-8000-000000000011', '2000-01-01T00:00:00Z'),
  ('F-issue-emergency-access', '00000000-0000-7000-8000-000000000012', '2000-01-01T00:00:00Z'),
  ('F-review-emergency-sessions', '00000000-0000-7000-8000-000000000013', '2000-01-01T00:00:00Z'),
  ('F-reset-credentials-or-re-bind-authenticators', '00000000-0000-7000-8000-000000000015', '2000-01-01T00:00:00Z'),
  ('F-use-or-approve-high-risk-access', '00000000-0000-7000-8000-000000000011', '2000-01-01T00:00:00Z'),
  ('F-use-or-approve-high-risk-access', '00000000-0000-7000-8000-000000000012', '2000-01-01T00:00:00Z');

insert into sod_adoption (library_id, mode, recorded_from) values
  ('IT-07', 'enforce', '2000-01-01T00:00:00Z'),
  ('IT-09', 'enforce', '2000-01-01T00:00:00Z'),
  ('IT-12', 'enforce', '2000-01-01T00:00:00Z'),
  ('IT-17', 'enforce', '2000-01-01T00:00:00Z'),
  ('IT-19', 'enforce', '2000-01-01T00:00:00Z'),
  ('IT-21', 'enforce', '2000-01-01T00:00:00Z');

insert into sod_rule (id, name, risk, severity, mode, library_id, valid_from, recorded_from) values
  ('00000000-0000-7000-8000-000000000507', 'Define roles and access policies / Approve or assign roles', 'A role can be enriched and handed out by one person.', 'high', 'enforce', 'IT-07', '2000-01-01T00:00:00Z', '2000-01-01T00:00:00Z'),
  ('00000000-0000-7000-8000-000000000509', 'Administer vault and safes / Audit privileged sessions', 'A vault administrator could misuse secrets and clear the own recording.', 'critical', 'enforce', 'IT-09', '2000-01-01T00:00:00Z', '2000-01-01T00:00:00Z'),
  ('00000000-0000-7000-8000-000000000512', 'Hold vault root or unseal key share / Administer vault and safes', 'With enough shares one person can open everything off the record.', 'critical', 'enforce', 'IT-12', '2000-01-01T00:00:00Z', '2000-01-01T00:00:00Z'),
  ('00000000-0000-7000-8000-000000000517', 'Certify access in reviews / Administer or provision the same system', 'The administrator can confirm the access he created.', 'high', 'enforce', 'IT-17', '2000-01-01T00:00:00Z', '2000-01-01T00:00:00Z'),
  ('00000000-0000-7000-8000-000000000519', 'Issue emergency access / Review emergency sessions', 'Misuse of emergency access may be signed off by its giver.', 'high', 'enforce', 'IT-19', '2000-01-01T00:00:00Z', '2000-01-01T00:00:00Z'),
  ('00000000-0000-7000-8000-000000000521', 'Reset credentials or re-bind authenticators / Use or approve high-risk access', 'A reset can be used to take over an approver account.', 'high', 'enforce', 'IT-21', '2000-01-01T00:00:00Z', '2000-01-01T00:00:00Z');

insert into sod_rule_function (rule_id, position, name, entitlement_id, recorded_from) values
  ('00000000-0000-7000-8000-000000000507', 1, 'Define roles and access policies', '00000000-0000-7000-8000-000000000011', '2000-01-01T00:00:00Z'),
  ('00000000-0000-7000-8000-000000000507', 2, 'Approve or assign roles', '00000000-0000-7000-8000-000000000012', '2000-01-01T00:00:00Z'),
  ('00000000-0000-7000-8000-000000000509', 1, 'Administer vault and safes', '00000000-0000-7000-8000-000000000011', '2000-01-01T00:00:00Z'),
  ('00000000-0000-7000-8000-000000000509', 2, 'Audit privileged sessions', '00000000-0000-7000-8000-000000000013', '2000-01-01T00:00:00Z'),
  ('00000000-0000-7000-8000-000000000512', 1, 'Hold vault root or unseal key share', '00000000-0000-7000-8000-000000000012', '2000-01-01T00:00:00Z'),
  ('00000000-0000-7000-8000-000000000512', 2, 'Administer vault and safes', '00000000-0000-7000-8000-000000000011', '2000-01-01T00:00:00Z'),
  ('00000000-0000-7000-8000-000000000517', 1, 'Certify access in reviews', '00000000-0000-7000-8000-000000000014', '2000-01-01T00:00:00Z'),
  ('00000000-0000-7000-8000-000000000517', 2, 'Administer or provision the same system', '00000000-0000-7000-8000-000000000011', '2000-01-01T00:00:00Z'),
  ('00000000-0000-7000-8000-000000000519', 1, 'Issue emergency access', '00000000-0000-7000-8000-000000000012', '2000-01-01T00:00:00Z'),
  ('00000000-0000-7000-8000-000000000519', 2, 'Review emergency sessions', '00000000-0000-7000-8000-000000000013', '2000-01-01T00:00:00Z'),
  ('00000000-0000-7000-8000-000000000521', 1, 'Reset credentials or re-bind authenticators', '00000000-0000-7000-8000-000000000015', '2000-01-01T00:00:00Z'),
  ('00000000-0000-7000-8000-000000000521', 2, 'Use or approve high-risk access', '00000000-0000-7000-8000-000000000011', '2000-01-01T00:00:00Z'),
  ('00000000-0000-7000-8000-000000000521', 2, 'Use or approve high-risk access', '00000000-0000-7000-8000-000000000012', '2000-01-01T00:00:00Z');

-- Whom a rule counts for hangs on what people are: a report of a role rests on that too.
create trigger note_insert after insert on identity_facts referencing new table as changed for each statement execute function note_data_change();
create trigger note_update after update on identity_facts referencing new table as changed for each statement execute function note_data_change();
