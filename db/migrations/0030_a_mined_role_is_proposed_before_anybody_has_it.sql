-- module: roles. Decision 0027. Who holds what directly is mined for roles; what is found is proposed, drafted by a person, and given in place of direct grants without anybody's access changing.

create table mining_run (
  id uuid not null,
  asked_by uuid not null,
  asked_at timestamptz not null,
  parameters jsonb not null,
  state text not null default 'waiting',
  progress integer not null default 0,
  doing text,
  started_at timestamptz,
  settled_at timestamptz,
  problem text,
  people integer,
  entitlements integer,
  assignments integer,
  covered integer,
  at_least integer,
  constraint mining_run_pk primary key (id),
  constraint mining_run_is_asked_for_by_an_identity foreign key (asked_by) references identity (id),
  constraint mining_run_parameters_are_an_object check (jsonb_typeof(parameters) = 'object'),
  constraint mining_run_state_is_known check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
  constraint mining_run_progress_is_a_percentage check (progress between 0 and 100),
  constraint mining_run_is_settled_with_a_time check ((state in ('waiting', 'running')) = (settled_at is null)),
  constraint failed_mining_run_says_why check ((state = 'failed') = (problem is not null)),
  constraint mining_run_that_is_done_says_what_of check (state <> 'done' or num_nulls(people, entitlements, assignments, covered) = 0)
);
comment on table mining_run is 'One look for roles in who holds what directly. covered: assignments that the candidates found in access give, of all there are. at_least: how few roles an exact cover must have.';

create table candidate_role (
  id uuid not null,
  run_id uuid not null,
  position integer not null,
  name text not null,
  basis text not null,
  identity_ids uuid[] not null,
  entitlement_ids uuid[] not null,
  coverage integer not null,
  extra integer not null,
  stability double precision not null,
  rule jsonb,
  role_id uuid,
  constraint candidate_role_pk primary key (id),
  constraint candidate_role_is_of_a_run foreign key (run_id) references mining_run (id),
  constraint candidate_role_is_drafted_as_a_role foreign key (role_id) references role (id),
  constraint candidate_role_has_its_place unique (run_id, position),
  constraint candidate_role_is_drafted_once unique (role_id),
  constraint candidate_role_basis_is_known check (basis in ('access', 'attributes')),
  constraint candidate_role_is_for_somebody check (cardinality(identity_ids) > 0),
  constraint candidate_role_gives_something check (cardinality(entitlement_ids) > 0),
  constraint candidate_role_covers_what_is_not_extra check (coverage + extra = cardinality(identity_ids) * cardinality(entitlement_ids)),
  constraint candidate_role_stability_is_a_share check (stability between 0 and 1)
);
comment on table candidate_role is 'A role that a run proposes. extra: what it would give those in it that they do not hold. role_id: the role a person made of it.';

create table mining_outlier (
  run_id uuid not null,
  rank integer not null,
  identity_id uuid not null,
  score double precision not null,
  because jsonb not null,
  constraint mining_outlier_pk primary key (run_id, rank),
  constraint mining_outlier_is_of_a_run foreign key (run_id) references mining_run (id),
  constraint mining_outlier_is_an_identity foreign key (identity_id) references identity (id),
  constraint mining_outlier_says_why check (jsonb_typeof(because) = 'array')
);
comment on table mining_outlier is 'Who held what others like them do not, the most unusual first, with what it is.';
