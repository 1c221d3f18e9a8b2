-- module: graph. One row a session: which grants it rested on and what was done, so that a reviewer sees use beside access.

create table access_use (
  id uuid not null,
  identity_id uuid not null,
  account_id uuid not null,
  system_id uuid not null,
  grant_ids uuid[] not null,
  protocol text not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  ended_because text,
  recorded boolean not null,
  commands integer not null default 0,
  command_classes text[] not null default '{}',
  constraint access_use_pk primary key (id),
  constraint use_is_by_an_identity foreign key (identity_id) references identity (id),
  constraint use_is_of_an_account foreign key (account_id) references account (id),
  constraint use_is_on_a_system foreign key (system_id) references system (id),
  constraint use_rests_on_a_grant check (cardinality(grant_ids) > 0),
  constraint use_does_not_end_before_it_starts check (ended_at >= started_at),
  constraint ended_use_says_why check ((ended_at is null) = (ended_because is null)),
  constraint use_counts_commands check (commands >= 0)
);
comment on table access_use is 'What was exercised. id is the session''s id; a system that cannot report use has no rows here, which means unknown, never unused.';
create index use_by_grant on access_use using gin (grant_ids);
create index use_by_identity on access_use (identity_id, started_at);
create index use_by_account on access_use (account_id, started_at);
create index use_still_live on access_use (started_at) where ended_at is null;
