-- module: requests. Decision 0033. Steps of one stage are open together, and a deputy decides in the name of who was asked.

alter table approval_step add column stage smallint, add column decided_for uuid;
update approval_step set stage = n;
alter table approval_step
  alter column stage set not null,
  add constraint approval_step_stage_counts_from_one check (stage >= 1),
  add constraint approval_step_is_decided_for_an_identity foreign key (decided_for) references identity (id),
  add constraint approval_step_is_decided_for_another check (decided_for <> decided_by),
  drop constraint approval_step_kind_is_known,
  add constraint approval_step_kind_is_known check (kind in ('manager', 'owner', 'role_owner', 'system_owner', 'named', 'holders')),
  drop constraint approval_step_is_decided_by_a_candidate,
  add constraint approval_step_is_decided_by_or_for_a_candidate check (coalesce(decided_for, decided_by) = any (candidates));
comment on table approval_step is 'One decision of a request: who may take it, who did, and in whose name. Steps of one stage are open together; stages follow one another.';
comment on column approval_step.decided_for is 'Whose deputy took the decision; null: it was taken in their own right.';
drop index approval_step_open_is_one_of_its_request;
create index open_approval_step_of_its_request on approval_step (request_id) where state = 'open';

create table approval_deputy (
  id uuid not null,
  identity_id uuid not null,
  deputy_id uuid not null,
  step_kinds text[],
  system_ids uuid[],
  target_ids uuid[],
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  reason text not null,
  made_at timestamptz not null,
  made_by text not null,
  ended_at timestamptz,
  constraint approval_deputy_pkey primary key (id),
  constraint approval_deputy_is_of_an_identity foreign key (identity_id) references identity (id),
  constraint approval_deputy_is_an_identity foreign key (deputy_id) references identity (id),
  constraint approval_deputy_is_another check (deputy_id <> identity_id),
  constraint approval_deputy_ends_after_it_begins check (ends_at > starts_at),
  constraint approval_deputy_is_for_a_year_at_most check (ends_at <= starts_at + interval '366 days'),
  constraint approval_deputy_says_why check (btrim(reason) <> ''),
  constraint approval_deputy_scope_is_not_empty check (cardinality(step_kinds) > 0 and cardinality(system_ids) > 0 and cardinality(target_ids) > 0)
);
comment on table approval_deputy is 'Somebody decides about requests in the name of another, for a time. A null scope covers all; systems and targets add up, kinds narrow.';
create index approval_deputy_by_identity on approval_deputy (identity_id, ends_at);
create index approval_deputy_by_deputy on approval_deputy (deputy_id, ends_at);

-- The last guard: not to one's own benefit, not twice in one request, neither by oneself nor in anybody's name.
create or replace function refuse_own_approval() returns trigger language plpgsql as $$
begin
  if new.decided_by is not null and exists (
    select from request r
     where r.id = new.request_id
       and (new.decided_by in (r.requester_id, r.beneficiary_id) or new.decided_for in (r.requester_id, r.beneficiary_id))
  ) then
    raise exception 'a request is not decided by who asked or who benefits, nor in their name'
      using errcode = 'check_violation', constraint = 'nobody_approves_what_benefits_them', table = 'approval_step';
  end if;
  if new.decided_by is not null and exists (
    select from approval_step o
     where o.request_id = new.request_id and o.id <> new.id
       and array[o.decided_by, o.decided_for] && array_remove(array[new.decided_by, new.decided_for], null)
  ) then
    raise exception 'each step is decided by another person, and in the name of another'
      using errcode = 'unique_violation', constraint = 'approval_step_decider_is_another_each_time', table = 'approval_step';
  end if;
  if new.state = 'open' and exists (
    select from approval_step o
     where o.request_id = new.request_id and o.id <> new.id and o.state = 'open' and o.stage <> new.stage
  ) then
    raise exception 'steps that are open are of one stage'
      using errcode = 'check_violation', constraint = 'open_steps_are_of_one_stage', table = 'approval_step';
  end if;
  return new;
end $$;
