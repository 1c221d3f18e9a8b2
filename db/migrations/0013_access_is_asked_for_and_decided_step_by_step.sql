-- module: requests. Access is asked for with a reason, decided step by step by people it does not benefit, and given for a time.

create table approval_policy (
  number integer not null,
  rules jsonb not null,
  note text not null default '',
  made_at timestamptz not null default reeve_now(),
  made_by text not null,
  constraint approval_policy_pkey primary key (number),
  constraint approval_policy_counts_from_one check (number >= 1),
  constraint approval_policy_is_an_object check (jsonb_typeof(rules) = 'object')
);
comment on table approval_policy is 'Who approves what, version by version; the highest number is in force. A request keeps the one it started with.';
insert into approval_policy (number, rules, note, made_by) values (1, '{
  "rules": [
    {"when": {"privileged": true}, "steps": ["manager", "owner"], "longestSeconds": 2592000},
    {"when": {"risk": ["high", "critical"]}, "steps": ["manager", "owner"], "longestSeconds": 2592000},
    {"when": {}, "steps": ["manager"]}
  ],
  "dueHours": 24, "escalateHours": 24, "expireDays": 14}', 'as shipped', 'component:reeve');

create table request (
  id uuid not null,
  number bigint generated always as identity,
  requester_id uuid not null,
  beneficiary_id uuid not null,
  reason text not null,
  ticket text,
  state text not null default 'pending',
  ended_because text,
  policy_number integer not null,
  submitted_at timestamptz not null,
  expires_at timestamptz not null,
  decided_at timestamptz,
  constraint request_pkey primary key (id),
  constraint request_number_is_one_requests unique (number),
  constraint request_is_an_identitys foreign key (requester_id) references identity (id),
  constraint request_is_for_an_identity foreign key (beneficiary_id) references identity (id),
  constraint request_keeps_its_approval_policy foreign key (policy_number) references approval_policy (number),
  constraint request_says_why check (btrim(reason) <> ''),
  constraint request_state_is_known check (state in ('pending', 'approved', 'denied', 'withdrawn', 'expired')),
  constraint request_is_over_at_a_time check ((state = 'pending') = (decided_at is null)),
  constraint request_expires_after_it_was_submitted check (expires_at > submitted_at)
);
comment on table request is 'Somebody asks for access, for themselves or for another. Goes from pending to exactly one end.';
create index request_by_requester on request (requester_id, id);
create index request_by_beneficiary on request (beneficiary_id, id);
create index pending_request_by_expiry on request (expires_at) where state = 'pending';

create table request_line (
  id uuid not null,
  request_id uuid not null,
  n smallint not null,
  beneficiary_id uuid not null,
  entitlement_id uuid,
  role_id uuid,
  seconds integer,
  until timestamptz,
  extends_grant_id uuid,
  risk text not null,
  privileged boolean not null,
  sod jsonb not null default '[]',
  state text not null default 'pending',
  because text,
  grant_id uuid,
  effect text not null default 'none',
  constraint request_line_pkey primary key (id),
  constraint request_line_is_of_a_request foreign key (request_id) references request (id),
  constraint request_line_is_there_once unique (request_id, n),
  constraint request_line_is_an_entitlement foreign key (entitlement_id) references entitlement (id),
  constraint request_line_is_a_role foreign key (role_id) references role (id),
  constraint request_line_is_one_entitlement_or_one_role check (num_nonnulls(entitlement_id, role_id) = 1),
  constraint request_line_ends_one_way check (num_nonnulls(seconds, until) <= 1),
  constraint request_line_lasts_some_time check (seconds > 0),
  constraint request_line_extends_a_grant foreign key (extends_grant_id) references access_grant (id),
  constraint request_line_gave_a_grant foreign key (grant_id) references access_grant (id),
  constraint request_line_risk_is_known check (risk in ('low', 'medium', 'high', 'critical')),
  constraint request_line_sod_is_a_list check (jsonb_typeof(sod) = 'array'),
  constraint request_line_state_is_known check (state in ('pending', 'granted', 'refused', 'not_granted')),
  constraint request_line_granted_names_its_grant check ((state = 'granted') = (grant_id is not null)),
  constraint request_line_refused_says_why check (state <> 'refused' or because is not null),
  constraint request_line_effect_is_known check (effect in ('none', 'pending', 'effective', 'withdrawing', 'withdrawn'))
);
comment on table request_line is 'One thing asked for: an entitlement or a role, for so long or until then; neither is without an end.';
comment on column request_line.state is 'refused: what was asked for was no longer to be had when the last step approved it. not_granted: the request ended another way.';
comment on column request_line.sod is 'Conflicts of duties as they were when last judged, for those who decide.';
comment on column request_line.effect is 'How far the target agrees: from the events of provisioning.';
create unique index request_line_is_asked_once on request_line (beneficiary_id, coalesce(entitlement_id, role_id)) where state = 'pending';
create unique index request_line_by_grant on request_line (grant_id) where grant_id is not null;

