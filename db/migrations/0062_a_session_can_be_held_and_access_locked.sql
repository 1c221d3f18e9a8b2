-- module: locks, sessions, graph, events. Decision 0059. Whoever or whatever is locked gets no access until that is lifted or lapses; a running session can be held, watched, and need somebody who watches.

create table access_lock (
  id uuid not null,
  scope text not null,
  identity_id uuid,
  account_id uuid,
  system_id uuid,
  reason text not null,
  placed_by uuid not null,
  placed_at timestamptz not null,
  ends_at timestamptz,
  lifted_at timestamptz,
  lifted_by uuid,
  lifted_because text,
  constraint access_lock_pk primary key (id),
  constraint lock_scope_is_known check (scope in ('identity', 'account', 'system', 'everything')),
  constraint lock_names_what_it_is_on check (
    (scope = 'identity') = (identity_id is not null) and (scope = 'account') = (account_id is not null)
    and (scope = 'system') = (system_id is not null)),
  constraint lock_says_why check (btrim(reason) <> ''),
  constraint lock_ends_after_it_begins check (ends_at > placed_at),
  constraint lifted_lock_says_who_and_why check (num_nonnulls(lifted_at, lifted_by, lifted_because) in (0, 3)),
  constraint nobody_locks_themselves check (identity_id is distinct from placed_by),
  constraint lock_is_on_an_identity foreign key (identity_id) references identity (id),
  constraint lock_is_on_an_account foreign key (account_id) references account (id),
  constraint lock_is_on_a_system foreign key (system_id) references system (id),
  constraint lock_is_placed_by_an_identity foreign key (placed_by) references identity (id),
  constraint lock_is_lifted_by_an_identity foreign key (lifted_by) references identity (id)
);
comment on table access_lock is 'No access for somebody, to something, or at all, until lifted_at or ends_at. Several may hold at once; each is lifted for itself.';
create index access_lock_of_identity on access_lock (identity_id) where lifted_at is null and identity_id is not null;
create index access_lock_that_holds on access_lock (scope) where lifted_at is null;

alter table signal drop constraint signal_kind_is_known;
alter table signal add constraint signal_kind_is_known check (kind in (
  'end_session', 'lock_identity', 'lock_account', 'lock_system', 'lock_everything', 'session_changed', 'message_session', 'policy_changed'));

alter table grant_control drop constraint grant_control_kind_is_known;
alter table grant_control add constraint grant_control_kind_is_known
  check (kind in ('step_up', 'max_seconds', 'one_session', 'idle', 'observer'));
comment on column grant_control.value is 'step_up: seconds since the last sign-in, at most. max_seconds: seconds a session lasts, at most. one_session: 1. idle: seconds without use, at most. observer: somebody must watch; seconds a session waits for one, at most.';

alter table session add column holds boolean not null default false;
alter table session add column observer_seconds integer;
alter table session add column idle_seconds integer;
alter table session add column paused_because text;
alter table session add constraint session_waits_for_a_time check (observer_seconds > 0 and idle_seconds > 0);
alter table session add constraint observed_session_can_be_held check (observer_seconds is null or holds);
alter table session add constraint paused_session_can_be_held check (paused_because is null or holds);
comment on column session.holds is 'Its gateway can let nothing flow for a while, and says so.';
comment on column session.observer_seconds is 'It runs only while somebody who may observes it, and waits so long for one; null: needs nobody.';
comment on column session.paused_because is 'Nothing flows, because somebody in charge said so; null: not paused.';

create table session_watch (
  id uuid not null,
  session_id uuid not null,
  identity_id uuid not null,
  observes boolean not null,
  began_at timestamptz not null,
  seen_at timestamptz not null,
  left_at timestamptz,
  constraint session_watch_pk primary key (id),
  constraint watch_is_of_a_session foreign key (session_id) references session (id),
  constraint watch_is_an_identitys foreign key (identity_id) references identity (id)
);
comment on table session_watch is 'Somebody watches a session as it runs. observes: they stand for the observer it needs. seen_at: when they last fetched; whoever fetches nothing has left.';
create index session_watch_that_goes_on on session_watch (session_id) where left_at is null;
