-- module: privileges. Decision 0050. What makes somebody privileged, as seen on targets, with what was said about it.

create table privilege_look (
  id uuid not null,
  system_id uuid not null,
  state text not null default 'waiting',
  problem text,
  counts jsonb,
  left_out jsonb not null default '[]',
  asked_at timestamptz not null default reeve_now(),
  ended_at timestamptz,
  constraint privilege_look_pk primary key (id),
  constraint privilege_look_is_at_a_system foreign key (system_id) references system (id),
  constraint privilege_look_state_is_known check (state in ('waiting', 'done', 'failed')),
  constraint ended_privilege_look_says_when check ((state = 'waiting') = (ended_at is null)),
  constraint failed_privilege_look_says_why check (state <> 'failed' or problem is not null),
  constraint what_was_left_out_is_a_list check (jsonb_typeof(left_out) = 'array')
);
create index privilege_look_by_system on privilege_look (system_id, asked_at);
create unique index privilege_look_waits_once on privilege_look (system_id) where state = 'waiting';
comment on table privilege_look is 'A closer look at a system for privilege, as it was asked for and how it went.';

create table privilege_schedule (
  system_id uuid not null,
  every_seconds integer not null,
  next_at timestamptz,
  masters text[] not null default '{}',
  constraint privilege_schedule_pk primary key (system_id),
  constraint privilege_schedule_is_of_a_system foreign key (system_id) references system (id),
  constraint looks_are_never_or_at_most_once_in_ten_minutes check (every_seconds = 0 or every_seconds >= 600)
);
comment on table privilege_schedule is 'When a system is looked at again, and who was found to be everybody there. 0 seconds: never by itself.';

create table privilege_finding (
  id uuid not null,
  system_id uuid not null,
  account_name text not null,
  account_id uuid,
  kind text not null,
  about text not null,
  severity text not null,
  power boolean not null,
  rests_on text not null,
  reason text not null,
  evidence text not null,
  entitlement text,
  by_hand text,
  from_keys boolean not null,
  state text not null default 'open',
  owner_id uuid,
  owned_because text,
  accepted_because text,
  accepted_by uuid,
  accepted_until timestamptz,
  underway text,
  problem text,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  gone_at timestamptz,
  constraint privilege_finding_pk primary key (id),
  constraint privilege_finding_is_on_a_system foreign key (system_id) references system (id),
  constraint privilege_finding_is_about_an_account foreign key (account_id) references account (id),
  constraint privilege_finding_is_told_once unique (system_id, account_name, kind, about),
  constraint privilege_finding_severity_is_known check (severity in ('critical', 'high', 'medium', 'low')),
  constraint privilege_finding_rests_on_something check (rests_on in ('credential', 'thing')),
  constraint privilege_finding_state_is_known check (state in ('open', 'accepted', 'gone')),
  constraint privilege_finding_shows_its_evidence check (reason <> '' and evidence <> ''),
  constraint accepted_privilege_says_why_by_whom_and_until_when
    check ((state = 'accepted') = (num_nonnulls(accepted_because, accepted_by, accepted_until) = 3)),
  constraint gone_privilege_says_when check ((state = 'gone') = (gone_at is not null)),
  constraint owned_privilege_says_why check ((owner_id is null) = (owned_because is null)),
  constraint underway_is_known check (underway in ('remove', 'vault', 'jit')),
  constraint privilege_finding_owner_is_an_identity foreign key (owner_id) references identity (id),
  constraint privilege_finding_is_accepted_by_an_identity foreign key (accepted_by) references identity (id)
);
comment on table privilege_finding is 'A privileged path: account, reason, evidence, severity. Looks find the same again and tell it once. gone: no longer seen. Never the value of a secret.';
create index privilege_finding_still_open on privilege_finding (system_id, severity) where state <> 'gone';
create index privilege_finding_by_account on privilege_finding (account_id) where account_id is not null;

create table ssh_key_sighting (
  system_id uuid not null,
  account_name text not null,
  fingerprint text not null,
  how text not null,
  place text not null,
  comment text not null,
  options text[] not null,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  constraint ssh_key_sighting_pk primary key (system_id, account_name, fingerprint, how, place),
  constraint ssh_key_sighting_is_on_a_system foreign key (system_id) references system (id),
  constraint ssh_key_is_held_or_opens check (how in ('opens', 'holds')),
  constraint ssh_key_is_named_by_its_fingerprint check (fingerprint like 'SHA256:%')
);
comment on table ssh_key_sighting is 'Which key opens which account, and who holds its private half, by fingerprint. Rows are replaced by each look.';
create index ssh_key_sighting_by_key on ssh_key_sighting (fingerprint);

create table outside_logon (
  id uuid not null,
  system_id uuid not null,
  account_name text not null,
  at timestamptz not null,
  from_address text not null,
  how text not null,
  told_at timestamptz not null,
  constraint outside_logon_pk primary key (id),
  constraint outside_logon_is_on_a_system foreign key (system_id) references system (id),
  constraint outside_logon_is_told_once unique (system_id, account_name, at, how)
);
comment on table outside_logon is 'A log-on to a privileged account that the target recorded and no session of Reeve explains.';

create table estate_score (
  system_id uuid not null,
  taken_on date not null,
  weight integer not null,
  controlled integer not null,
  findings integer not null,
  accounts integer not null,
  owned integer not null,
  constraint estate_score_pk primary key (system_id, taken_on),
  constraint estate_score_is_of_a_system foreign key (system_id) references system (id),
  constraint no_more_is_controlled_than_there_is check (controlled between 0 and weight)
);
comment on table estate_score is 'How much of a system''s privileged estate was under control, day by day: weights of its findings.';

create table network_sweep (
  id uuid not null,
  ranges text[] not null,
  ports integer[] not null,
  state text not null default 'waiting',
  problem text,
  addresses integer not null,
  asked_at timestamptz not null default reeve_now(),
  ended_at timestamptz,
  constraint network_sweep_pk primary key (id),
  constraint network_sweep_is_small check (addresses between 1 and 4096),
  constraint network_sweep_state_is_known check (state in ('waiting', 'done', 'failed')),
  constraint ended_network_sweep_says_when check ((state = 'waiting') = (ended_at is null))
);

create table swept_service (
  address inet not null,
  port integer not null,
  service text not null,
  banner text not null,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  gone_at timestamptz,
  constraint swept_service_pk primary key (address, port),
  constraint swept_service_port_is_a_port check (port between 1 and 65535)
);
comment on table swept_service is 'An administrative service that answered a sweep, and whether it still does. Known: a system of Reeve has that address and port.';
