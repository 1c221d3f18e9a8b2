-- module: discovery. Whole readings of systems, and what they found that somebody should look at.

create table discovery_run (
  id uuid not null,
  system_id uuid not null,
  state text not null default 'waiting',
  counts jsonb,
  problem text,
  trusted boolean,
  asked_at timestamptz not null default reeve_now(),
  ended_at timestamptz,
  constraint discovery_run_pk primary key (id),
  constraint discovery_run_is_of_a_system foreign key (system_id) references system (id),
  constraint discovery_run_state_is_known check (state in ('waiting', 'done', 'failed')),
  constraint ended_discovery_run_says_when check ((state = 'waiting') = (ended_at is null))
);
create index discovery_run_by_system on discovery_run (system_id, asked_at);

create table finding (
  id uuid not null,
  system_id uuid not null,
  account_id uuid not null,
  kind text not null,
  reason text not null,
  evidence text not null,
  state text not null default 'open',
  answer text,
  answered_by uuid,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  constraint finding_pk primary key (id),
  constraint finding_is_on_a_system foreign key (system_id) references system (id),
  constraint finding_is_about_an_account foreign key (account_id) references account (id),
  constraint finding_is_answered_by_an_identity foreign key (answered_by) references identity (id),
  constraint finding_kind_is_known check (kind in ('privileged', 'orphan')),
  constraint finding_state_is_known check (state in ('open', 'accepted', 'gone')),
  constraint accepted_finding_says_why_and_who check (state <> 'accepted' or (answer is not null and answered_by is not null)),
  constraint finding_is_told_once unique (account_id, kind, reason)
);
comment on table finding is 'Repeated readings find the same again and tell it once. gone: no longer seen; seen again it is open again.';
create index finding_still_open on finding (system_id, kind) where state = 'open';
