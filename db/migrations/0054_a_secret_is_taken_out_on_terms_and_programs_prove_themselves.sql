-- module: vault. Decision 0051. Under which terms a secret is taken out, and the second person who says so.

create table checkout_terms (
  path text not null,
  shared boolean not null,
  second_person boolean not null,
  reason_required boolean not null,
  ticket_required boolean not null,
  longest_seconds integer not null,
  extensions integer not null,
  showing text not null,
  rotate_after boolean not null,
  changed_by uuid not null,
  changed_at timestamptz not null,
  constraint checkout_terms_pk primary key (path),
  constraint checkout_terms_are_for_a_path check (path ~ '^[a-z0-9._@-]+(/[A-Za-z0-9._@$ -]+)*$'),
  constraint checkout_terms_last_some_time check (longest_seconds between 60 and 86400),
  constraint checkout_terms_extend_a_few_times check (extensions between 0 and 20),
  constraint checkout_terms_showing_is_known check (showing in ('reveal', 'copy_once', 'inject_only')),
  constraint checkout_terms_are_an_identitys foreign key (changed_by) references identity (id)
);
comment on table checkout_terms is 'Under which terms the secret of that path, and what lies below it, is taken out. The longest path that fits holds. Replaced, never removed.';

create table checkout_ask (
  id uuid not null,
  secret_id uuid not null,
  asker_id uuid not null,
  reason text not null,
  ticket text,
  seconds integer not null,
  asked_at timestamptz not null,
  lapses_at timestamptz not null,
  state text not null default 'waiting',
  decided_by uuid,
  decided_at timestamptz,
  decided_because text,
  constraint checkout_ask_pk primary key (id),
  constraint checkout_ask_is_of_a_secret foreign key (secret_id) references secret (id),
  constraint checkout_ask_is_an_identitys foreign key (asker_id) references identity (id),
  constraint checkout_ask_is_decided_by_an_identity foreign key (decided_by) references identity (id),
  constraint checkout_ask_is_never_decided_by_its_asker check (decided_by <> asker_id),
  constraint checkout_ask_state_is_known check (state in ('waiting', 'approved', 'denied', 'used', 'withdrawn')),
  constraint checkout_ask_is_used_after_a_decision
    check ((decided_by is not null and decided_at is not null) = (state in ('approved', 'denied', 'used'))),
  constraint checkout_ask_lapses_after_it_was_made check (lapses_at > asked_at)
);
comment on table checkout_ask is 'Somebody asks that a second person agrees to one checkout. Approved, it is used once and within its time.';
create unique index checkout_is_asked_for_once on checkout_ask (secret_id, asker_id) where state in ('waiting', 'approved');
create index checkout_ask_by_time on checkout_ask (asked_at desc, id);

alter table secret_checkout
  alter column reason drop not null,
  add column ticket text,
  add column shared boolean not null default false,
  add column extended integer not null default 0,
  add column showing text not null default 'reveal',
  add column rotate_after boolean not null default true,
  add column ask_id uuid,
  add constraint checkout_showing_is_known check (showing in ('reveal', 'copy_once')),
  add constraint checkout_was_agreed_to_once unique (ask_id),
  add constraint checkout_rests_on_an_ask foreign key (ask_id) references checkout_ask (id);
drop index secret_is_out_once;
create unique index secret_is_out_once on secret_checkout (secret_id) where ended_at is null and not shared;
create unique index secret_is_out_once_to_each on secret_checkout (secret_id, identity_id) where ended_at is null;
comment on table secret_checkout is 'A value given to a person for a time, exclusively or shared as the terms said when it was taken.';

alter table secret
  add column facts jsonb not null default '{}',
  add column expires_at timestamptz,
  add constraint secret_facts_are_an_object check (jsonb_typeof(facts) = 'object'),
  drop constraint secret_kind_is_known,
  add constraint secret_kind_is_known check (kind in ('password', 'ssh_key', 'api_key', 'key_value',
    'database_credential', 'tls_key', 'totp_seed', 'file'));
comment on column secret.facts is 'What of the value may be known by who does not see it: of a TLS key its subject, names and issuer.';
create index secret_that_will_expire on secret (expires_at) where removed_at is null and expires_at is not null;

