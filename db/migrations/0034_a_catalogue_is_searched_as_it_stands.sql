-- module: entitlements. Decision 0031. What people say of an entitlement is more than owner and description, a rename at the source keeps all of it, and the catalogue is searched while somebody types.

-- Finds a few letters anywhere in a text by index. Ships with PostgreSQL and is trusted.
create extension if not exists pg_trgm;

alter table entitlement
  add column data_class text,
  add column regulated text[] not null default '{}',
  add column tags text[] not null default '{}',
  add column aliases text[] not null default '{}',
  add column reviewed_at timestamptz,
  add column stable_id text,
  add column renamed_from text,
  add column renamed_at timestamptz,
  add constraint entitlement_data_class_is_known check (data_class in ('public', 'internal', 'confidential', 'restricted')),
  add constraint entitlement_tags_are_words check (
    array_to_string(tags || regulated, ',', ',') ~ '^([a-z0-9][a-z0-9._-]{0,49}(,[a-z0-9][a-z0-9._-]{0,49})*)?$'
  ),
  add constraint entitlement_has_at_most_50_tags check (cardinality(tags) <= 50 and cardinality(regulated) <= 20),
  add constraint entitlement_has_at_most_20_aliases check (cardinality(aliases) <= 20),
  add constraint entitlement_rename_has_its_time check (num_nulls(renamed_from, renamed_at) in (0, 2));
comment on column entitlement.data_class is 'How sensitive what it opens is; null: nobody has said.';
comment on column entitlement.regulated is 'Rules of law or contract that what it opens is under: pii, phi, pci, sox and whatever the house calls its own.';
comment on column entitlement.stable_id is 'What the target keeps when it renames this, as last read; null where it has nothing of the kind.';
comment on column entitlement.renamed_from is 'Its native id before the last rename at the source.';
call make_bitemporal('entitlement');
create index entitlement_by_stable_id on entitlement (system_id, stable_id) where stable_id is not null and valid_to is null;
create index entitlement_gone on entitlement (system_id, valid_to) where valid_to is not null;

create table entitlement_prerequisite (
  id uuid not null,
  entitlement_id uuid not null,
  needs_id uuid,
  attribute text,
  value text,
  recorded_from timestamptz not null default reeve_now(),
  constraint entitlement_prerequisite_pk primary key (id),
  constraint prerequisite_is_of_an_entitlement foreign key (entitlement_id) references entitlement (id),
  constraint prerequisite_needs_an_entitlement foreign key (needs_id) references entitlement (id),
  constraint prerequisite_is_one_entitlement_or_one_fact check (num_nonnulls(needs_id, attribute) = 1),
  constraint prerequisite_value_is_of_a_fact check (value is null or attribute is not null),
  constraint prerequisite_fact_has_a_name check (btrim(attribute) <> ''),
  constraint entitlement_does_not_need_itself check (needs_id <> entitlement_id)
);
comment on table entitlement_prerequisite is 'What somebody must have before asking: another entitlement, or a fact of theirs (a training), attribute naming it and value what it must say.';
create unique index prerequisite_is_there_once on entitlement_prerequisite (entitlement_id, coalesce(needs_id::text, attribute || '=' || coalesce(value, '')));
create index prerequisite_by_need on entitlement_prerequisite (needs_id) where needs_id is not null;
call make_bitemporal('entitlement_prerequisite');

create table entitlement_steward (
  id uuid not null,
  identity_id uuid not null,
  system_id uuid,
  tag text,
  since timestamptz not null,
  constraint entitlement_steward_pk primary key (id),
  constraint steward_is_an_identity foreign key (identity_id) references identity (id),
  constraint steward_is_of_a_system foreign key (system_id) references system (id),
  constraint steward_has_a_system_or_a_tag check (num_nonnulls(system_id, tag) = 1),
  constraint steward_is_named_once unique nulls not distinct (identity_id, system_id, tag)
);
comment on table entitlement_steward is 'Who sees to it that entitlements of a system or of a tag have an owner and a description.';
create index steward_by_system on entitlement_steward (system_id) where system_id is not null;
create index steward_by_tag on entitlement_steward (tag) where tag is not null;

