-- module: vault. Folders that are granted as entitlements, and what a program reads by the KV protocol.

create table secret_folder (
  id uuid not null,
  path text not null,
  description text not null,
  owner_id uuid not null,
  read_entitlement_id uuid not null,
  write_entitlement_id uuid not null,
  created_at timestamptz not null default reeve_now(),
  removed_at timestamptz,
  constraint secret_folder_pk primary key (id),
  constraint secret_folder_owner_is_an_identity foreign key (owner_id) references identity (id),
  constraint secret_folder_is_read_by_an_entitlement foreign key (read_entitlement_id) references entitlement (id),
  constraint secret_folder_is_written_by_an_entitlement foreign key (write_entitlement_id) references entitlement (id),
  constraint secret_folder_path_is_a_path check (path ~ '^[a-z0-9._@-]+(/[A-Za-z0-9._@$ -]+)*$')
);
comment on table secret_folder is 'A path in the vault. Who may read or write what lies below it holds an entitlement of system reeve, got and lost like any access.';
create unique index secret_folder_path_is_one_folders on secret_folder (path) where removed_at is null;

alter table secret
  add column folder_id uuid,
  add column max_versions integer not null default 10,
  add column cas_required boolean not null default false,
  add column delete_after_seconds integer,
  add column labels jsonb not null default '{}',
  add constraint secret_folder_is_a_folder foreign key (folder_id) references secret_folder (id),
  add constraint secret_in_a_folder_is_free check (folder_id is null or purpose = 'free'),
  add constraint secret_keeps_some_versions check (max_versions between 1 and 1000),
  add constraint secret_versions_live_some_time check (delete_after_seconds > 0),
  add constraint secret_labels_are_an_object check (jsonb_typeof(labels) = 'object');
create index secret_by_folder on secret (folder_id, name text_pattern_ops) where removed_at is null and folder_id is not null;

alter table secret_version
  add column deleted_at timestamptz,
  alter column wrapped_key drop not null,
  alter column sealed drop not null,
  drop constraint secret_version_state_is_known,
  add constraint secret_version_state_is_known
    check (state in ('pending', 'current', 'previous', 'abandoned', 'destroyed')),
  add constraint destroyed_version_has_no_key_and_no_value
    check ((state = 'destroyed') = (wrapped_key is null) and (state = 'destroyed') = (sealed is null));
comment on column secret_version.deleted_at is 'From then on it is not read; it can be brought back until it is destroyed. May lie ahead.';
