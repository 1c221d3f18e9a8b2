-- module: command-rules, sessions. Decision 0067. What happens at which commands is kept for a system and for one account of it; a command that needs somebody's word waits for it some minutes at most.

create table command_rules (
  id uuid not null,
  system_id uuid not null,
  account_id uuid,
  revision integer not null,
  rules jsonb not null,
  ask_seconds integer not null,
  changed_at timestamptz not null,
  changed_by uuid not null,
  constraint command_rules_pk primary key (id),
  constraint command_rules_are_of_a_system foreign key (system_id) references system (id),
  constraint command_rules_are_of_an_account foreign key (account_id) references account (id),
  constraint command_rules_are_one unique nulls not distinct (system_id, account_id),
  constraint command_rules_are_a_list check (jsonb_typeof(rules) = 'array'),
  constraint command_rules_are_counted check (revision >= 1),
  constraint command_rules_ask_for_minutes check (ask_seconds between 10 and 600)
);
comment on table command_rules is 'What happens at which commands of sessions on a system; an account''s own hold besides.';

create table held_command (
  id uuid not null,
  session_id uuid not null,
  pattern text not null,
  sealed_command bytea,
  asked_at timestamptz not null,
  until timestamptz not null,
  decision text,
  decided_at timestamptz,
  decided_by uuid,
  constraint held_command_pk primary key (id),
  constraint held_command_is_of_a_session foreign key (session_id) references session (id),
  constraint held_command_is_decided_by_an_identity foreign key (decided_by) references identity (id),
  constraint held_command_waits_for_a_time check (until > asked_at),
  constraint held_command_decision_is_known check (decision in ('allowed', 'refused', 'lapsed')),
  constraint held_command_decision_has_a_time check ((decision is null) = (decided_at is null)),
  constraint held_command_was_decided_by_somebody check ((decided_by is not null) = (decision in ('allowed', 'refused'))),
  constraint held_command_is_not_kept_once_decided check (decision is null or sealed_command is null)
);
comment on table held_command is 'Commands of live sessions that wait for somebody to agree to them, or did.';
comment on column held_command.sealed_command is 'What would run, while it waits; afterwards it is in the record of the session alone.';
create index held_command_that_waits on held_command (until) where decision is null;