create table rename_case (
  id uuid not null,
  system_id uuid not null,
  gone_id uuid not null,
  came_id uuid not null,
  because text not null,
  state text not null default 'open',
  found_at timestamptz not null,
  answered_at timestamptz,
  answered_by uuid,
  constraint rename_case_pk primary key (id),
  constraint rename_case_is_told_once unique (gone_id, came_id),
  constraint rename_case_is_on_a_system foreign key (system_id) references system (id),
  constraint rename_case_has_what_went foreign key (gone_id) references entitlement (id),
  constraint rename_case_has_what_came foreign key (came_id) references entitlement (id),
  constraint rename_case_is_of_two check (gone_id <> came_id),
  constraint rename_case_state_is_known check (state in ('open', 'same', 'another')),
  constraint answered_rename_case_says_who_and_when check ((state = 'open') = (answered_at is null) and (state = 'open') = (answered_by is null)),
  constraint rename_case_is_answered_by_an_identity foreign key (answered_by) references identity (id)
);
comment on table rename_case is 'Was X, is Y? Something went with the reading in which something like it came, on a target that has no name for what stays.';
create index rename_case_still_open on rename_case (system_id) where state = 'open';

create table gone_notice (
  entitlement_id uuid not null,
  told_at timestamptz not null,
  constraint gone_notice_pk primary key (entitlement_id),
  constraint gone_notice_is_of_an_entitlement foreign key (entitlement_id) references entitlement (id)
);
comment on table gone_notice is 'Tombstones that whoever answers for what still names them was told of.';

-- The catalogue as it is searched: one narrow row for each entitlement there is, kept by trigger, so that it is never behind what it is made from.
create table catalogue_entry (
  entitlement_id uuid not null,
  system_id uuid not null,
  name text not null,
  search text not null,
  owner_id uuid,
  risk smallint not null,
  data_class smallint not null,
  labels text[] not null default '{}',
  requestable boolean not null,
  described boolean not null,
  privileged boolean not null,
  holders integer not null default 0,
  granted integer not null default 0,
  last_used_at timestamptz,
  use_known text not null default 'unknown',
  used smallint not null default 3,
  counted_at timestamptz,
  facets integer not null generated always as (
    risk + (data_class << 2) + ((owner_id is not null)::int << 5) + (requestable::int << 6) + (described::int << 7)
    + (privileged::int << 8) + (used << 9)
  ) stored,
  constraint catalogue_entry_pk primary key (entitlement_id),
  constraint catalogue_entry_is_an_entitlement foreign key (entitlement_id) references entitlement (id),
  constraint catalogue_use_is_known_somehow check (use_known in ('exercised', 'account', 'never', 'unknown')),
  constraint unknown_use_has_no_time check ((use_known in ('exercised', 'account')) = (last_used_at is not null))
);
comment on table catalogue_entry is 'A projection of entitlement for searching and counting. privileged is by itself or by anything it implies; whoever decides asks the graph instead.';
comment on column catalogue_entry.holders is 'Accounts that have it, as counted at counted_at after the last reading; null counted_at: not counted yet.';
comment on column catalogue_entry.facets is 'All that is counted of an entry but its system and labels, in the bits of one number: entries that are alike are counted as one kind.';
comment on column catalogue_entry.used is 'How long ago, as counted at counted_at: 0 recently, 1 long ago, 2 never, 3 unknown.';
comment on column catalogue_entry.use_known is 'exercised: through Reeve, resting on a grant of it. account: an account that has it was used, as its target tells. never: nobody ever had it. unknown: nothing tells; never to be shown as unused.';
create index catalogue_entry_in_order on catalogue_entry (name, entitlement_id);
create index catalogue_entry_by_system on catalogue_entry (system_id, name, entitlement_id);
create index catalogue_entry_by_holders on catalogue_entry (holders desc, name, entitlement_id);
create index catalogue_entry_by_risk on catalogue_entry (risk desc, name, entitlement_id);
create index catalogue_entry_by_owner on catalogue_entry (owner_id) where owner_id is not null;
create index catalogue_entry_by_text on catalogue_entry using gin (search gin_trgm_ops);
create index catalogue_entry_by_label on catalogue_entry using gin (labels);