create table approval_step (
  id uuid not null,
  request_id uuid not null,
  n smallint not null,
  kind text not null,
  line_ids uuid[] not null,
  candidates uuid[] not null,
  because text not null,
  state text not null default 'waiting',
  opened_at timestamptz,
  due_at timestamptz,
  escalate_at timestamptz,
  reminded_at timestamptz,
  escalations smallint not null default 0,
  decided_by uuid,
  decided_at timestamptz,
  comment text,
  constraint approval_step_pkey primary key (id),
  constraint approval_step_is_of_a_request foreign key (request_id) references request (id),
  constraint approval_step_has_its_place unique (request_id, n),
  constraint approval_step_counts_from_one check (n >= 1),
  constraint approval_step_kind_is_known check (kind in ('manager', 'owner', 'role_owner', 'named')),
  constraint approval_step_has_a_candidate check (cardinality(candidates) > 0),
  constraint approval_step_is_about_a_line check (cardinality(line_ids) > 0),
  constraint approval_step_state_is_known check (state in ('waiting', 'open', 'approved', 'denied', 'skipped')),
  constraint open_approval_step_has_a_due_time check (state <> 'open' or (opened_at is not null and due_at is not null)),
  constraint decided_approval_step_says_by_whom check ((state in ('approved', 'denied')) = (decided_by is not null and decided_at is not null)),
  constraint approval_step_is_decided_by_a_candidate check (decided_by = any (candidates))
);
comment on table approval_step is 'One decision of a request: who may take it, who did. Steps follow one another; one is open at a time.';
create unique index approval_step_open_is_one_of_its_request on approval_step (request_id) where state = 'open';
create unique index approval_step_decider_is_another_each_time on approval_step (request_id, decided_by) where decided_by is not null;
create index open_approval_step_by_candidate on approval_step using gin (candidates) where state = 'open';
create index open_approval_step_by_due on approval_step (due_at) where state = 'open';

-- The last guard against deciding to one's own benefit, whatever the code above it forgot.
create function refuse_own_approval() returns trigger language plpgsql as $$
begin
  if new.decided_by is not null and exists (
    select from request r where r.id = new.request_id and new.decided_by in (r.requester_id, r.beneficiary_id)
  ) then
    raise exception 'a request is not decided by who asked or who benefits'
      using errcode = 'check_violation', constraint = 'nobody_approves_what_benefits_them', table = 'approval_step';
  end if;
  return new;
end $$;
create trigger nobody_approves_what_benefits_them before insert or update on approval_step
  for each row execute function refuse_own_approval();

create table request_note (
  id uuid not null,
  request_id uuid not null,
  line_id uuid,
  at timestamptz not null,
  kind text not null,
  actor text not null,
  detail jsonb not null default '{}',
  constraint request_note_pkey primary key (id),
  constraint request_note_is_of_a_request foreign key (request_id) references request (id),
  constraint request_note_is_of_a_line foreign key (line_id) references request_line (id),
  constraint request_note_detail_is_an_object check (jsonb_typeof(detail) = 'object')
);
comment on table request_note is 'The timeline people read. The id of a note that follows from an event is that event''s, so that it is noted once.';
comment on column request_note.actor is 'Principal as kind:id.';
create index request_note_in_order on request_note (request_id, at, id);
