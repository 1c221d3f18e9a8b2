-- module: discovery. When systems are read, whole and by their changes; how far a reading is; and that one which would
-- take too much away waits for a named person.

alter table discovery_run add column kind text not null default 'whole';
alter table discovery_run add column pieces integer not null default 0;
alter table discovery_run add column rows bigint not null default 0;
alter table discovery_run add column tries integer not null default 0;
alter table discovery_run add column accepted_by uuid;
alter table discovery_run add column accepted_at timestamptz;
alter table discovery_run add column accepted_because text;
alter table discovery_run drop constraint discovery_run_state_is_known;
alter table discovery_run drop constraint ended_discovery_run_says_when;
alter table discovery_run add constraint discovery_run_state_is_known
  check (state in ('waiting', 'held', 'applying', 'done', 'failed', 'superseded'));
alter table discovery_run add constraint ended_discovery_run_says_when
  check ((state in ('waiting', 'held', 'applying')) = (ended_at is null));
alter table discovery_run add constraint discovery_run_kind_is_known check (kind in ('whole', 'changes'));
alter table discovery_run add constraint held_discovery_run_says_why check (state <> 'held' or problem is not null);
alter table discovery_run add constraint discovery_run_is_accepted_by_somebody
  check (num_nulls(accepted_by, accepted_at, accepted_because) in (0, 3));
alter table discovery_run add constraint only_an_accepted_reading_is_applied_against_the_rule
  check (state <> 'applying' or accepted_by is not null);
alter table discovery_run add constraint discovery_run_acceptor_is_an_identity
  foreign key (accepted_by) references identity (id);
update discovery_run r set state = 'superseded', ended_at = reeve_now()
 where state = 'waiting' and exists (select from discovery_run o where o.system_id = r.system_id and o.state = 'waiting' and o.id < r.id);
create unique index system_has_one_open_reading on discovery_run (system_id) where state in ('waiting', 'applying');

create table reading_schedule (
  system_id uuid not null,
  read_every_seconds integer,
  read_changes_every_seconds integer not null default 60,
  max_loss_percent integer not null default 50,
  max_loss_free integer not null default 0,
  next_read_at timestamptz,
  next_changes_at timestamptz,
  changes_problem text,
  claimed_for text,
  claimed_by uuid,
  claimed_until timestamptz,
  constraint reading_schedule_pk primary key (system_id),
  constraint reading_schedule_is_of_a_system foreign key (system_id) references system (id),
  constraint system_is_read_never_or_at_most_once_a_minute check (read_every_seconds = 0 or read_every_seconds >= 60),
  constraint changes_are_read_never_or_at_most_once_a_minute
    check (read_changes_every_seconds = 0 or read_changes_every_seconds >= 60),
  constraint loss_percent_is_a_percentage check (max_loss_percent between 0 and 100),
  constraint free_loss_is_not_negative check (max_loss_free >= 0),
  constraint reading_claim_is_known check (claimed_for in ('whole', 'changes')),
  constraint reading_claim_is_somebodys check (num_nulls(claimed_for, claimed_by, claimed_until) in (0, 3))
);
comment on table reading_schedule is 'When a system is read, how much a reading may take away, and who reads it now. 0 seconds: never by itself; null: as fits what the system can tell.';
create index reading_claim on reading_schedule (claimed_until) where claimed_until is not null;
