-- A gateway whose clients know passwords and no keys takes one that was made for just this: one person, one account, some
-- minutes, so many connections, and from the second on the address of the first.
create table gateway_password (
  id uuid not null,
  identity_id uuid not null,
  account_id uuid not null,
  system_id uuid not null,
  protocol text not null,
  hash bytea not null,
  database text,
  connections integer not null,
  used integer not null default 0,
  address text,
  asked_at timestamptz not null,
  ends_at timestamptz not null,
  ended_at timestamptz,
  ended_because text,
  constraint gateway_password_pk primary key (id),
  constraint gateway_password_is_of_an_identity foreign key (identity_id) references identity (id),
  constraint gateway_password_is_for_an_account foreign key (account_id) references account (id),
  constraint gateway_password_is_on_a_system foreign key (system_id) references system (id),
  constraint gateway_password_is_one unique (hash),
  constraint gateway_password_lasts_a_day_at_most check (ends_at > asked_at and ends_at <= asked_at + interval '1 day'),
  constraint gateway_password_is_used_so_often check (connections between 1 and 100 and used between 0 and connections),
  constraint gateway_password_ended_for_a_reason check ((ended_at is null) = (ended_because is null))
);
comment on table gateway_password is 'Passwords that gateways take, as digests: each for one account, for minutes.';
comment on column gateway_password.address is 'Where it was first used from; it is good from nowhere else.';
create index gateway_password_by_identity on gateway_password (identity_id, asked_at);

-- What statements of database sessions may not be, on a system and on one account of it besides.
create table statement_rules (
  id uuid not null,
  system_id uuid not null,
  account_id uuid,
  read_only boolean not null,
  no_ddl boolean not null,
  where_needed boolean not null,
  keep_role boolean not null,
  deny_tables text[] not null,
  changed_at timestamptz not null,
  changed_by uuid not null,
  constraint statement_rules_pk primary key (id),
  constraint statement_rules_are_of_a_system foreign key (system_id) references system (id),
  constraint statement_rules_are_of_an_account foreign key (account_id) references account (id),
  constraint statement_rules_are_one unique nulls not distinct (system_id, account_id)
);
comment on table statement_rules is 'What statements may not be in sessions on a system; an account''s own hold besides.';
