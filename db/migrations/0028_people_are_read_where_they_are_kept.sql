-- module: lifecycle. Decision 0024. A source may be read by Reeve itself, from a connected system: a branch of a directory, a table of a database.

alter table people_source add column read_system_id uuid;
alter table people_source add column read_place jsonb;
alter table people_source add column read_every_minutes integer;
alter table people_source_history add column read_system_id uuid;
alter table people_source_history add column read_place jsonb;
alter table people_source_history add column read_every_minutes integer;
alter table people_source add constraint people_source_is_read_from_a_system foreign key (read_system_id) references system (id);
alter table people_source add constraint people_source_says_where_it_is_read_and_when
  check (num_nulls(read_system_id, read_place, read_every_minutes) in (0, 3));
alter table people_source add constraint people_source_place_is_an_object check (jsonb_typeof(read_place) = 'object');
alter table people_source add constraint people_source_is_read_never_or_at_most_once_a_minute
  check (read_every_minutes between 0 and 100000);
alter table people_source add constraint people_source_that_is_pushed_is_not_read
  check (read_system_id is null or kind = 'hr_csv');
alter table people_source add constraint people_source_is_read_in_one_place
  check (num_nonnulls(read_system_id, drop_file) <= 1);
update people_source set mapping = mapping || '{"managerBy": null, "managerIn": null, "kinds": {}}';
comment on column people_source.read_place is 'Where its rows are on that system, as the connector of its kind writes it. 0 minutes: only when asked.';

create table source_reading (
  source_id uuid not null,
  next_at timestamptz,
  looked_at timestamptz,
  run_id uuid,
  problem text,
  rows bigint,
  claimed_by uuid,
  claimed_until timestamptz,
  constraint source_reading_pk primary key (source_id),
  constraint source_reading_is_a_sources foreign key (source_id) references people_source (id),
  constraint source_reading_run_is_a_run foreign key (run_id) references feed_run (id),
  constraint source_reading_came_to_a_run_or_a_problem check (looked_at is null or num_nonnulls(run_id, problem) > 0),
  constraint source_reading_claim_is_somebodys check (num_nulls(claimed_by, claimed_until) in (0, 2))
);
comment on table source_reading is 'When a source is read next, what the last reading came to, and who reads it now. One reading at a time.';
