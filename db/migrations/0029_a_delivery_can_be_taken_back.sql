-- module: lifecycle. A delivery that was applied can be taken back for a month, because what was so before it is kept; and the first changes of a held one can be tried before the rest.

create table feed_before (
  run_id uuid not null,
  identity_id uuid not null,
  facts jsonb,
  record jsonb,
  after text,
  touched_at timestamptz not null,
  constraint feed_before_pk primary key (run_id, identity_id),
  constraint feed_before_is_of_a_run foreign key (run_id) references feed_run (id),
  constraint feed_before_facts_are_an_object check (jsonb_typeof(facts) = 'object'),
  constraint feed_before_record_is_an_object check (jsonb_typeof(record) = 'object')
);
comment on table feed_before is 'What was so of each person a run changed, before it did: facts, null for somebody it made, and the row its source remembered, null where it knew them not. after tells whether the facts are still as the run left them. Kept as long as a run can be taken back.';

create table source_taken_back (
  source_id uuid not null,
  external_id text not null,
  identity_id uuid not null,
  constraint source_taken_back_pk primary key (source_id, external_id),
  constraint source_taken_back_is_of_a_source foreign key (source_id) references people_source (id),
  constraint source_taken_back_is_about_an_identity foreign key (identity_id) references identity (id)
);
comment on table source_taken_back is 'Whom a delivery made that was taken back. The source does not know the key any more; should it say it again, it is that identity and not a second one.';
create index source_taken_back_by_identity on source_taken_back (identity_id);

alter table feed_run add column released_rows integer;
alter table feed_run add constraint feed_run_applies_what_was_released check (released_rows is null or applied_rows <= released_rows and released_rows <= planned_rows);
comment on column feed_run.released_rows is 'Only so many of the planned rows may be applied, as a canary; null: all of them, once the run is applied at all.';
alter table feed_run drop constraint feed_run_state_is_known;
alter table feed_run add constraint feed_run_state_is_known check (state in ('refused', 'held', 'applying', 'applied', 'superseded', 'declined', 'undone'));
