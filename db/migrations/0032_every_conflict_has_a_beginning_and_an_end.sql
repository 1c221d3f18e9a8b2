-- module: sod. Decision 0029. A conflict of duties is kept from when it was found until it is none any more, with whether both sides were really used.

create table sod_violation (
  id uuid not null,
  rule_id uuid not null,
  identity_id uuid not null,
  opened_at timestamptz not null,
  cleared_at timestamptz,
  cleared_because text,
  exercised text not null default 'unknown',
  last_exercised_at timestamptz,
  sides jsonb not null,
  looked_at timestamptz not null,
  constraint sod_violation_pk primary key (id),
  constraint sod_violation_is_of_a_rule foreign key (rule_id) references sod_rule (id),
  constraint sod_violation_is_an_identitys foreign key (identity_id) references identity (id),
  constraint sod_violation_does_not_end_before_it_begins check (cleared_at >= opened_at),
  constraint cleared_sod_violation_says_why check ((cleared_at is null) = (cleared_because is null)),
  constraint sod_violation_is_cleared_for_a_known_reason check (cleared_because in ('resolved', 'excepted', 'rule_retired')),
  constraint sod_violation_exercise_is_known check (exercised in ('both', 'one', 'none', 'unknown')),
  constraint sod_violation_sides_are_a_list check (jsonb_typeof(sides) = 'array')
);
create unique index sod_violation_is_open_once on sod_violation (rule_id, identity_id) where cleared_at is null;
create index sod_violation_by_identity on sod_violation (identity_id) where cleared_at is null;
create index sod_violation_by_attention on sod_violation (array_position(array['both', 'one', 'unknown', 'none'], exercised), last_exercised_at desc nulls last, id) where cleared_at is null;
create index sod_violation_by_clearing on sod_violation (cleared_at desc, id) where cleared_at is not null;
comment on table sod_violation is 'A conflict of duties of one identity with one rule, from when it was found until it was gone, excepted or its rule was retired. Found again later it is a new row.';
comment on column sod_violation.exercised is 'How many of the sides were used lately: both (all of them), one (some, the others known not to be), none, or unknown where a target does not tell. Never none where it is unknown.';
comment on column sod_violation.sides is 'Each side in the order of the rule: function, and lastUsedAt or null where that is not known.';
