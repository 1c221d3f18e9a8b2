-- module: decide. Policies have versions, drafts and a proof of what they would change; separation of duties is data.

create table policy_version (
  id uuid not null,
  origin text not null,
  number integer not null,
  text text not null,
  note text not null default '',
  state text not null,
  created_at timestamptz not null default reeve_now(),
  created_by text not null,
  published_at timestamptz,
  published_by text,
  retired_at timestamptz,
  constraint policy_version_pkey primary key (id),
  constraint policy_version_origin_is_known check (origin in ('shipped', 'custom')),
  constraint policy_version_state_is_known check (state in ('draft', 'active', 'retired')),
  constraint policy_version_number_is_one_versions unique (origin, number),
  constraint policy_version_number_counts_from_one check (number >= 1),
  constraint shipped_policies_are_no_draft check (origin = 'custom' or state <> 'draft'),
  constraint policy_version_is_published_unless_draft check ((state = 'draft') = (published_at is null)),
  constraint policy_version_publisher_is_named check ((published_at is null) = (published_by is null)),
  constraint policy_version_is_retired_at_a_time check ((state = 'retired') = (retired_at is not null)),
  constraint policy_version_retires_after_it_was_published check (retired_at >= published_at)
);
comment on table policy_version is 'Every text of Cedar policies that ever was in force or was drafted. Origin shipped comes with Reeve, custom is the customer''s one set.';
comment on column policy_version.created_by is 'Principal as kind:id.';
create unique index exactly_one_active_policy_version_an_origin on policy_version (origin) where state = 'active';

create function policy_text_does_not_change() returns trigger
  language plpgsql
  as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'a policy version is never deleted' using errcode = 'restrict_violation', constraint = 'policy_version_is_kept';
  end if;
  if (old.id, old.origin, old.number, old.text, old.created_at, old.created_by)
     is distinct from (new.id, new.origin, new.number, new.text, new.created_at, new.created_by) then
    raise exception 'the text of a policy version does not change' using errcode = 'restrict_violation', constraint = 'policy_version_text_does_not_change';
  end if;
  if old.state = 'retired' or (old.state = 'active' and new.state = 'draft') then
    raise exception 'a policy version goes from draft to active to retired' using errcode = 'restrict_violation', constraint = 'policy_version_only_goes_forward';
  end if;
  return new;
end
$$;
comment on function policy_text_does_not_change() is 'What was in force stays readable as it was; a change is a new version.';
create trigger policy_text_does_not_change before update or delete on policy_version
  for each row execute function policy_text_does_not_change();

create table policy_dry_run (
  id uuid not null,
  version_id uuid not null,
  against_id uuid,
  shipped_number integer,
  made_at timestamptz not null default reeve_now(),
  made_by text not null,
  replayed integer not null,
  changed integer not null,
  outcome jsonb not null,
  constraint policy_dry_run_pkey primary key (id),
  constraint policy_dry_run_is_of_a_version foreign key (version_id) references policy_version (id),
  constraint policy_dry_run_is_against_a_version foreign key (against_id) references policy_version (id),
  constraint policy_dry_run_changes_no_more_than_it_replays check (changed between 0 and replayed)
);
comment on table policy_dry_run is 'What a draft would have changed, as replayed before it could be published. Kept with it.';
comment on column policy_dry_run.against_id is 'The custom version in force then; null where none was.';
create index policy_dry_run_by_version on policy_dry_run (version_id, made_at desc);

create table decision_made (
  id uuid not null,
  at timestamptz not null default reeve_now(),
  principal_kind text not null,
  principal_id text not null,
  action text not null,
  resource_type text not null,
  resource_id text not null,
  context jsonb not null default '{}',
  allowed boolean not null,
  policies text[] not null,
  errors text[] not null default '{}',
  version text not null,
  constraint decision_made_pkey primary key (id),
  constraint decision_made_principal_is_known check (principal_kind in ('identity', 'component', 'anonymous')),
  constraint allowed_decision_names_its_policies check (not allowed or cardinality(policies) > 0),
  constraint decision_context_is_an_object check (jsonb_typeof(context) = 'object')
);
comment on table decision_made is 'Questions and their answers of the last weeks, so that a draft can be tried on them. The audit log is the record; this is its working copy and is thinned.';
create index decision_made_in_order on decision_made (at);

