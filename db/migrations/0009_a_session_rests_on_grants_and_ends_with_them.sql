-- module: sessions. Every session a gateway admitted, on which node it lives, what it rests on and how it ended.

create table session (
  id uuid not null,
  identity_id uuid not null,
  account_id uuid not null,
  system_id uuid not null,
  grant_ids uuid[] not null,
  protocol text not null,
  state text not null default 'live',
  node text not null,
  client_address text not null,
  client_version text not null,
  started_at timestamptz not null,
  seen_at timestamptz not null,
  must_end_at timestamptz,
  ends_at timestamptz,
  ending_because text,
  ended_at timestamptz,
  ended_because text,
  bytes_in bigint not null default 0,
  bytes_out bigint not null default 0,
  recorded boolean not null,
  recording_head text,
  constraint session_pk primary key (id),
  constraint session_is_an_identitys foreign key (identity_id) references identity (id),
  constraint session_is_on_an_account foreign key (account_id) references account (id),
  constraint session_is_on_a_system foreign key (system_id) references system (id),
  constraint session_state_is_known check (state in ('live', 'ended')),
  constraint session_rests_on_a_grant check (cardinality(grant_ids) > 0),
  constraint ended_session_says_when_and_why check ((state = 'ended') = (ended_at is not null and ended_because is not null))
);
comment on column session.must_end_at is 'The longest time policy allowed it, whatever its grants say.';
comment on column session.seen_at is 'Its node says every few seconds that it still lives; another node closes the record of one that fell silent.';
create index live_session on session (node) where state = 'live';
create index live_session_by_grant on session using gin (grant_ids) where state = 'live';
create index session_by_identity on session (identity_id, started_at);
create index session_by_start on session (started_at, id);

create table session_event (
  session_id uuid not null,
  n integer not null,
  at_ms integer not null,
  type text not null,
  class text not null,
  sealed_detail bytea not null,
  constraint session_event_pk primary key (session_id, n),
  constraint session_event_is_a_sessions foreign key (session_id) references session (id)
);
comment on table session_event is 'Commands, files and refusals of a session, in order. Details are sealed: people type secrets into commands.';
