-- module: sessions. Decision 0063. A session whose recording is not taken is held; commands of all sessions are found by keyed words; recordings are kept as long as their class says, or a hold.

alter table session
  add column recording_behind text,
  add constraint recording_is_behind_in_a_known_way check (recording_behind in ('unwritable', 'full', 'slow'));
comment on column session.recording_behind is 'Nothing flows until the store of its recording takes it again, and why; null: it does.';

alter table session_event add column words bigint[];
comment on column session_event.words is 'Keyed digests of the words of its detail, sorted: what it is found by. Without the key they say which events share words, and no word. null: not indexed yet.';
create index session_event_by_word on session_event using gin (words);
create index session_event_without_words on session_event (session_id, n) where words is null;

alter table session
  add column recording_purged_at timestamptz,
  add column recording_purged_class text,
  add constraint purged_recording_names_its_class check ((recording_purged_at is null) = (recording_purged_class is null)),
  add constraint purged_recording_is_of_a_session_that_ended check (recording_purged_at is null or state = 'ended');
comment on column session.recording_purged_at is 'Its recording and what it was found by were taken away, as its class says; the row stays. null: they are there.';
alter table session
  add column recording_files_left boolean not null default false,
  add constraint files_left_are_of_a_purged_recording check (not recording_files_left or recording_purged_at is not null);
comment on column session.recording_files_left is 'It is purged, and its files are still to be taken away.';
create index session_whose_files_are_left on session (id) where recording_files_left;
create index recorded_session_by_end on session (ended_at) where recorded and state = 'ended' and recording_purged_at is null;

create table recording_class (
  id uuid not null,
  name text not null,
  place integer not null,
  protocol text,
  system_ids uuid[] not null default '{}',
  days integer,
  counts_from timestamptz not null,
  constraint recording_class_pk primary key (id),
  constraint recording_class_name_is_one_classs unique (name),
  constraint recording_class_name_is_a_word check (name ~ '^[a-z0-9][a-z0-9._-]{0,49}$'),
  constraint recording_is_kept_for_a_day check (days between 1 and 36500)
);
comment on table recording_class is 'Which recordings are kept how long after their session ended; the first that fits counts, by place. What fits none is kept for good. days null: for good.';
comment on column recording_class.counts_from is 'It purges nothing before: seven days after any class was changed.';

create table recording_hold (
  id uuid not null,
  scope text not null,
  session_id uuid,
  identity_id uuid,
  system_id uuid,
  class_id uuid,
  reason text not null,
  placed_by uuid not null,
  placed_at timestamptz not null,
  lift_asked_by uuid,
  lift_asked_at timestamptz,
  lift_because text,
  lifted_by uuid,
  lifted_at timestamptz,
  constraint recording_hold_pk primary key (id),
  constraint recording_hold_names_what_it_is_on check (
    num_nonnulls(session_id, identity_id, system_id, class_id) = 1
    and (scope = 'session') = (session_id is not null) and (scope = 'identity') = (identity_id is not null)
    and (scope = 'system') = (system_id is not null) and (scope = 'class') = (class_id is not null)),
  constraint recording_hold_says_why check (btrim(reason) <> ''),
  constraint asked_lift_says_who_and_why check (num_nonnulls(lift_asked_by, lift_asked_at, lift_because) in (0, 3)),
  constraint lifted_hold_says_who check ((lifted_at is null) = (lifted_by is null)),
  constraint hold_is_lifted_by_another check (lifted_by is null or (lift_asked_by is not null and lifted_by <> lift_asked_by)),
  constraint recording_hold_is_on_a_session foreign key (session_id) references session (id),
  constraint recording_hold_is_on_an_identity foreign key (identity_id) references identity (id),
  constraint recording_hold_is_on_a_system foreign key (system_id) references system (id),
  constraint recording_hold_is_on_a_class foreign key (class_id) references recording_class (id),
  constraint recording_hold_is_placed_by_an_identity foreign key (placed_by) references identity (id),
  constraint recording_hold_is_lifted_by_an_identity foreign key (lifted_by) references identity (id)
);
comment on table recording_hold is 'Recordings of something are not purged until it is lifted, which one asks for and another does.';
create index recording_hold_that_holds on recording_hold (scope) where lifted_at is null;

create table recording_purge (
  id uuid not null,
  state text not null,
  counted integer not null,
  purged integer not null default 0,
  as_of timestamptz not null,
  judged_by uuid,
  because text,
  constraint recording_purge_pk primary key (id),
  constraint recording_purge_state_is_known check (state in ('held', 'going', 'done', 'declined')),
  constraint recording_purge_takes_no_more_than_it_said check (purged <= counted),
  constraint recording_purge_is_judged_by_an_identity foreign key (judged_by) references identity (id)
);
comment on table recording_purge is 'A run that takes recordings away. held: of so many that somebody has to say yes.';
create unique index recording_purge_is_one_at_a_time on recording_purge ((true)) where state in ('held', 'going');