create table catalogue_kind (
  system_id uuid not null,
  facets integer not null,
  label text,
  n integer not null
);
comment on table catalogue_kind is 'How many entries of a system are alike, all of them (label null) and of each label: the sum of n. Rows are only added, so that nobody waits for anybody; after readings they are summed up.';
create index catalogue_kind_of_all on catalogue_kind (system_id, facets) include (n) where label is null;
create index catalogue_kind_of_label on catalogue_kind (label, system_id, facets) include (n) where label is not null;

create table catalogue_word (
  word text not null,
  constraint catalogue_word_pk primary key (word)
);
comment on table catalogue_word is 'Words of the catalogue, for what is mistyped. Words are added after readings; one that no entry has any more finds nothing.';
create index catalogue_word_like on catalogue_word using gin (word gin_trgm_ops);

-- Words apart by one space each, one before the first: the beginning of a word is then found by index.
create function catalogue_text(variadic parts text[]) returns text language sql immutable parallel safe as
$$ select ' ' || btrim(regexp_replace(lower(array_to_string(parts, ' ')), '[^[:alnum:]]+', ' ', 'g')) $$;
comment on function catalogue_text(text[]) is 'Text as it is searched: lower case, words apart by one space.';

-- Says again which of these, and of what implies them, lead to something privileged. Small changes meet few rows; edges are read whole.
create function catalogue_privilege(touched uuid[]) returns void language plpgsql set work_mem = '64MB' as $$
begin
  if coalesce(cardinality(touched), 0) = 0 then
    return;
  end if;
  with recursive
  link(parent_id, child_id) as materialized (
    select parent_id, child_id from entitlement_edge where valid_to is null
    union all
    select e.id, h.entitlement_id from entitlement e join holding h on h.account_id = e.account_id and h.valid_to is null
     where e.account_id is not null and e.valid_to is null
  ),
  above(id) as (
    select unnest(touched)
    union
    select l.parent_id from above a join link l on l.child_id = a.id
  ),
  up(id) as (
    select * from (
      select t.id from above a join entitlement t on t.id = a.id and t.valid_to is null
        left join account x on x.id = t.account_id and x.valid_to is null
       where t.privileged or x.privileged
      union
      select l.parent_id from link l join above p on p.id = l.parent_id
        join catalogue_entry c on c.entitlement_id = l.child_id and c.privileged
       where not exists (select from above a where a.id = l.child_id)
    ) seed
    union
    select l.parent_id from up u join link l on l.child_id = u.id
  )
  update catalogue_entry c set privileged = not c.privileged
    from above a left join up on up.id = a.id
   where c.entitlement_id = a.id and c.privileged <> (up.id is not null);
end $$;
comment on function catalogue_privilege(uuid[]) is 'Lets privilege flow to entries from what they imply, after these changed.';

create function catalogue_write(ids uuid[]) returns void language plpgsql as $$
begin
  insert into catalogue_entry as c (entitlement_id, system_id, name, search, owner_id, risk, data_class, labels, requestable, described, privileged)
  select e.id, e.system_id, e.name,
         catalogue_text(variadic array[e.name, e.native_id, coalesce(e.description, ''), y.name] || e.aliases || e.tags || e.regulated),
         e.owner_id, r.risk, r.data_class, e.tags || e.regulated,
         e.requestable, btrim(coalesce(e.description, '')) <> '', e.privileged
    from entitlement e join system y on y.id = e.system_id
    cross join lateral (select case e.risk when 'low' then 0 when 'medium' then 1 when 'high' then 2 else 3 end::smallint as risk,
           case e.data_class when 'public' then 1 when 'internal' then 2 when 'confidential' then 3 when 'restricted' then 4 else 0 end::smallint as data_class) r
   where e.id = any(ids) and e.valid_to is null
   order by e.id
  on conflict (entitlement_id) do update
     set name = excluded.name, search = excluded.search, owner_id = excluded.owner_id, risk = excluded.risk,
         data_class = excluded.data_class, labels = excluded.labels,
         requestable = excluded.requestable, described = excluded.described
   where (c.name, c.search, c.owner_id, c.risk, c.data_class, c.labels, c.requestable, c.described)
         is distinct from (excluded.name, excluded.search, excluded.owner_id, excluded.risk, excluded.data_class, excluded.labels,
                           excluded.requestable, excluded.described);
