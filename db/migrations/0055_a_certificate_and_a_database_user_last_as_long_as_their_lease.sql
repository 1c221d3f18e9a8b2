-- module: ssh-ca, leases. Decision 0052. SSH certificates and database users exist only as long as the access they rest on; what was made and what is to be gone is written before it is done.

do $$
declare was text;
begin
  -- Whatever kinds and purposes there are by now, and ours: an authority's key.
  select pg_get_constraintdef(oid) into was from pg_constraint where conname = 'secret_kind_is_known';
  execute 'alter table secret drop constraint secret_kind_is_known';
  execute 'alter table secret add constraint secret_kind_is_known ' || replace(was, 'ARRAY[', 'ARRAY[''ssh_ca''::text, ');
  select pg_get_constraintdef(oid) into was from pg_constraint where conname = 'secret_purpose_is_known';
  execute 'alter table secret drop constraint secret_purpose_is_known';
  execute 'alter table secret add constraint secret_purpose_is_known ' || replace(was, 'ARRAY[', 'ARRAY[''authority''::text, ');
end $$;

create table ssh_authority (
  id uuid not null,
  purpose text not null,
  generation integer not null,
  secret_id uuid not null,
  public_key text not null,
  fingerprint text not null,
  made_at timestamptz not null,
  ended_at timestamptz,
  constraint ssh_authority_pk primary key (id),
  constraint ssh_authority_generation_is_one unique (purpose, generation),
  constraint ssh_authority_key_is_a_secret foreign key (secret_id) references secret (id),
  constraint ssh_authority_purpose_is_known check (purpose in ('user', 'host'))
);
comment on table ssh_authority is 'A key that signs certificates, of people or of hosts. The newest of a purpose signs, where it is trusted; one before is trusted until its certificates are over.';

create table ssh_trust (
  system_id uuid not null,
  scope text not null,
  state text not null,
  problem text,
  longest_seconds integer not null default 900,
  extensions text[] not null default array['permit-pty'],
  source_address boolean not null default false,
  trusts uuid[] not null default '{}',
  revoked_number bigint not null default 0,
  host_key text,
  asked_by uuid,
  asked_at timestamptz not null,
  set_up_at timestamptz,
  checked_at timestamptz,
  behind_since timestamptz,
  constraint ssh_trust_pk primary key (system_id),
  constraint ssh_trust_is_of_a_system foreign key (system_id) references system (id),
  constraint ssh_trust_scope_is_one_systems unique (scope),
  constraint ssh_trust_scope_is_a_name check (scope ~ '^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$' and length(scope) <= 120),
  constraint ssh_trust_state_is_known check (state in ('asked', 'set_up', 'failed')),
  constraint ssh_trust_lasts_minutes check (longest_seconds between 60 and 3600),
  constraint ssh_trust_extensions_are_known check (extensions <@ array['permit-pty', 'permit-user-rc', 'permit-port-forwarding', 'permit-agent-forwarding', 'permit-X11-forwarding'])
);
comment on table ssh_trust is 'A system whose sshd trusts certificates. `scope` stands in every principal, so that a certificate for one system opens no other; it stays when the system is renamed.';

create table ssh_revocations (
  one boolean not null default true,
  number bigint not null default 0,
  changed_at timestamptz not null default reeve_now(),
  constraint ssh_revocations_pk primary key (one),
  constraint ssh_revocations_are_one_list check (one)
);
insert into ssh_revocations default values;
comment on table ssh_revocations is 'The number of the revocation list; it grows with every certificate that is revoked.';

