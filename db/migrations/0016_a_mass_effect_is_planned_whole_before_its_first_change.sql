-- module: mass_changes. Every effect on many at once is planned whole, held when it is over a limit, applied item by item, and can be undone.

create table change_limits (
  kind text not null,
  system_id uuid,
  limits jsonb not null,
  recorded_from timestamptz not null default reeve_now(),
  constraint change_limits_are_once_for_kind_and_system unique nulls not distinct (kind, system_id),
  constraint change_limits_are_of_a_system foreign key (system_id) references system (id),
  constraint change_limits_are_an_object check (jsonb_typeof(limits) = 'object')
);
comment on table change_limits is 'How much of a kind may change at a time; system_id null: as a whole, and on systems that have no limits of their own.';

create table mass_change (
  id uuid not null,
  kind text not null,
  key text not null,
  title text not null,
  state text not null,
  held_because jsonb not null default '[]',
  items integer not null,
  applied_to integer not null default 0,
  released_to integer not null default 0,
  planned_at timestamptz not null,
  planned_by text not null,
  settled_at timestamptz,
  accepted_by uuid,
  accepted_at timestamptz,
  accepted_because text,
  constraint mass_change_pk primary key (id),
  constraint mass_change_state_is_known check (state in ('held', 'applying', 'canary', 'applied', 'declined', 'superseded', 'undoing', 'undone')),
  constraint held_mass_change_says_why check (state <> 'held' or jsonb_array_length(held_because) > 0),
  constraint mass_change_applies_what_was_released check (applied_to between 0 and released_to and released_to <= items),
  constraint held_mass_change_changes_nothing check (state not in ('held', 'declined', 'superseded') or accepted_by is not null or released_to = 0),
  constraint mass_change_is_accepted_by_somebody check (num_nulls(accepted_by, accepted_at, accepted_because) in (0, 3)),
  constraint mass_change_over_a_limit_is_released_by_somebody check (jsonb_array_length(held_because) = 0 or released_to = 0 or accepted_by is not null),
  constraint mass_change_is_settled_with_a_time check ((state in ('held', 'applying', 'canary')) = (settled_at is null)),
  constraint mass_change_acceptor_is_an_identity foreign key (accepted_by) references identity (id)
);
comment on table mass_change is 'One effect on many at once. held: over a limit, nothing of it is applied. canary: the first items are applied and the rest waits for a person.';
create unique index mass_change_is_open_once on mass_change (kind, key) where state in ('held', 'applying', 'canary');
create index mass_change_by_kind on mass_change (kind, id);

create table mass_change_item (
  mass_change_id uuid not null,
  position integer not null,
  effect text not null,
  system_id uuid,
  identity_id uuid,
  what text not null,
  data jsonb not null,
  state text not null default 'waiting',
  problem text,
  constraint mass_change_item_pk primary key (mass_change_id, position),
  constraint mass_change_item_is_of_a_plan foreign key (mass_change_id) references mass_change (id),
  constraint mass_change_item_effect_is_known check (effect in ('create', 'update', 'delete')),
  constraint mass_change_item_state_is_known check (state in ('waiting', 'done', 'skipped', 'undone', 'not_undone')),
  constraint mass_change_item_left_out_says_why check ((state in ('skipped', 'not_undone')) = (problem is not null))
);
comment on table mass_change_item is 'The plan, in the order it is applied; position is from 1 without gaps.';
create index mass_change_item_by_identity on mass_change_item (identity_id, mass_change_id) where identity_id is not null;