end $$;

create function catalogue_follow_new() returns trigger language plpgsql as $$
begin
  perform catalogue_write(array(select id from now_said));
  perform catalogue_privilege(array(select n.id from now_said n left join account x on x.id = n.account_id where n.privileged or x.privileged));
  return null;
end $$;
create trigger catalogue_follows_new after insert on entitlement
  referencing new table as now_said for each statement execute function catalogue_follow_new();

create function catalogue_follow_change() returns trigger language plpgsql as $$
begin
  delete from catalogue_entry c using now_said n where c.entitlement_id = n.id and n.valid_to is not null;
  perform catalogue_write(array(select id from now_said where valid_to is null));
  perform catalogue_privilege(array(
    select n.id from now_said n join said_before o on o.id = n.id
     where (n.privileged, n.account_id, n.valid_to) is distinct from (o.privileged, o.account_id, o.valid_to)));
  return null;
end $$;
create trigger catalogue_follows_change after update on entitlement
  referencing old table as said_before new table as now_said for each statement execute function catalogue_follow_change();

create function catalogue_follow_edge() returns trigger language plpgsql as $$
begin
  perform catalogue_privilege(array(select distinct parent_id from now_said));
  return null;
end $$;
create trigger catalogue_follows_new_edge after insert on entitlement_edge
  referencing new table as now_said for each statement execute function catalogue_follow_edge();
create trigger catalogue_follows_edge after update on entitlement_edge
  referencing new table as now_said for each statement execute function catalogue_follow_edge();

create function catalogue_follow_account() returns trigger language plpgsql as $$
begin
  perform catalogue_privilege(array(select id from entitlement where account_id = new.id and valid_to is null));
  return null;
end $$;
create trigger catalogue_follows_account after update on account for each row
  when (old.privileged is distinct from new.privileged) execute function catalogue_follow_account();

create function catalogue_follow_system() returns trigger language plpgsql as $$
begin
  perform catalogue_write(array(select id from entitlement where system_id = new.id and valid_to is null));
  return null;
end $$;
create trigger catalogue_follows_system after update on system for each row
  when (old.name is distinct from new.name) execute function catalogue_follow_system();

-- What is counted follows entries by what was added and taken away: two who change entries of one kind never wait for each other.
create function catalogue_count_kinds() returns trigger language plpgsql as $$
begin
  if tg_op in ('INSERT', 'UPDATE') then
    insert into catalogue_kind (system_id, facets, label, n)
    select system_id, facets, null, count(*) from now_said group by 1, 2
    union all
    select system_id, facets, l, count(*) from now_said cross join unnest(labels) l group by 1, 2, 3;
  end if;
  if tg_op in ('DELETE', 'UPDATE') then
    insert into catalogue_kind (system_id, facets, label, n)
    select system_id, facets, null, -count(*) from said_before group by 1, 2
    union all
    select system_id, facets, l, -count(*) from said_before cross join unnest(labels) l group by 1, 2, 3;
  end if;
  return null;
end $$;
create trigger kinds_follow_new after insert on catalogue_entry
  referencing new table as now_said for each statement execute function catalogue_count_kinds();
create trigger kinds_follow_gone after delete on catalogue_entry
  referencing old table as said_before for each statement execute function catalogue_count_kinds();
create trigger kinds_follow_change after update on catalogue_entry
  referencing old table as said_before new table as now_said for each statement execute function catalogue_count_kinds();

select catalogue_write(array(select id from entitlement where valid_to is null));
select catalogue_privilege(array(select id from entitlement where valid_to is null));
