-- module: provisioning. When a target may not be written to, which systems come first, and when a task is tried next.

create table maintenance_window (
  id uuid not null,
  system_id uuid not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  repeat_days integer,
  because text not null,
  cancelled_at timestamptz,
  recorded_from timestamptz not null default reeve_now(),
  constraint maintenance_window_pk primary key (id),
  constraint maintenance_window_is_of_a_system foreign key (system_id) references system (id),
  constraint maintenance_window_ends_after_it_starts check (ends_at > starts_at),
  constraint maintenance_window_is_a_week_at_most check (ends_at <= starts_at + interval '7 days'),
  constraint maintenance_window_repeats_after_its_end check (repeat_days is null or (repeat_days between 1 and 366 and ends_at <= starts_at + make_interval(days => repeat_days))),
  constraint maintenance_window_says_why check (btrim(because) <> '')
);
comment on table maintenance_window is 'While one is open, nothing is written to its system: what is wanted waits, as last wanted, until it is over. repeat_days: again after so many days, always.';
create index maintenance_window_by_system on maintenance_window (system_id, ends_at) where cancelled_at is null;

create table system_order (
  system_id uuid not null,
  after_system_id uuid not null,
  recorded_from timestamptz not null default reeve_now(),
  constraint system_order_pk primary key (system_id, after_system_id),
  constraint system_order_is_of_a_system foreign key (system_id) references system (id),
  constraint system_order_is_after_a_system foreign key (after_system_id) references system (id),
  constraint system_is_not_after_itself check (system_id <> after_system_id)
);
comment on table system_order is 'Somebody gets access on system_id when what they are to have on after_system_id is there: the directory before what asks it.';
