-- module: scim, lifecycle. A directory that pushes over SCIM is a source of people; what it last said of each is kept, and what is over a limit waits.

alter table people_source drop constraint people_source_kind_is_known;
alter table people_source add constraint people_source_kind_is_known check (kind in ('hr_csv', 'scim'));

create table scim_client (
  id uuid not null,
  source_id uuid not null,
  identity_id uuid not null,
  scopes text[] not null,
  username_from text not null,
  baseline_until timestamptz not null,
  created_at timestamptz not null default reeve_now(),
  created_by uuid,
  removed_at timestamptz,
  constraint scim_client_pk primary key (id),
  constraint scim_client_pushes_to_a_source foreign key (source_id) references people_source (id),
  constraint scim_client_is_an_identity foreign key (identity_id) references identity (id),
  constraint scim_client_was_made_by_an_identity foreign key (created_by) references identity (id),
  constraint scim_client_has_a_scope check (cardinality(scopes) > 0),
  constraint scim_client_scopes_are_known check (scopes <@ array['read', 'write', 'users.read', 'users.write', 'groups.read', 'groups.write']),
  constraint scim_client_username_is_from_somewhere check (username_from in ('local_part', 'whole', 'none'))
);
comment on table scim_client is 'A directory that may push people and groups to a source of its own. It acts as its identity, a service with an owner.';
create unique index source_has_one_scim_client on scim_client (source_id) where removed_at is null;

create table scim_token (
  id uuid not null,
  client_id uuid not null,
  token_hash bytea not null,
  created_at timestamptz not null default reeve_now(),
  created_by uuid,
  ends_at timestamptz not null,
  last_used_at timestamptz,
  constraint scim_token_pk primary key (id),
  constraint scim_token_is_a_clients foreign key (client_id) references scim_client (id),
  constraint scim_token_was_made_by_an_identity foreign key (created_by) references identity (id),
  constraint scim_token_is_one_tokens unique (token_hash),
  constraint scim_token_does_not_end_before_it_begins check (ends_at >= created_at)
);
comment on table scim_token is 'Only hashes. While a token is rotated, two are live.';
create index scim_token_by_client on scim_token (client_id);

create table scim_resource (
  id uuid not null,
  source_id uuid not null,
  type text not null,
  version integer not null default 1,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  deleted_at timestamptz,
  name_key text collate "C" not null,
  external_id text collate "C",
  identity_id uuid,
  body jsonb not null,
  folded jsonb not null,
  constraint scim_resource_pk primary key (id),
  constraint scim_resource_is_of_a_source foreign key (source_id) references people_source (id),
  constraint scim_user_is_an_identity foreign key (identity_id) references identity (id),
  constraint scim_resource_type_is_known check (type in ('User', 'Group')),
  constraint scim_group_is_no_identity check (type = 'User' or identity_id is null),
  constraint scim_user_who_is_there_is_somebody check (type = 'Group' or deleted_at is not null or identity_id is not null),
  constraint scim_resource_version_counts_up check (version > 0),
  constraint scim_resource_changes_after_it_is_made check (changed_at >= created_at),
  constraint scim_body_is_an_object check (jsonb_typeof(body) = 'object' and jsonb_typeof(folded) = 'object'),
  constraint deleted_scim_resource_keeps_no_document check (deleted_at is null or (body = '{}' and folded = '{}'))
);
comment on table scim_resource is 'What a directory last said of a user or group. name_key is the userName or displayName, folded; folded is the document as filters search it. A deleted user keeps only what tells them when they come back.';
create unique index scim_user_name_is_one_users on scim_resource (source_id, name_key) where type = 'User' and deleted_at is null;
create unique index scim_user_is_one_resource on scim_resource (identity_id, source_id) where deleted_at is null;
create index scim_resource_in_order on scim_resource (source_id, type, id) where deleted_at is null;
create index scim_resource_by_name on scim_resource (source_id, type, name_key, id);
create index scim_resource_by_external_id on scim_resource (source_id, external_id) where external_id is not null;
create index scim_resource_by_content on scim_resource using gin (folded jsonb_path_ops) where deleted_at is null;

create table scim_member (
  group_id uuid not null,
  value text collate "C" not null,
  resource_id uuid,
  display text,
  display_key text collate "C",
  constraint scim_member_pk primary key (group_id, value),
  constraint scim_member_is_in_a_group foreign key (group_id) references scim_resource (id),
  constraint scim_member_is_a_resource foreign key (resource_id) references scim_resource (id),
  constraint scim_group_is_not_its_own_member check (resource_id is distinct from group_id)
);
comment on table scim_member is 'Who is in a group. A directory may name somebody it never pushed: kept as it was given, and nobody.';
create index scim_member_by_resource on scim_member (resource_id) where resource_id is not null;
create index scim_member_by_value on scim_member (value);

create table scim_held (
  run_id uuid not null,
  resource_id uuid not null,
  source_id uuid not null,
  type text not null,
  what text not null,
  name_key text collate "C" not null,
  body jsonb,
  members jsonb,
  affected uuid[] not null,
  held_at timestamptz not null default reeve_now(),
  constraint scim_held_pk primary key (run_id, resource_id),
  constraint scim_held_waits_with_a_run foreign key (run_id) references feed_run (id),
  constraint scim_held_is_of_a_source foreign key (source_id) references people_source (id),
  constraint scim_held_type_is_known check (type in ('User', 'Group')),
  constraint scim_held_what_is_known check (what in ('put', 'delete')),
  constraint scim_held_put_has_a_body check (what = 'delete' or body is not null)
);
comment on table scim_held is 'What a directory pushed over a limit: the resource as it will be once a person accepts the run. affected are the records of the run it changes.';
create index scim_held_by_name on scim_held (source_id, type, name_key);
