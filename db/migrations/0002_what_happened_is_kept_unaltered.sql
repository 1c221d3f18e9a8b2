-- module: audit. What happened is inserted once, by the transaction it happened in, and never changed or removed.

create function audit_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'the audit log is append-only: % on % is refused', tg_op, tg_table_name
    using errcode = 'restrict_violation';
end
$$;
comment on function audit_is_append_only() is
  'The database refuses to alter the log. Whoever switches this off is found by the verifier, since the tree is signed.';

create table audit_event (
  id uuid constraint audit_event_has_an_id primary key,
  xid xid8 not null default pg_current_xact_id(),
  at timestamptz not null,
  type text not null,
  actor_kind text not null,
  actor_id text not null,
  via text not null,
  signin_id text,
  address text,
  subject_id uuid,
  trace text not null,
  decision_id text,
  policies jsonb not null,
  data jsonb not null,
  sealed jsonb not null,
  leaf bytea not null,
  stamp bytea not null,
  constraint audit_event_actor_is_a_principal check (actor_kind in ('identity', 'component', 'anonymous')),
  constraint audit_event_leaf_is_a_sha256 check (octet_length(leaf) = 32),
  constraint audit_event_data_is_an_object check (jsonb_typeof(data) = 'object'),
  constraint audit_event_sealed_is_an_object check (jsonb_typeof(sealed) = 'object'),
  constraint audit_event_policies_are_a_list check (jsonb_typeof(policies) = 'array')
);
comment on table audit_event is
  'What happened, by whom, to whom, and which decision allowed it. data holds the public fields; sealed holds personal fields as ciphertext under the key of their subject. leaf is the RFC 6962 leaf hash of all of it; stamp shows that Reeve wrote the row.';
comment on column audit_event.xid is
  'The transaction that wrote the row. Entries are numbered in the order (xid, id) once every older transaction has ended.';
comment on column audit_event.address is
  'Where the asker came from. Kept in clear only where no person is known; otherwise sealed under the actor''s key as @address.';
create index audit_event_in_commit_order on audit_event (xid, id);
create index audit_event_by_subject on audit_event (subject_id, id) where subject_id is not null;
create index audit_event_by_actor on audit_event (actor_id, id);
create index audit_event_by_type on audit_event (type, id);

create table audit_leaf (
  seq bigint constraint audit_leaf_has_a_number primary key,
  event_id uuid not null constraint audit_leaf_numbers_an_event_once unique,
  hash bytea not null,
  constraint audit_leaf_numbers_start_at_zero check (seq >= 0),
  constraint audit_leaf_hash_is_a_sha256 check (octet_length(hash) = 32)
);
comment on table audit_leaf is
  'The log in order: leaf hash number seq. No foreign key to audit_event, so that a removed event stays missed here.';

create table audit_node (
  level smallint not null,
  index bigint not null,
  hash bytea not null,
  constraint audit_node_is_one_place_in_the_tree primary key (level, index),
  constraint audit_node_covers_whole_tiles check (level > 0 and level % 8 = 0),
  constraint audit_node_hash_is_a_sha256 check (octet_length(hash) = 32)
);
comment on table audit_node is
  'Roots of complete subtrees of 256, 65536, … leaves, so that a proof reads a few hundred hashes whatever the size of the log.';

create table audit_checkpoint (
  size bigint constraint audit_checkpoint_is_of_one_size primary key,
  root bytea not null,
  note text not null,
  edge bytea not null,
  last_xid xid8 not null,
  last_id uuid not null,
  at timestamptz not null,
  constraint audit_checkpoint_covers_something check (size > 0),
  constraint audit_checkpoint_root_is_a_sha256 check (octet_length(root) = 32),
  constraint audit_checkpoint_edge_is_a_list_of_sha256 check (octet_length(edge) % 32 = 0)
);
comment on table audit_checkpoint is
  'Signed tree heads (C2SP tlog-checkpoint). edge is the tree''s right edge at this size, to grow it from; last_xid and last_id are where numbering goes on.';

create table audit_refused (
  event_id uuid constraint audit_refused_names_an_event primary key,
  found_at timestamptz not null
);
comment on table audit_refused is
  'Rows of audit_event that Reeve did not write: their stamp is wrong. They are never numbered, and the verifier names them.';

create table subject_key (
  subject_id uuid constraint subject_key_is_one_per_subject primary key,
  wrapped bytea,
  legal_hold text,
  created_at timestamptz not null,
  erased_at timestamptz,
  constraint subject_key_is_there_until_erased check ((wrapped is null) = (erased_at is not null)),
  constraint subject_key_on_legal_hold_is_not_erased check (legal_hold is null or erased_at is null)
);
comment on table subject_key is
  'The key each subject''s personal fields are sealed under, wrapped by the root key. Erasing it makes them unreadable for ever, while the log still verifies.';

create trigger audit_event_is_append_only before update or delete or truncate on audit_event
  for each statement execute function audit_is_append_only();
create trigger audit_leaf_is_append_only before update or delete or truncate on audit_leaf
  for each statement execute function audit_is_append_only();
create trigger audit_node_is_append_only before update or delete or truncate on audit_node
  for each statement execute function audit_is_append_only();
create trigger audit_checkpoint_is_append_only before update or delete or truncate on audit_checkpoint
  for each statement execute function audit_is_append_only();
create trigger audit_refused_is_append_only before update or delete or truncate on audit_refused
  for each statement execute function audit_is_append_only();