create table sod_rule (
  id uuid not null,
  name text not null,
  description text not null default '',
  severity text not null,
  mode text not null default 'record',
  system_ids uuid[],
  owner_id uuid,
  valid_from timestamptz not null default reeve_now(),
  valid_to timestamptz,
  recorded_from timestamptz not null default reeve_now(),
  constraint sod_rule_pkey primary key (id),
  constraint sod_rule_has_a_name check (btrim(name) <> ''),
  constraint sod_rule_severity_is_known check (severity in ('low', 'medium', 'high', 'critical')),
  constraint sod_rule_mode_is_known check (mode in ('record', 'warn', 'enforce')),
  constraint sod_rule_scope_names_a_system check (cardinality(system_ids) > 0),
  constraint sod_rule_owner_is_an_identity foreign key (owner_id) references identity (id),
  constraint sod_rule_ends_after_it_begins check (valid_to > valid_from)
);
comment on table sod_rule is 'Duties no one identity may combine: two or more functions, each a set of entitlements. A conflict is one entitlement of each, at the same time.';
comment on column sod_rule.system_ids is 'Where the rule applies; null is everywhere.';
create unique index sod_rule_name_is_one_rules_while_it_lasts on sod_rule (lower(name)) where valid_to is null;
call make_bitemporal('sod_rule');

create table sod_rule_function (
  rule_id uuid not null,
  position smallint not null,
  name text not null,
  entitlement_id uuid not null,
  recorded_from timestamptz not null default reeve_now(),
  constraint sod_rule_function_pkey primary key (rule_id, position, entitlement_id),
  constraint sod_function_is_of_a_rule foreign key (rule_id) references sod_rule (id),
  constraint sod_function_holds_an_entitlement foreign key (entitlement_id) references entitlement (id),
  constraint sod_function_has_a_name check (btrim(name) <> ''),
  constraint sod_function_position_counts_from_one check (position between 1 and 20)
);
comment on table sod_rule_function is 'One row an entitlement of one side of a rule. An entitlement gone at its source stays here and shows as gone.';
create index sod_rule_function_by_entitlement on sod_rule_function (entitlement_id);
call make_bitemporal('sod_rule_function');

create table sod_exception (
  id uuid not null,
  rule_id uuid not null,
  identity_id uuid not null,
  reason text not null,
  control text not null,
  control_owner_id uuid,
  approved_by text not null,
  valid_from timestamptz not null,
  valid_to timestamptz not null,
  lapse_recorded_at timestamptz,
  recorded_from timestamptz not null default reeve_now(),
  constraint sod_exception_pkey primary key (id),
  constraint sod_exception_is_to_a_rule foreign key (rule_id) references sod_rule (id),
  constraint sod_exception_is_for_an_identity foreign key (identity_id) references identity (id),
  constraint sod_exception_control_owner_is_an_identity foreign key (control_owner_id) references identity (id),
  constraint sod_exception_says_why check (btrim(reason) <> ''),
  constraint sod_exception_names_a_control check (btrim(control) <> ''),
  constraint sod_exception_must_end_after_it_begins check (valid_to > valid_from)
);
comment on table sod_exception is 'A conflict tolerated for one identity, with the control that makes up for it, until a date. When it lapses the conflict is open again.';
comment on column sod_exception.lapse_recorded_at is 'When its end was announced; verdicts do not wait for that.';
create index sod_exception_by_identity on sod_exception (identity_id, rule_id);
create index sod_exception_by_end on sod_exception (valid_to) where lapse_recorded_at is null;
call make_bitemporal('sod_exception');
