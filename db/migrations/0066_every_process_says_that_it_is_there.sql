-- module: nodes, sessions, graph. Decision 0064. Reeve may run as several processes: each says what it does and that it lives, and all hear at once that a grant ended.

create table node (
  id uuid not null,
  name text not null,
  roles text[] not null,
  version text not null,
  state text not null default 'serving',
  live_sessions integer not null default 0,
  started_at timestamptz not null,
  seen_at timestamptz not null,
  drain_asked_at timestamptz,
  drain_asked_by uuid,
  ended_at timestamptz,
  constraint node_pk primary key (id),
  constraint node_has_a_role check (cardinality(roles) > 0 and roles <@ array['api', 'worker', 'gateway']),
  constraint node_state_is_known check (state in ('serving', 'draining', 'drained', 'stopped', 'lost')),
  constraint node_that_ended_says_when check ((ended_at is not null) = (state in ('stopped', 'lost'))),
  constraint node_has_sessions_or_none check (live_sessions >= 0),
  constraint drain_says_who_asked check ((drain_asked_at is null) = (drain_asked_by is null)),
  constraint drain_is_asked_by_an_identity foreign key (drain_asked_by) references identity (id)
);
comment on table node is 'One row a process of Reeve. It says every second that it lives, by the database''s clock, so that clocks of machines need not agree.';
comment on column node.drain_asked_at is 'Somebody in charge wants it to take no more sessions; it does so within a second.';
create index node_that_lives on node (seen_at) where ended_at is null;

create function tell_that_grants_ended() returns trigger
  language plpgsql
  as $$
begin
  perform pg_notify('reeve_grants', '');
  return null;
end $$;
comment on function tell_that_grants_ended() is
  'Wakes gateways, which then look at what their sessions rest on. A notification is felt at commit, once a transaction.';

create trigger grants_that_end_are_told
  after update of ended_because, valid_to on access_grant
  for each statement execute function tell_that_grants_ended();
