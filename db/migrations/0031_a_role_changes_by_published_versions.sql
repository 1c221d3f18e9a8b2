-- module: role_versions. Decision 0028. What a role is made of changes by versions: drafted, looked at for all that would follow, approved by another person, published at once.

create table role_version (
  id uuid not null,
  role_id uuid not null,
  number integer not null,
  state text not null default 'draft',
  kind text not null,
  content jsonb not null,
  reason text not null,
  revision integer not null default 1,
  made_by uuid not null,
  made_at timestamptz not null,
  edited_by uuid[] not null,
  asked_by uuid,
  asked_at timestamptz,
  settled_by uuid,
  settled_at timestamptz,
  settled_because text,
  constraint role_version_pk primary key (id),
  constraint role_version_is_of_a_role foreign key (role_id) references role (id),
  constraint role_version_is_made_by_an_identity foreign key (made_by) references identity (id),
  constraint role_version_is_asked_for_by_an_identity foreign key (asked_by) references identity (id),
  constraint role_version_is_settled_by_an_identity foreign key (settled_by) references identity (id),
  constraint role_version_number_is_one_versions unique (role_id, number),
  constraint role_version_number_counts_from_one check (number > 0 and revision > 0),
  constraint role_version_state_is_known check (state in ('draft', 'awaiting', 'published', 'superseded', 'withdrawn')),
  constraint role_version_kind_is_known check (kind in ('business', 'it')),
  constraint role_version_content_is_an_object check (jsonb_typeof(content) = 'object'),
  constraint role_version_says_why check (btrim(reason) <> ''),
  constraint awaiting_role_version_was_asked_for check (state <> 'awaiting' or num_nulls(asked_by, asked_at) = 0),
  constraint settled_role_version_says_who_and_when check ((state in ('draft', 'awaiting')) = (settled_at is null) and (settled_at is null) = (settled_by is null)),
  constraint published_role_version_has_four_eyes check (state not in ('published', 'superseded') or not (settled_by = any(edited_by)))
);
comment on table role_version is 'What a role is to be made of, or was. revision: how often the draft was said anew; a report is of one revision. edited_by: everybody who wrote on it; none of them publishes it.';
create unique index role_version_is_open_once on role_version (role_id) where state in ('draft', 'awaiting');
create unique index role_version_is_in_force_once on role_version (role_id) where state = 'published';

create table role_impact (
  version_id uuid not null,
  revision integer not null,
  state text not null default 'waiting',
  asked_at timestamptz not null,
  progress integer not null default 0,
  problem text,
  as_of timestamptz,
  snapshot text,
  server_started timestamptz,
  good_until timestamptz,
  numbers jsonb,
  constraint role_impact_pk primary key (version_id),
  constraint role_impact_is_of_a_version foreign key (version_id) references role_version (id),
  constraint role_impact_state_is_known check (state in ('waiting', 'running', 'done', 'failed')),
  constraint role_impact_progress_is_a_percentage check (progress between 0 and 100),
  constraint role_impact_that_failed_says_why check ((state = 'failed') = (problem is not null)),
  constraint role_impact_that_is_done_says_of_what check (state <> 'done' or num_nulls(as_of, snapshot, server_started, numbers) = 0)
);
comment on table role_impact is 'What would follow from publishing a version, as of one state of the data. snapshot: the transactions it saw. good_until: the first instant at which time alone changes the answer.';

create table role_impact_person (
  version_id uuid not null,
  position integer not null,
  identity_id uuid not null,
  gains uuid[] not null,
  loses uuid[] not null,
  privileged uuid[] not null,
  new_conflicts jsonb not null,
  cleared_conflicts jsonb not null,
  constraint role_impact_person_pk primary key (version_id, position),
  constraint role_impact_names_somebody_once unique (version_id, identity_id),
  constraint role_impact_person_is_in_a_report foreign key (version_id) references role_impact (version_id) on delete cascade,
  constraint role_impact_person_is_an_identity foreign key (identity_id) references identity (id)
);
comment on table role_impact_person is 'Whose access would change. privileged: systems on which they would have privileged access for the first time.';

create table role_dates_looked (
  alone boolean not null default true,
  at timestamptz not null,
  constraint role_dates_looked_pk primary key (alone),
  constraint role_dates_are_looked_at_in_one_place check (alone)
);
comment on table role_dates_looked is 'Up to when beginnings and ends of what roles are made of have been followed.';

create table data_change (
  xid xid8 not null,
  constraint data_change_pk primary key (xid)
);
comment on table data_change is 'Transactions that changed who has what or what keeps it apart. A report is stale as soon as one is here that its snapshot does not see.';

create function note_data_change() returns trigger language plpgsql as $$
begin
  if exists (select from changed) then
    insert into data_change (xid) values (pg_current_xact_id()) on conflict do nothing;
  end if;
  return null;
end $$;

do $$
declare
  name text;
begin
  foreach name in array array['access_grant', 'holding', 'account', 'account_owner', 'entitlement', 'entitlement_edge', 'role_content',
                              'sod_rule', 'sod_rule_function', 'sod_exception'] loop
    execute format('create trigger note_insert after insert on %I referencing new table as changed for each statement execute function note_data_change()', name);
    execute format('create trigger note_update after update on %I referencing new table as changed for each statement execute function note_data_change()', name);
  end loop;
  execute 'create trigger note_delete after delete on sod_rule_function referencing old table as changed for each statement execute function note_data_change()';
end $$;
