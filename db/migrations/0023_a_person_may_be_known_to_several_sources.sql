-- module: lifecycle, scim. Several sources may know one person; each fact is that of the source that counts for it. Mappings hold expressions. How accounts are met with people is the house's to say.

alter table people_source add column terms jsonb not null default '{"lifecycle": true, "rank": 100, "ranks": {}, "join": []}';
alter table people_source alter column terms drop default;
alter table people_source add constraint people_source_terms_are_an_object check (jsonb_typeof(terms) = 'object');
alter table people_source add column put_by uuid;
alter table people_source add constraint people_source_was_put_by_an_identity foreign key (put_by) references identity (id);
comment on column people_source.put_by is 'Who said last how it is read: a delivery that then changes their own row waits for somebody else.';
comment on column people_source.terms is 'How it stands beside other sources: whether it decides who joins and leaves, its rank and that of single facts, and how its rows are met with people others know.';
call make_bitemporal('people_source');
update people_source set mapping = mapping || '{"expressions": {}}';

alter table source_record add column record jsonb;
update source_record s
   set record = jsonb_build_object(
         'externalId', s.external_id, 'kind', i.kind, 'displayName', f.display_name, 'email', f.email, 'username', f.username,
         'department', f.department, 'orgUnit', f.org_unit, 'jobTitle', f.job_title, 'managerExternalId', m.external_id,
         'status', s.status, 'startsOn', s.starts_on, 'endsOn', s.ends_on, 'attributes', f.attributes)
  from identity i, identity_facts f
  left join source_record m on m.identity_id = f.manager_id
 where i.id = s.identity_id and f.identity_id = s.identity_id and f.valid_from <= reeve_now()
   and (f.valid_to is null or f.valid_to > reeve_now());
-- Somebody who is to come has no facts yet; their next row brings them.
update source_record
   set record = jsonb_build_object(
         'externalId', external_id, 'kind', 'person', 'displayName', external_id, 'email', null, 'username', null,
         'department', null, 'orgUnit', null, 'jobTitle', null, 'managerExternalId', null, 'status', status,
         'startsOn', starts_on, 'endsOn', ends_on, 'attributes', '{}'::jsonb),
       digest = ''
 where record is null;
alter table source_record alter column record set not null;
alter table source_record add constraint source_record_is_an_object check (jsonb_typeof(record) = 'object');
alter table source_record drop constraint identity_comes_from_one_record;
alter table source_record add constraint identity_is_once_in_a_source unique (identity_id, source_id);
comment on table source_record is 'Which row of a source an identity is, and what it says; an identity has one for each source that knows it. digest tells an unchanged row without looking further; due_at is when its dates next change the state.';

update feed_run set counts = counts || '{"unmatched": 0}';

create table source_case (
  id uuid not null,
  source_id uuid not null,
  external_id text not null,
  display_name text not null,
  state text not null,
  candidates jsonb not null,
  opened_at timestamptz not null,
  resolved_at timestamptz,
  resolved_by uuid,
  identity_id uuid,
  constraint source_case_pk primary key (id),
  constraint source_case_is_one_a_row unique (source_id, external_id),
  constraint source_case_is_of_a_source foreign key (source_id) references people_source (id),
  constraint source_case_answer_is_an_identity foreign key (identity_id) references identity (id),
  constraint source_case_resolver_is_an_identity foreign key (resolved_by) references identity (id),
  constraint source_case_state_is_known check (state in ('open', 'linked', 'nobody', 'closed')),
  constraint source_case_is_resolved_with_a_time check ((state = 'open') = (resolved_at is null)),
  constraint linked_source_case_names_whom check ((state = 'linked') = (identity_id is not null)),
  constraint source_case_is_answered_by_somebody check (state not in ('linked', 'nobody') or resolved_by is not null),
  constraint source_case_candidates_are_a_list check (jsonb_typeof(candidates) = 'array')
);
comment on table source_case is 'A row of which a person has to say who it is, with who it may be. linked: that person, from the next delivery on. nobody: none of them.';
create index open_source_case on source_case (source_id, id) where state = 'open';

-- A user a directory pushes may be nobody until another source brings them, or a person says who they are.
alter table scim_resource drop constraint scim_user_who_is_there_is_somebody;

create table correlation_rules (
  one boolean not null default true,
  rules jsonb not null,
  recorded_from timestamptz not null default reeve_now(),
  constraint correlation_rules_are_one_set primary key (one),
  constraint correlation_rules_are_of_the_house check (one),
  constraint correlation_rules_are_an_object check (jsonb_typeof(rules) = 'object')
);
comment on table correlation_rules is 'What speaks for an account being somebody''s, and how sure is sure; without a row, what Reeve comes with.';
call make_bitemporal('correlation_rules');
