-- module: rotation. Each rotation is a small state machine whose steps are rows, so that it goes on where it stopped.

create table rotation (
  id uuid not null,
  account_id uuid not null,
  secret_id uuid not null,
  because text not null,
  state text not null default 'planned',
  version integer,
  tries integer not null default 0,
  problem text,
  planned_at timestamptz not null default reeve_now(),
  ended_at timestamptz,
  constraint rotation_pk primary key (id),
  constraint rotation_is_of_an_account foreign key (account_id) references account (id),
  constraint rotation_is_of_a_secret foreign key (secret_id) references secret (id),
  constraint rotation_state_is_known check (state in ('planned', 'sealed', 'applied', 'done', 'failed')),
  constraint rotation_with_a_value_names_its_version check ((state in ('planned', 'failed')) or version is not null),
  constraint ended_rotation_is_done_or_failed check ((ended_at is not null) = (state in ('done', 'failed')))
);
comment on table rotation is 'planned: to be done. sealed: the new value is in the vault, pending. applied: set on the target. done: logged in with the new, refused with the old.';
create unique index account_rotates_once_at_a_time on rotation (account_id) where ended_at is null;
create index rotation_by_account on rotation (account_id, planned_at);
