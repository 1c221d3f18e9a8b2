-- module: key-ring, keys. Decision 0048. The keys that data keys are wrapped under come in generations, wrapped by a root key that can be changed and be kept elsewhere; the vault's can be sealed.

create table key_ring (
  name text not null,
  sealed_at timestamptz,
  sealed_because text,
  last_generation integer not null default 1,
  constraint key_ring_pk primary key (name),
  constraint key_ring_is_known check (name in ('records', 'vault')),
  constraint only_the_vault_is_sealed check (sealed_at is null or name = 'vault'),
  constraint sealed_key_ring_says_why check ((sealed_at is null) = (sealed_because is null))
);
comment on table key_ring is 'records: what Reeve signs, stamps and signs people in with; open while it runs. vault: what secrets and recordings are under; sealed_at says since when nothing of it opens, by order. last_generation: no number is given twice, also not that of one that was given up.';

create table root_key (
  ring text not null,
  id text not null,
  place text not null,
  settings jsonb not null,
  state text not null,
  made_at timestamptz not null,
  current_since timestamptz,
  constraint root_key_pk primary key (ring, id),
  constraint root_key_is_of_a_ring foreign key (ring) references key_ring (name),
  constraint root_key_id_tells_nothing_of_it check (id ~ '^[0-9a-f]{16}$'),
  constraint root_key_place_is_known check (place in ('file', 'shamir', 'pkcs11')),
  constraint root_key_state_is_known check (state in ('prepared', 'current', 'former')),
  constraint root_key_of_records_asks_nobody check (ring <> 'records' or place <> 'shamir'),
  constraint root_key_settings_are_an_object check (jsonb_typeof(settings) = 'object')
);
create unique index one_root_key_is_current on root_key (ring) where state = 'current';
create unique index one_root_key_is_prepared on root_key (ring) where state = 'prepared';
comment on table root_key is 'Where the root key of a ring is kept; never the key. id is a digest. prepared: it wraps the ring already and takes over once every share is with its holder.';
comment on column root_key.settings is 'file: its name in the folder of root_key_file. shamir: threshold and the digests of the shares. pkcs11: nothing, the configuration names the token.';

create table ring_key (
  ring text not null,
  generation integer not null,
  state text not null,
  handed_on bytea,
  made_at timestamptz not null,
  constraint ring_key_pk primary key (ring, generation),
  constraint ring_key_is_of_a_ring foreign key (ring) references key_ring (name),
  constraint ring_key_generations_count_from_one check (generation >= 1),
  constraint ring_key_state_is_known check (state in ('prepared', 'announced', 'current', 'opening')),
  constraint ring_key_is_handed_on_until_it_seals check (handed_on is null or state in ('prepared', 'announced'))
);
create unique index one_ring_key_is_current on ring_key (ring) where state = 'current';
create unique index one_ring_key_comes_next on ring_key (ring) where state in ('prepared', 'announced');
comment on table ring_key is 'Generations of a ring''s key. current seals and opens. opening: opens what is still under it. announced: takes over once every node that runs has it. prepared: of a root key that is prepared.';
comment on column ring_key.handed_on is 'The key under the generation before it, for nodes that run and cannot ask for shares; gone once it seals.';

create table ring_key_wrap (
  ring text not null,
  generation integer not null,
  root_key text not null,
  wrapped bytea not null,
  constraint ring_key_wrap_pk primary key (ring, generation, root_key),
  constraint ring_key_wrap_is_of_a_generation foreign key (ring, generation) references ring_key (ring, generation),
  constraint ring_key_wrap_is_by_a_root_key foreign key (ring, root_key) references root_key (ring, id)
);
comment on table ring_key_wrap is 'Each generation, wrapped by the root key and bound to ring, generation and root key. What a former root key wrapped is deleted when another takes over.';

create table root_key_share (
  ring text not null,
  root_key text not null,
  place integer not null,
  holder_id uuid not null,
  sealed bytea,
  taken_at timestamptz,
  constraint root_key_share_pk primary key (ring, root_key, place),
  constraint root_key_share_is_of_a_root_key foreign key (ring, root_key) references root_key (ring, id),
  constraint root_key_share_is_for_somebody foreign key (holder_id) references identity (id),
  constraint root_key_share_is_kept_until_taken check ((sealed is null) = (taken_at is not null))
);
comment on table root_key_share is 'Who is to have which share of a root key. It is kept, sealed, until its holder took it, once; then only they have it.';

create table key_node (
  node text not null,
  ring text not null,
  state text not null,
  loaded integer not null,
  sealing integer not null,
  seen_at timestamptz not null default clock_timestamp(),
  constraint key_node_pk primary key (node, ring)
);
comment on table key_node is 'Which generation a running node can open up to, and seals under. A generation takes over once every node seen lately has it.';

create table rewrap_part (
  ring text not null,
  generation integer not null,
  part text not null,
  rows_done bigint not null default 0,
  rows_left bigint,
  finished_at timestamptz,
  constraint rewrap_part_pk primary key (ring, generation, part),
  constraint rewrap_part_is_of_a_generation foreign key (ring, generation) references ring_key (ring, generation)
);
comment on table rewrap_part is 'How far data keys were put under a generation, by kind of thing. What is left at the end did not open: rows_left.';
