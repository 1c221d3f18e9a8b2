-- module: workloads. Programs prove themselves with certificates of trusted authorities, and hosts with their SSH host keys.

create table workload_authority (
  id uuid not null,
  name text not null,
  certificate text not null,
  fingerprint text not null,
  revocation_lists text,
  lists_changed_at timestamptz,
  made_by uuid not null,
  made_at timestamptz not null,
  removed_at timestamptz,
  constraint workload_authority_pk primary key (id),
  constraint workload_authority_was_made_by_an_identity foreign key (made_by) references identity (id),
  constraint workload_authority_lists_have_a_time check ((revocation_lists is null) = (lists_changed_at is null))
);
comment on table workload_authority is 'A certificate authority whose certificates programs prove themselves with: its root, and its revocation lists as they were uploaded last.';
create unique index workload_authority_is_one on workload_authority (fingerprint) where removed_at is null;
create unique index workload_authority_name_is_one_authoritys on workload_authority (name) where removed_at is null;

create table workload_certificate_rule (
  id uuid not null,
  authority_id uuid not null,
  identity_id uuid not null,
  kind text not null,
  value text not null,
  scopes text[] not null,
  seconds integer not null,
  made_by uuid not null,
  made_at timestamptz not null,
  removed_at timestamptz,
  constraint workload_certificate_rule_pk primary key (id),
  constraint workload_certificate_rule_is_of_an_authority foreign key (authority_id) references workload_authority (id),
  constraint workload_certificate_rule_is_to_an_identity foreign key (identity_id) references identity (id),
  constraint workload_certificate_rule_was_made_by_an_identity foreign key (made_by) references identity (id),
  constraint workload_certificate_rule_kind_is_known check (kind in ('uri', 'dns', 'subject')),
  constraint workload_certificate_rule_names_something check (btrim(value) <> ''),
  constraint workload_certificate_rule_gives_scopes check (cardinality(scopes) > 0),
  constraint workload_certificate_rule_gives_a_short_time check (seconds between 60 and 3600)
);
comment on table workload_certificate_rule is 'Whose certificate of that authority carries this name is this identity, for a short time and within these scopes.';
create unique index workload_certificate_rule_is_one on workload_certificate_rule (authority_id, kind, value) where removed_at is null;

create table workload_host (
  id uuid not null,
  system_id uuid not null,
  identity_id uuid not null,
  scopes text[] not null,
  seconds integer not null,
  made_by uuid not null,
  made_at timestamptz not null,
  removed_at timestamptz,
  constraint workload_host_pk primary key (id),
  constraint workload_host_is_a_system foreign key (system_id) references system (id),
  constraint workload_host_is_to_an_identity foreign key (identity_id) references identity (id),
  constraint workload_host_was_made_by_an_identity foreign key (made_by) references identity (id),
  constraint workload_host_gives_scopes check (cardinality(scopes) > 0),
  constraint workload_host_gives_a_short_time check (seconds between 60 and 3600)
);
comment on table workload_host is 'Who signs with a pinned SSH host key of that system is this identity, for a short time and within these scopes.';
create unique index workload_host_is_one_identity on workload_host (system_id) where removed_at is null;

comment on table workload_token_used is 'Tokens of platforms that were exchanged and challenges that were answered: none is twice. Kept until they are over.';
