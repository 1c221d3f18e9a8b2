-- module: role_versions, roles, lifecycle, entitlements. Decision 0039. A version of a role says who has it by rule and which roles it is never had with; the rule is a birthright rule, what excludes is a rule of separated duties. What needs a licence says which, and what it costs.

alter table birthright_rule
  add column person_condition text,
  add column of_role_version boolean not null default false,
  add constraint birthright_person_condition_says_something check (btrim(person_condition) <> ''),
  add constraint birthright_rule_says_whom_in_one_way check (person_condition is null or condition = '{}'),
  add constraint rule_of_a_role_version_gives_that_role check (not of_role_version or role_id is not null);
comment on column birthright_rule.person_condition is 'Whom it fits, in CEL, in place of a condition; null: whoever the condition fits.';
comment on column birthright_rule.of_role_version is 'It comes and goes with the published version of its role, and is changed by no other way.';
create unique index role_version_assigns_by_one_rule on birthright_rule (role_id) where of_role_version;
call make_bitemporal('birthright_rule');

create table role_except_person (
  role_id uuid not null,
  identity_id uuid not null,
  constraint role_except_person_pk primary key (role_id, identity_id),
  constraint role_except_person_is_of_a_role foreign key (role_id) references role (id),
  constraint role_except_person_is_an_identity foreign key (identity_id) references identity (id)
);
comment on table role_except_person is 'Who is never given a role by a rule, as the published version of the role says.';

create table role_exclusion (
  role_id uuid not null,
  other_role_id uuid not null,
  at text not null,
  rule_id uuid not null,
  constraint role_exclusion_pk primary key (role_id, other_role_id, at),
  constraint role_exclusion_is_of_a_role foreign key (role_id) references role (id),
  constraint role_exclusion_is_of_another_role foreign key (other_role_id) references role (id),
  constraint role_exclusion_is_kept_by_a_rule foreign key (rule_id) references sod_rule (id),
  constraint role_excludes_another_than_itself check (role_id <> other_role_id),
  constraint role_exclusion_holds_at_a_known_time check (at in ('held', 'same_session'))
);
comment on table role_exclusion is 'Which rule of separated duties keeps apart the roles that a published version keeps apart.';

create table improvement_run (
  id uuid not null,
  state text not null default 'waiting',
  days integer not null,
  progress integer not null default 0,
  asked_by uuid not null,
  asked_at timestamptz not null,
  settled_at timestamptz,
  problem text,
  roles integer,
  found integer,
  items jsonb,
  constraint improvement_run_pk primary key (id),
  constraint improvement_run_is_asked_for_by_an_identity foreign key (asked_by) references identity (id),
  constraint improvement_run_state_is_known check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
  constraint improvement_run_progress_is_a_percentage check (progress between 0 and 100),
  constraint settled_improvement_run_says_when check ((state in ('waiting', 'running')) = (settled_at is null)),
  constraint failed_improvement_run_says_why check ((state = 'failed') = (problem is not null)),
  constraint improvement_run_that_is_done_says_what_it_found check (state <> 'done' or num_nulls(roles, found, items) = 0)
);
comment on table improvement_run is 'One look through the roles there are for what could be better about them. items: the first of what was found, by ids.';
create unique index improvement_run_is_under_way_once on improvement_run ((true)) where state in ('waiting', 'running');

alter table entitlement
  add column licence text,
  add column licence_cost numeric(12, 2),
  add column licence_currency text,
  add constraint entitlement_licence_has_a_name check (btrim(licence) <> ''),
  add constraint entitlement_licence_cost_is_of_a_licence check (licence_cost is null or licence is not null),
  add constraint entitlement_licence_cost_is_in_a_currency check ((licence_cost is null) = (licence_currency is null)),
  add constraint entitlement_licence_cost_is_not_negative check (licence_cost >= 0),
  add constraint entitlement_licence_currency_is_a_code check (licence_currency ~ '^[A-Z]{3}$');
comment on column entitlement.licence is 'The product whose licence whoever has this needs; null: none is known.';
comment on column entitlement.licence_cost is 'What one such licence costs a month.';
comment on column entitlement.kind is 'What it is on its system. On Reeve itself: admin_role, and role_member, which says that somebody has a role, for rules that keep roles apart.';
call make_bitemporal('entitlement');
create index entitlement_by_licence on entitlement (licence) where licence is not null and valid_to is null;

do $$
declare
  name text;
begin
  foreach name in array array['birthright_rule', 'role_except_person'] loop
    execute format('create trigger note_insert after insert on %I referencing new table as changed for each statement execute function note_data_change()', name);
    execute format('create trigger note_update after update on %I referencing new table as changed for each statement execute function note_data_change()', name);
  end loop;
  execute 'create trigger note_delete after delete on role_except_person referencing old table as changed for each statement execute function note_data_change()';
end $$;
