-- module: vault. Secrets as sealed versions, who has one out, and who has seen which.

create table secret (
  id uuid not null,
  name text not null,
  kind text not null,
  purpose text not null,
  account_id uuid,
  system_id uuid,
  owner_id uuid,
  description text,
  current_version integer,
  longest_checkout_seconds integer not null default 3600,
  created_at timestamptz not null default reeve_now(),
  changed_at timestamptz not null default reeve_now(),
  removed_at timestamptz,
  constraint secret_pk primary key (id),
  constraint secret_kind_is_known check (kind in ('password', 'ssh_key', 'api_key', 'key_value')),
  constraint secret_purpose_is_known check (purpose in ('account', 'connection', 'free')),
  constraint secret_of_an_account_names_it check ((purpose = 'account') = (account_id is not null)),
  constraint secret_of_a_connection_names_its_system check (purpose <> 'connection' or system_id is not null),
  constraint secret_account_is_an_account foreign key (account_id) references account (id),
  constraint secret_system_is_a_system foreign key (system_id) references system (id),
  constraint secret_owner_is_an_identity foreign key (owner_id) references identity (id),
  constraint secret_name_is_a_path check (name ~ '^[a-z0-9._@-]+(/[A-Za-z0-9._@$ -]+)*$'),
  constraint secret_checkout_lasts_some_time check (longest_checkout_seconds between 60 and 86400)
);
comment on table secret is 'What the vault knows of a secret without opening it. Names and descriptions are searchable, values never.';
create unique index secret_name_is_one_secrets on secret (name) where removed_at is null;
create unique index account_has_one_secret on secret (account_id) where account_id is not null and removed_at is null;

create table secret_version (
  secret_id uuid not null,
  version integer not null,
  state text not null,
  username text,
  wrapped_key bytea not null,
  sealed bytea not null,
  created_at timestamptz not null default reeve_now(),
  constraint secret_version_pk primary key (secret_id, version),
  constraint secret_version_is_a_secrets foreign key (secret_id) references secret (id),
  constraint secret_version_state_is_known check (state in ('pending', 'current', 'previous', 'abandoned')),
  constraint secret_versions_count_from_one check (version > 0)
);
comment on table secret_version is 'Each under a data key of its own, bound to secret, version and kind. pending: sealed before the target was changed, not yet proved.';
create unique index secret_has_one_current_version on secret_version (secret_id) where state = 'current';
create unique index secret_has_one_pending_version on secret_version (secret_id) where state = 'pending';

create table secret_checkout (
  id uuid not null,
  secret_id uuid not null,
  version integer not null,
  identity_id uuid not null,
  reason text not null,
  started_at timestamptz not null,
  ends_at timestamptz not null,
  ended_at timestamptz,
  ended_because text,
  constraint secret_checkout_pk primary key (id),
  constraint checkout_is_of_a_version foreign key (secret_id, version) references secret_version (secret_id, version),
  constraint checkout_is_an_identitys foreign key (identity_id) references identity (id),
  constraint checkout_ends_after_it_starts check (ends_at > started_at),
  constraint ended_checkout_says_why check ((ended_at is null) = (ended_because is null))
);
comment on table secret_checkout is 'A value shown to a person for a time. Exclusive: nobody else sees it until it is back and rotated.';
create unique index secret_is_out_once on secret_checkout (secret_id) where ended_at is null;
create index checkout_by_identity on secret_checkout (identity_id, started_at);
create index checkout_that_will_end on secret_checkout (ends_at) where ended_at is null;
