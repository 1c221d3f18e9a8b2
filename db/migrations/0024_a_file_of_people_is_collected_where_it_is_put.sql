-- module: lifecycle. A source may name a file of the exchange folder: whenever a new one is there it is delivered.

alter table people_source add column drop_file text;
alter table people_source_history add column drop_file text;
alter table people_source add constraint people_source_that_is_pushed_has_no_file check (drop_file is null or kind = 'hr_csv');

create table source_drop (
  source_id uuid not null,
  mark text not null,
  looked_at timestamptz not null,
  run_id uuid,
  problem text,
  constraint source_drop_pk primary key (source_id),
  constraint source_drop_is_a_sources foreign key (source_id) references people_source (id),
  constraint source_drop_came_to_a_run_or_a_problem check (num_nonnulls(run_id, problem) = 1),
  constraint source_drop_run_is_a_run foreign key (run_id) references feed_run (id)
);
comment on table source_drop is 'The file of a source that was looked at last. mark changes whenever the file does, so that each is delivered once.';