create sequence ssh_certificate_serial as bigint start 1;
create table ssh_certificate (
  id uuid not null,
  serial bigint not null,
  kind text not null,
  authority_id uuid not null,
  system_id uuid not null,
  identity_id uuid,
  account_ids uuid[] not null default '{}',
  grant_ids uuid[] not null default '{}',
  principals text[] not null,
  key_id text not null,
  key_fingerprint text not null,
  valid_from timestamptz not null,
  valid_to timestamptz not null,
  issued_at timestamptz not null,
  revoked_at timestamptz,
  revoked_because text,
  constraint ssh_certificate_pk primary key (id),
  constraint ssh_certificate_serial_is_one unique (serial),
  constraint ssh_certificate_is_of_an_authority foreign key (authority_id) references ssh_authority (id),
  constraint ssh_certificate_is_for_a_system foreign key (system_id) references system (id),
  constraint ssh_certificate_is_of_an_identity foreign key (identity_id) references identity (id),
  constraint ssh_certificate_kind_is_known check (kind in ('user', 'host', 'proof')),
  constraint ssh_certificate_of_a_person_rests_on_grants
    check ((kind = 'user') = (identity_id is not null) and (kind <> 'user' or cardinality(grant_ids) > 0)),
  constraint ssh_certificate_names_principals check (cardinality(principals) > 0),
  constraint ssh_certificate_is_valid_some_time check (valid_to > valid_from),
  constraint ssh_certificate_of_a_person_lasts_minutes check (kind = 'host' or valid_to - valid_from <= interval '70 minutes'),
  constraint ssh_certificate_is_revoked_with_a_reason check ((revoked_at is null) = (revoked_because is null))
);
comment on table ssh_certificate is 'Every certificate that was signed. The key it is for is its holder''s; Reeve keeps its fingerprint.';
create index ssh_certificate_by_grant on ssh_certificate using gin (grant_ids);
create index ssh_certificate_by_identity on ssh_certificate (identity_id, issued_at);
create index ssh_certificate_by_end on ssh_certificate (authority_id, valid_to);

create table lease_template (
  id uuid not null,
  name text not null,
  system_id uuid not null,
  entitlement_id uuid not null,
  entitlements text[] not null,
  prefix text not null,
  default_seconds integer not null,
  longest_seconds integer not null,
  heir text,
  owner_id uuid not null,
  made_at timestamptz not null,
  removed_at timestamptz,
  constraint lease_template_pk primary key (id),
  constraint lease_template_is_of_a_system foreign key (system_id) references system (id),
  constraint lease_template_is_opened_by_an_entitlement foreign key (entitlement_id) references entitlement (id),
  constraint lease_template_owner_is_an_identity foreign key (owner_id) references identity (id),
  constraint lease_template_name_is_a_name check (name ~ '^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$'),
  constraint lease_template_prefix_says_what_it_is check (prefix ~ '^[a-z][a-z0-9_]{2,19}_$'),
  constraint lease_template_gives_something check (cardinality(entitlements) between 1 and 50),
  constraint lease_template_lasts_some_time check (default_seconds >= 60 and longest_seconds >= default_seconds and longest_seconds <= 604800)
);
comment on table lease_template is 'What a database user of a lease is like: what it holds, how it is called, how long it may last. Asking for one is an entitlement.';
create unique index lease_template_name_is_one_templates on lease_template (name) where removed_at is null;
create unique index lease_template_prefix_is_one_templates on lease_template (system_id, prefix) where removed_at is null;

create table lease (
  id uuid not null,
  template_id uuid not null,
  system_id uuid not null,
  identity_id uuid not null,
  grant_ids uuid[] not null,
  account text not null,
  sealed_password bytea,
  state text not null,
  asked_at timestamptz not null,
  ends_at timestamptz not null,
  latest_at timestamptz not null,
  made_at timestamptz,
  taken_at timestamptz,
  ending_because text,
  ending_at timestamptz,
  ended_at timestamptz,
  problem text,
  claimed_until timestamptz,
  constraint lease_pk primary key (id),
  constraint lease_is_of_a_template foreign key (template_id) references lease_template (id),
  constraint lease_is_on_a_system foreign key (system_id) references system (id),
  constraint lease_is_of_an_identity foreign key (identity_id) references identity (id),
  constraint lease_account_is_one_leases unique (system_id, account),
  constraint lease_state_is_known check (state in ('asked', 'live', 'ending', 'ended')),
  constraint lease_rests_on_grants check (cardinality(grant_ids) > 0),
  constraint lease_ends check (ends_at > asked_at and ends_at <= latest_at),
  constraint lease_ends_for_a_reason check ((state in ('ending', 'ended')) = (ending_because is not null)),
  constraint lease_ended_when_its_user_was_gone check ((state = 'ended') = (ended_at is not null)),
  constraint lease_password_is_taken_once check (sealed_password is null or taken_at is null)
);
comment on column lease.claimed_until is 'Some worker has its user in hand until then; no second one makes or drops it meanwhile.';
comment on table lease is 'A database user that is there for a time. Written before the user is made; ended only when the target was seen without it.';
create index lease_to_look_after on lease (ends_at) where state <> 'ended';
create index lease_by_grant on lease using gin (grant_ids);
create index lease_by_identity on lease (identity_id, asked_at);
