-- module: graph, lifecycle. Two identities may turn out to be one person, or one to be two. What was stays as it was; from then on it is said who is who.

create table identity_merge (
  id uuid not null,
  duplicate_id uuid not null,
  survivor_id uuid not null,
  now_id uuid not null,
  because text not null,
  merged_at timestamptz not null,
  merged_by uuid not null,
  moved jsonb not null,
  undone_at timestamptz,
  undone_by uuid,
  undone_because text,
  constraint identity_merge_pk primary key (id),
  constraint merged_duplicate_is_an_identity foreign key (duplicate_id) references identity (id),
  constraint merged_survivor_is_an_identity foreign key (survivor_id) references identity (id),
  constraint merged_now_is_an_identity foreign key (now_id) references identity (id),
  constraint merger_is_an_identity foreign key (merged_by) references identity (id),
  constraint unmerger_is_an_identity foreign key (undone_by) references identity (id),
  constraint identity_is_not_merged_into_itself check (duplicate_id <> survivor_id and duplicate_id <> now_id),
  constraint nobody_merges_themselves check (merged_by <> duplicate_id and merged_by <> survivor_id),
  constraint identity_merge_says_why check (btrim(because) <> ''),
  constraint identity_merge_moved_is_an_object check (jsonb_typeof(moved) = 'object'),
  constraint identity_merge_is_undone_by_somebody check (num_nulls(undone_at, undone_by, undone_because) in (0, 3))
);
comment on table identity_merge is 'From merged_at on, duplicate is survivor; of the time before nothing is changed. now_id: who that is now, where the survivor was merged on. moved: what went over, so that it can go back.';
create unique index identity_is_merged_once on identity_merge (duplicate_id) where undone_at is null;
create index identity_merge_by_now on identity_merge (now_id) where undone_at is null;
create index identity_merge_by_duplicate on identity_merge (duplicate_id, merged_at);
create trigger refuse_delete before delete on identity_merge for each statement execute function refuse_graph_delete();

-- Whoever was merged into somebody is nobody of their own any more: nothing new is given to them, by whatever way it comes.
-- Looked at once a statement, since an import writes rows by the thousand.
create function refuse_merged(id uuid, of_table text) returns void language plpgsql as $$
begin
  raise exception 'identity % was merged into another', id
    using errcode = 'check_violation', constraint = 'merged_identity_gets_nothing_new', table = of_table;
end $$;
create function refuse_merged_identities() returns trigger language plpgsql as $$
begin
  perform refuse_merged(c.identity_id, tg_table_name)
     from came c join identity_merge m on m.duplicate_id = c.identity_id and m.undone_at is null;
  return null;
end $$;
create function refuse_merged_facts() returns trigger language plpgsql as $$
begin
  perform refuse_merged(c.identity_id, tg_table_name)
     from came c join identity_merge m on m.duplicate_id = c.identity_id and m.undone_at is null
    where c.valid_to is null and c.state <> 'leaver';
  return null;
end $$;
-- Whoever links an account at the instant of a merge: one of the two waits for the other, and then sees it. Everything else
-- is written with the identity, or its source, held already.
create function refuse_merged_owner() returns trigger language plpgsql as $$
begin
  perform from identity where id = new.identity_id for share;
  perform refuse_merged(m.duplicate_id, tg_table_name) from identity_merge m
    where m.duplicate_id = new.identity_id and m.undone_at is null;
  return new;
end $$;
create trigger refuse_merged_on_insert after insert on access_grant referencing new table as came
  for each statement execute function refuse_merged_identities();
create trigger refuse_merged_on_insert after insert on source_record referencing new table as came
  for each statement execute function refuse_merged_identities();
create trigger refuse_merged_on_update after update on source_record referencing new table as came
  for each statement execute function refuse_merged_identities();
create trigger refuse_merged_on_insert after insert on identity_facts referencing new table as came
  for each statement execute function refuse_merged_facts();
create trigger refuse_merged_on_update after update on identity_facts referencing new table as came
  for each statement execute function refuse_merged_facts();
create trigger refuse_merged before insert or update of identity_id on account for each row
  when (new.identity_id is not null and new.valid_to is null) execute function refuse_merged_owner();

create table source_aside (
  source_id uuid not null,
  external_id text not null,
  identity_id uuid not null,
  digest bytea not null,
  status text not null,
  starts_on date,
  ends_on date,
  state text not null,
  due_at timestamptz,
  present boolean not null,
  since timestamptz not null,
  run_id uuid not null,
  record jsonb not null,
  constraint source_aside_pk primary key (source_id, external_id),
  constraint source_aside_is_of_a_source foreign key (source_id) references people_source (id),
  constraint source_aside_is_about_an_identity foreign key (identity_id) references identity (id),
  constraint source_aside_was_put_by_a_run foreign key (run_id) references feed_run (id),
  constraint source_aside_is_an_object check (jsonb_typeof(record) = 'object')
);
comment on table source_aside is 'A second row of one source about somebody it has already: known to be them, and not read, until the first is in a delivery no longer.';
create index source_aside_by_identity on source_aside (identity_id, source_id);

-- Whoever a directory's user is said to be, the user is.
create function follow_source_record() returns trigger language plpgsql as $$
begin
  if new.external_id ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
    update scim_resource set identity_id = new.identity_id
     where source_id = new.source_id and id = new.external_id::uuid and type = 'User' and identity_id is distinct from new.identity_id;
  end if;
  return null;
end $$;
create trigger follow_record_on_update after update of identity_id on source_record for each row
  when (new.identity_id is distinct from old.identity_id) execute function follow_source_record();