create table workload_issuer (
  id uuid not null,
  name text not null,
  issuer text not null,
  keys_url text not null,
  audience text not null,
  made_by uuid not null,
  made_at timestamptz not null,
  removed_at timestamptz,
  constraint workload_issuer_pk primary key (id),
  constraint workload_issuer_was_made_by_an_identity foreign key (made_by) references identity (id)
);
comment on table workload_issuer is 'A platform whose tokens programs prove themselves with: its name in them, where its keys are, and whom the tokens must be for.';
create unique index workload_issuer_is_one on workload_issuer (issuer) where removed_at is null;
create unique index workload_issuer_name_is_one_issuers on workload_issuer (name) where removed_at is null;

create table workload_binding (
  id uuid not null,
  issuer_id uuid not null,
  identity_id uuid not null,
  claims jsonb not null,
  scopes text[] not null,
  seconds integer not null,
  made_by uuid not null,
  made_at timestamptz not null,
  removed_at timestamptz,
  constraint workload_binding_pk primary key (id),
  constraint workload_binding_is_of_an_issuer foreign key (issuer_id) references workload_issuer (id),
  constraint workload_binding_is_to_an_identity foreign key (identity_id) references identity (id),
  constraint workload_binding_was_made_by_an_identity foreign key (made_by) references identity (id),
  constraint workload_binding_names_claims check (jsonb_typeof(claims) = 'object' and claims <> '{}'),
  constraint workload_binding_gives_scopes check (cardinality(scopes) > 0),
  constraint workload_binding_gives_a_short_time check (seconds between 60 and 3600)
);
comment on table workload_binding is 'Whose token carries these claims is this identity, for a short time and within these scopes.';
create unique index workload_binding_is_one on workload_binding (issuer_id, claims) where removed_at is null;

create table workload_token_used (
  digest bytea not null,
  forget_at timestamptz not null,
  constraint workload_token_used_pk primary key (digest),
  constraint workload_token_digest_is_a_sha256 check (octet_length(digest) = 32)
);
comment on table workload_token_used is 'Tokens of platforms that were exchanged: none is twice. Kept until they are over.';
create index workload_token_used_by_end on workload_token_used (forget_at);

create table break_glass_kit (
  id uuid not null,
  name text not null,
  threshold integer not null,
  drill_every_days integer not null,
  envelope text not null,
  sealed_drill_key bytea not null,
  made_by uuid not null,
  made_at timestamptz not null,
  retired_at timestamptz,
  constraint break_glass_kit_pk primary key (id),
  constraint break_glass_kit_was_made_by_an_identity foreign key (made_by) references identity (id),
  constraint break_glass_kit_takes_several_to_open check (threshold between 2 and 16),
  constraint break_glass_kit_is_drilled check (drill_every_days between 1 and 730)
);
comment on table break_glass_kit is 'Secrets sealed for the day Reeve is not there. The envelope opens with enough of the shares; the key itself is kept nowhere.';
create unique index break_glass_kit_name_is_one_kits on break_glass_kit (name) where retired_at is null;

create table break_glass_kit_secret (
  kit_id uuid not null,
  secret_id uuid not null,
  version integer not null,
  constraint break_glass_kit_secret_pk primary key (kit_id, secret_id),
  constraint break_glass_kit_secret_is_of_a_kit foreign key (kit_id) references break_glass_kit (id),
  constraint break_glass_kit_secret_is_a_version foreign key (secret_id, version) references secret_version (secret_id, version)
);
comment on table break_glass_kit_secret is 'Which version of which secret lies in a kit: older than the current one, and the kit is stale.';

create table break_glass_share (
  kit_id uuid not null,
  number integer not null,
  holder_id uuid not null,
  sealed_share bytea,
  taken_at timestamptz,
  constraint break_glass_share_pk primary key (kit_id, number),
  constraint break_glass_share_is_of_a_kit foreign key (kit_id) references break_glass_kit (id),
  constraint break_glass_share_is_an_identitys foreign key (holder_id) references identity (id),
  constraint break_glass_share_is_one_to_each unique (kit_id, holder_id)
);
comment on table break_glass_share is 'Who holds which share. It is kept, sealed, until its holder took it, and gone from here then or when the kit is retired.';

create table break_glass_drill (
  kit_id uuid not null,
  number integer not null,
  opened boolean not null,
  note text not null,
  done_by uuid not null,
  done_at timestamptz not null,
  constraint break_glass_drill_pk primary key (kit_id, number),
  constraint break_glass_drill_is_of_a_kit foreign key (kit_id) references break_glass_kit (id),
  constraint break_glass_drill_was_done_by_an_identity foreign key (done_by) references identity (id)
);
comment on table break_glass_drill is 'That a kit was opened to try it, proved by a code that only the opened kit gives, or that it did not open.';
