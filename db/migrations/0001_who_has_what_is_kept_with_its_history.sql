-- module: graph. One bitemporal graph of who has what: grants are what should be, holdings are what is, and the difference is drift.

-- Lets an exclusion constraint compare a uuid or a text for equality beside a time range. Ships with PostgreSQL and is trusted.
create extension if not exists btree_gist;

create table identity (
  id uuid not null,
  kind text not null,
  recorded_from timestamptz not null default reeve_now(),
  constraint identity_pkey primary key (id),
  constraint identity_kind_is_known check (kind in ('person', 'service', 'workload', 'vendor', 'agent'))
);
comment on table identity is 'Someone or something that can have access. The id is random and never derived from personal data; all that is known about it is in identity_facts.';

create table identity_facts (
  identity_id uuid not null,
  display_name text not null,
  email text,
  username text,
  state text not null,
  department text,
  job_title text,
  org_unit text,
  manager_id uuid,
  owner_id uuid,
  contract_end timestamptz,
  attributes jsonb not null default '{}',
  valid_from timestamptz not null,
  valid_to timestamptz,
  recorded_from timestamptz not null default reeve_now(),
  constraint identity_facts_pkey primary key (identity_id, valid_from),
  constraint identity_facts_are_about_an_identity foreign key (identity_id) references identity (id),
  constraint identity_manager_is_an_identity foreign key (manager_id) references identity (id),
  constraint identity_owner_is_an_identity foreign key (owner_id) references identity (id),
  constraint identity_state_is_known check (state in ('pre_hire', 'active', 'leave', 'suspended', 'leaver')),
  constraint identity_has_a_name check (btrim(display_name) <> ''),
  constraint identity_username_is_not_blank check (btrim(username) <> ''),
  constraint identity_does_not_manage_itself check (manager_id <> identity_id),
  constraint identity_does_not_own_itself check (owner_id <> identity_id),
  constraint identity_attributes_are_an_object check (jsonb_typeof(attributes) = 'object'),
  constraint identity_facts_end_after_they_begin check (valid_to > valid_from),
  constraint identity_facts_do_not_overlap exclude using gist (
    uuid_hash_extended(identity_id, 0) with =, tstzrange(valid_from, valid_to) with &&
  ) deferrable initially immediate,
  constraint username_is_one_identitys_at_a_time exclude using gist (
    hashtextextended(lower(username), 0) with =, tstzrange(valid_from, valid_to) with &&
  ) where (username is not null) deferrable initially immediate
);
-- Rules against overlap compare hashes: seven times cheaper to keep than names, and never taken for the index of a lookup. Two of a million
-- names or ids sharing one of 64 bits is as likely as 1 in 36 million.
comment on table identity_facts is 'What is true of an identity from valid_from until valid_to; slices follow one another and never overlap.';
create index identity_facts_by_username on identity_facts (lower(username) text_pattern_ops);
create index identity_facts_by_name on identity_facts (lower(display_name) text_pattern_ops);
create index identity_facts_in_order on identity_facts (display_name, identity_id);
create index identity_facts_by_email on identity_facts (lower(email) text_pattern_ops);
create index identity_facts_by_manager on identity_facts (manager_id) where manager_id is not null;
create index identity_facts_by_owner on identity_facts (owner_id) where owner_id is not null;
create index identity_facts_by_department on identity_facts (department) where valid_to is null;
create index identity_facts_by_contract_end on identity_facts (contract_end) where contract_end is not null and valid_to is null;

create table system (
  id uuid not null,
  name text not null,
  kind text not null,
  host text not null default '',
  port integer not null default 0,
  settings jsonb not null default '{}',
  pinned text[] not null default '{}',
  owner_id uuid,
  credential_secret_id uuid,
  last_read_at timestamptz,
  valid_from timestamptz not null,
  valid_to timestamptz,
  recorded_from timestamptz not null default reeve_now(),
  constraint system_pkey primary key (id),
  constraint system_name_is_one_systems unique (name),
  constraint system_name_can_follow_an_at_sign check (name ~ '^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$'),
  constraint system_kind_is_not_blank check (btrim(kind) <> ''),
  constraint system_port_is_a_port check (port between 0 and 65535),
  constraint system_settings_are_an_object check (jsonb_typeof(settings) = 'object'),
  constraint system_owner_is_an_identity foreign key (owner_id) references identity (id),
  constraint system_ends_after_it_begins check (valid_to > valid_from)
);
comment on table system is 'A target Reeve reads and changes, and Reeve itself (kind reeve). credential_secret_id names the vault''s secret it is reached with; never a secret here.';
comment on column system.last_read_at is 'When the last whole, trusted reading of it began: every live row read from it was still so then.';

create table account (
  id uuid not null,
  system_id uuid not null,
  native_id text not null,
  name text not null,
  kind text not null default 'unknown',
  state text not null default 'active',
  identity_id uuid,
  linked_because text,
  privileged boolean not null default false,
  privileged_because jsonb not null default '[]',
  attributes jsonb not null default '{}',
  last_used_at timestamptz,
  valid_from timestamptz not null,
  valid_to timestamptz,
  recorded_from timestamptz not null default reeve_now(),
  constraint account_pkey primary key (id),
  constraint account_is_on_a_system foreign key (system_id) references system (id),
  constraint account_owner_is_an_identity foreign key (identity_id) references identity (id),
  constraint account_kind_is_known check (kind in ('personal', 'service', 'shared', 'unknown')),
  constraint account_state_is_known check (state in ('active', 'locked', 'gone')),
  constraint account_is_gone_exactly_when_it_ended check ((state = 'gone') = (valid_to is not null)),
  constraint account_native_id_is_not_blank check (native_id <> ''),
  constraint account_has_a_name check (name <> ''),
  constraint linked_account_has_an_owner check (linked_because is null or identity_id is not null),
  constraint privileged_reasons_are_a_list check (jsonb_typeof(privileged_because) = 'array'),
  constraint privileged_account_says_why check (
    privileged = (jsonb_typeof(privileged_because) = 'array' and privileged_because <> '[]')
  ),
  constraint account_attributes_are_an_object check (jsonb_typeof(attributes) = 'object'),
  constraint account_does_not_end_before_it_begins check (valid_to >= valid_from)
);
comment on table account is 'An account on a system, as last read. Ended (state gone), never deleted; one that appears again is a new row with no owner.';
comment on column account.privileged_because is 'List of {source, reason, evidence}; a reading replaces its own entries (source reading) and leaves the others.';
comment on column account.last_used_at is 'Null means unknown, never unused.';
create unique index account_native_id_is_one_accounts_while_present on account (system_id, native_id) where valid_to is null;
create index account_by_name on account (system_id, name) where valid_to is null;
create index account_by_identity on account (identity_id) where identity_id is not null;
create index orphan_account_by_system on account (system_id, id) where identity_id is null and valid_to is null;
create index privileged_account_by_system on account (system_id, id) where privileged and valid_to is null;

create table account_owner (
  account_id uuid not null,
  identity_id uuid not null,
  valid_from timestamptz not null,
  valid_to timestamptz,
  recorded_from timestamptz not null default reeve_now(),
  constraint account_owner_pkey primary key (account_id, valid_from),
  constraint owned_account_is_an_account foreign key (account_id) references account (id),
  constraint owner_of_account_is_an_identity foreign key (identity_id) references identity (id),
  constraint account_owner_does_not_end_before_it_begins check (valid_to >= valid_from),
  constraint account_has_one_owner_at_a_time exclude using gist (
    uuid_hash_extended(account_id, 0) with =, tstzrange(valid_from, valid_to) with &&
  )
);
comment on table account_owner is 'Whose an account was from when until when. Written by trigger from account.identity_id, so that a question about the past names the owner of then.';
create index account_owner_by_identity on account_owner (identity_id, account_id);

create table entitlement (
  id uuid not null,
  system_id uuid not null,
  kind text not null,
  native_id text not null,
  name text not null,
  description text,
  owner_id uuid,
  risk text not null default 'medium',
  privileged boolean not null default false,
  privileged_on_target boolean not null default false,
  marked_privileged boolean not null default false,
  requestable boolean not null default false,
  max_seconds integer,
  account_id uuid,
  source text not null default 'reeve',
  attributes jsonb not null default '{}',
  valid_from timestamptz not null,
  valid_to timestamptz,
  recorded_from timestamptz not null default reeve_now(),
  constraint entitlement_pkey primary key (id),
  constraint entitlement_is_on_a_system foreign key (system_id) references system (id),
  constraint entitlement_owner_is_an_identity foreign key (owner_id) references identity (id),
  constraint entitlement_account_is_an_account foreign key (account_id) references account (id),
  constraint entitlement_kind_is_not_blank check (btrim(kind) <> ''),
  constraint entitlement_native_id_is_not_blank check (native_id <> ''),
  constraint entitlement_has_a_name check (btrim(name) <> ''),
  constraint entitlement_risk_is_known check (risk in ('low', 'medium', 'high', 'critical')),
  constraint entitlement_source_is_known check (source in ('reading', 'reeve')),
  constraint entitlement_is_privileged_where_marked_or_read_so check (privileged or not (marked_privileged or privileged_on_target)),
  constraint requestable_entitlement_has_owner_and_description check (
    not requestable or (owner_id is not null and description is not null and btrim(description) <> '')
  ),
  constraint entitlement_to_an_account_names_it check ((kind = 'account') = (account_id is not null)),
  constraint entitlement_lasts_some_time check (max_seconds > 0),
  constraint entitlement_attributes_are_an_object check (jsonb_typeof(attributes) = 'object'),
  constraint entitlement_does_not_end_before_it_begins check (valid_to >= valid_from)
);
comment on table entitlement is 'Something on a system that can be held: a group, a role, a sudo rule, the use of a shared account (kind account), an admin role of Reeve (kind admin_role).';
comment on column entitlement.source is 'reading: read from the target and ended when it is no longer there. reeve: made here, a reading never ends it.';
comment on column entitlement.privileged_on_target is 'What the last reading said; withdrawing the mark falls back to it.';
create unique index entitlement_native_id_is_one_entitlements_while_present on entitlement (system_id, native_id) where valid_to is null;
create unique index account_has_one_entitlement_to_it on entitlement (account_id) where account_id is not null and valid_to is null;
create index entitlement_by_account on entitlement (account_id) where account_id is not null;
create index entitlement_by_name on entitlement (lower(name) text_pattern_ops) where valid_to is null;
create index entitlement_in_order on entitlement (name, id) where valid_to is null;
create index requestable_entitlement on entitlement (id) where requestable and valid_to is null;
create index entitlement_by_owner on entitlement (owner_id) where owner_id is not null;

create table entitlement_edge (
  parent_id uuid not null,
  child_id uuid not null,
  source text not null default 'reeve',
  valid_from timestamptz not null,
  valid_to timestamptz,
  recorded_from timestamptz not null default reeve_now(),
  constraint entitlement_edge_pkey primary key (parent_id, child_id, valid_from),
  constraint edge_parent_is_an_entitlement foreign key (parent_id) references entitlement (id),
  constraint edge_child_is_an_entitlement foreign key (child_id) references entitlement (id),
  constraint edge_source_is_known check (source in ('reading', 'reeve')),
  constraint entitlement_does_not_imply_itself check (parent_id <> child_id),
  constraint edge_does_not_end_before_it_begins check (valid_to >= valid_from)
);
comment on table entitlement_edge is 'Holding parent implies holding child (nested groups). Targets may nest in circles, so cycles are allowed here and the closure ends on them.';
create unique index edge_is_there_once on entitlement_edge (parent_id, child_id) where valid_to is null;
create index edge_by_child on entitlement_edge (child_id, parent_id);

create table role (
  id uuid not null,
  name text not null,
  description text,
  owner_id uuid,
  risk text not null default 'medium',
  requestable boolean not null default false,
  max_seconds integer,
  valid_from timestamptz not null,
  valid_to timestamptz,
  recorded_from timestamptz not null default reeve_now(),
  constraint role_pkey primary key (id),
  constraint role_owner_is_an_identity foreign key (owner_id) references identity (id),
  constraint role_has_a_name check (btrim(name) <> ''),
  constraint role_risk_is_known check (risk in ('low', 'medium', 'high', 'critical')),
  constraint requestable_role_has_owner_and_description check (
    not requestable or (owner_id is not null and description is not null and btrim(description) <> '')
  ),
  constraint role_lasts_some_time check (max_seconds > 0),
  constraint role_does_not_end_before_it_begins check (valid_to >= valid_from)
);
comment on table role is 'A named bundle of entitlements and other roles, given as one grant.';
create unique index role_name_is_one_roles_while_present on role (lower(name)) where valid_to is null;

create table role_content (
  id uuid not null,
  role_id uuid not null,
  entitlement_id uuid,
  child_role_id uuid,
  valid_from timestamptz not null,
  valid_to timestamptz,
  recorded_from timestamptz not null default reeve_now(),
  constraint role_content_pkey primary key (id),
  constraint role_content_is_in_a_role foreign key (role_id) references role (id),
  constraint role_content_is_an_entitlement foreign key (entitlement_id) references entitlement (id),
  constraint role_content_is_a_role foreign key (child_role_id) references role (id),
  constraint role_content_is_one_entitlement_or_one_role check (num_nonnulls(entitlement_id, child_role_id) = 1),
  constraint role_does_not_contain_itself check (child_role_id <> role_id),
  constraint role_content_does_not_end_before_it_begins check (valid_to >= valid_from)
);
comment on table role_content is 'What a role is made of. Longer circles of roles are refused by set_role_content with their path.';
create unique index role_content_is_there_once on role_content (role_id, coalesce(entitlement_id, child_role_id)) where valid_to is null;
create index role_content_by_role on role_content (role_id);
create index role_content_by_entitlement on role_content (entitlement_id) where entitlement_id is not null;
create index role_content_by_child_role on role_content (child_role_id) where child_role_id is not null;

create table access_grant (
  id uuid not null,
  identity_id uuid not null,
  entitlement_id uuid,
  role_id uuid,
  valid_from timestamptz not null,
  valid_to timestamptz,
  origin text not null,
  origin_id uuid,
  reason text,
  started boolean not null default false,
  ended_because text,
  recorded_from timestamptz not null default reeve_now(),
  constraint access_grant_pkey primary key (id),
  constraint grant_is_to_an_identity foreign key (identity_id) references identity (id),
  constraint grant_entitlement_is_an_entitlement foreign key (entitlement_id) references entitlement (id),
  constraint grant_role_is_a_role foreign key (role_id) references role (id),
  constraint grant_is_for_one_entitlement_or_one_role check (num_nonnulls(entitlement_id, role_id) = 1),
  constraint grant_origin_is_known check (origin in ('birthright', 'request', 'jit', 'exception', 'import', 'admin')),
  constraint grant_does_not_end_before_it_begins check (valid_to >= valid_from),
  constraint ended_grant_has_an_end check (ended_because is null or valid_to is not null),
  constraint grant_end_has_a_reason check (btrim(ended_because) <> '')
);
comment on table access_grant is 'What should be: an identity has an entitlement or a role from valid_from until valid_to, because of origin. The end never moves later.';
comment on column access_grant.started is 'Set when the beginning was carried out (event grant.started). A past valid_from without it is a start still to be carried out.';
comment on column access_grant.ended_because is 'Set when the end was carried out (event grant.ended). A past valid_to without it is a lapse still to be carried out.';
create index grant_by_identity on access_grant (identity_id, valid_from);
create index grant_by_entitlement on access_grant (entitlement_id) where entitlement_id is not null;
create index grant_by_role on access_grant (role_id) where role_id is not null;
create index grant_by_origin on access_grant (origin_id) where origin_id is not null;
create index grant_that_will_start on access_grant (valid_from) where not started and ended_because is null;
create index grant_that_will_lapse on access_grant (valid_to) where ended_because is null and valid_to is not null;

create table holding (
  account_id uuid not null,
  entitlement_id uuid not null,
  observed_at timestamptz not null,
  quality text not null default 'read',
  valid_from timestamptz not null,
  valid_to timestamptz,
  recorded_from timestamptz not null default reeve_now(),
  constraint holding_pkey primary key (account_id, entitlement_id, valid_from),
  constraint holding_is_an_accounts foreign key (account_id) references account (id),
  constraint holding_is_of_an_entitlement foreign key (entitlement_id) references entitlement (id),
  constraint holding_quality_is_known check (quality in ('read', 'read_back', 'reported')),
  constraint holding_does_not_end_before_it_begins check (valid_to >= valid_from)
);
comment on table holding is 'What is: an account has an entitlement on the target, as read.';
comment on column holding.observed_at is 'When this row was read or read back. A later whole reading that found it unchanged moves system.last_read_at only, so that reading 20 million unchanged rows writes none.';
comment on column holding.quality is 'read: in a whole reading. read_back: the one account was read. reported: told by a feed, not seen on the target.';
create unique index holding_is_there_once on holding (account_id, entitlement_id) where valid_to is null;
create index holding_by_entitlement on holding (entitlement_id, account_id);

-- A grant is a promise with a date: it is never pointed at something else, its end never moves later, and what ended stays ended.
create function keep_grant_promise() returns trigger language plpgsql as $$
begin
  if (new.id, new.identity_id, new.entitlement_id, new.role_id, new.valid_from, new.origin, new.origin_id, new.reason)
     is distinct from
     (old.id, old.identity_id, old.entitlement_id, old.role_id, old.valid_from, old.origin, old.origin_id, old.reason) then
    raise exception 'grant % cannot be pointed at something else; end it and start another', old.id
      using errcode = 'check_violation', constraint = 'grant_is_never_repointed', table = 'access_grant';
  end if;
  if old.valid_to is not null and (new.valid_to is null or new.valid_to > old.valid_to) then
    raise exception 'the end of grant % cannot move later; start another grant', old.id
      using errcode = 'check_violation', constraint = 'grant_end_never_moves_later', table = 'access_grant';
  end if;
  if old.started and not new.started then
    raise exception 'grant % has started and cannot be unstarted', old.id
      using errcode = 'check_violation', constraint = 'started_grant_stays_started', table = 'access_grant';
  end if;
  if old.ended_because is not null and new is distinct from old then
    raise exception 'grant % has ended and cannot change', old.id
      using errcode = 'check_violation', constraint = 'ended_grant_never_changes', table = 'access_grant';
  end if;
  return new;
end $$;
create trigger grant_promise before update on access_grant for each row execute function keep_grant_promise();

-- Who an account belongs to is found out once and true since the account began; a later owner is one from when it was said.
create function follow_account_owner() returns trigger language plpgsql as $$
declare
  since timestamptz := reeve_now();
begin
  if tg_op = 'UPDATE' then
    update account_owner set valid_to = greatest(valid_from, since) where account_id = new.id and valid_to is null;
  end if;
  if new.identity_id is not null then
    if not exists (select from account_owner where account_id = new.id) then
      since := new.valid_from;
    end if;
    insert into account_owner (account_id, identity_id, valid_from) values (new.id, new.identity_id, since)
      on conflict (account_id, valid_from) do update set identity_id = excluded.identity_id, valid_to = null;
  end if;
  return null;
end $$;
create trigger follow_owner_on_insert after insert on account for each row
  when (new.identity_id is not null) execute function follow_account_owner();
create trigger follow_owner_on_update after update of identity_id on account for each row
  when (new.identity_id is distinct from old.identity_id) execute function follow_account_owner();

-- The graph forgets nothing: rows get an end, they are not deleted. (Facts of an identity are rewritten slice by slice; their history stays.)
create function refuse_graph_delete() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % are ended, not deleted', tg_table_name
    using errcode = 'check_violation', constraint = 'graph_rows_are_ended_not_deleted', table = tg_table_name;
end $$;
create trigger refuse_delete before delete on identity for each statement execute function refuse_graph_delete();
create trigger refuse_delete before delete on system for each statement execute function refuse_graph_delete();
create trigger refuse_delete before delete on account for each statement execute function refuse_graph_delete();
create trigger refuse_delete before delete on account_owner for each statement execute function refuse_graph_delete();
create trigger refuse_delete before delete on entitlement for each statement execute function refuse_graph_delete();
create trigger refuse_delete before delete on entitlement_edge for each statement execute function refuse_graph_delete();
create trigger refuse_delete before delete on role for each statement execute function refuse_graph_delete();
create trigger refuse_delete before delete on role_content for each statement execute function refuse_graph_delete();
create trigger refuse_delete before delete on access_grant for each statement execute function refuse_graph_delete();
create trigger refuse_delete before delete on holding for each statement execute function refuse_graph_delete();

call make_bitemporal('identity');
call make_bitemporal('identity_facts');
call make_bitemporal('system');
call make_bitemporal('account');
call make_bitemporal('account_owner');
call make_bitemporal('entitlement');
call make_bitemporal('entitlement_edge');
call make_bitemporal('role');
call make_bitemporal('role_content');
call make_bitemporal('access_grant');
call make_bitemporal('holding');

-- "As we knew it then" walks the history by the same keys as the present.
create index identity_facts_history_walk on identity_facts_history (identity_id, recorded_to);
create index account_owner_history_by_account on account_owner_history (account_id, recorded_to);
create index account_owner_history_by_identity on account_owner_history (identity_id, recorded_to);
create index entitlement_history_by_account on entitlement_history (account_id, recorded_to) where account_id is not null;
create index entitlement_edge_history_by_parent on entitlement_edge_history (parent_id, recorded_to);
create index entitlement_edge_history_by_child on entitlement_edge_history (child_id, recorded_to);
create index role_content_history_by_role on role_content_history (role_id, recorded_to);
create index role_content_history_by_entitlement on role_content_history (entitlement_id, recorded_to) where entitlement_id is not null;
create index role_content_history_by_child_role on role_content_history (child_role_id, recorded_to) where child_role_id is not null;
create index access_grant_history_by_identity on access_grant_history (identity_id, recorded_to);
create index access_grant_history_by_entitlement on access_grant_history (entitlement_id, recorded_to) where entitlement_id is not null;
create index access_grant_history_by_role on access_grant_history (role_id, recorded_to) where role_id is not null;
create index holding_history_by_account on holding_history (account_id, recorded_to);
create index holding_history_by_entitlement on holding_history (entitlement_id, recorded_to);

-- Reeve is a system like any other: an admin role is an entitlement on it, and holding one is a live grant.
insert into system (id, name, kind, valid_from, recorded_from) values
  ('00000000-0000-7000-8000-000000000001', 'reeve', 'reeve', '2000-01-01T00:00:00Z', '2000-01-01T00:00:00Z');
insert into entitlement (id, system_id, kind, native_id, name, description, risk, privileged, marked_privileged, max_seconds, valid_from, recorded_from) values
  ('00000000-0000-7000-8000-000000000011', '00000000-0000-7000-8000-000000000001', 'admin_role', 'administrator', 'administrator',
   'Runs Reeve: systems, feeds, policies, settings and who administers it.', 'critical', true, true, null, '2000-01-01T00:00:00Z', '2000-01-01T00:00:00Z'),
  ('00000000-0000-7000-8000-000000000012', '00000000-0000-7000-8000-000000000001', 'admin_role', 'security_officer', 'security_officer',
   'Watches and ends sessions, answers alerts, reviews recordings and separation of duties.', 'critical', true, true, null, '2000-01-01T00:00:00Z', '2000-01-01T00:00:00Z'),
  ('00000000-0000-7000-8000-000000000013', '00000000-0000-7000-8000-000000000001', 'admin_role', 'auditor', 'auditor',
   'Reads everything and changes nothing.', 'high', true, true, null, '2000-01-01T00:00:00Z', '2000-01-01T00:00:00Z'),
  ('00000000-0000-7000-8000-000000000014', '00000000-0000-7000-8000-000000000001', 'admin_role', 'campaign_owner', 'campaign_owner',
   'Starts and closes certification campaigns and follows their progress.', 'medium', false, false, null, '2000-01-01T00:00:00Z', '2000-01-01T00:00:00Z'),
  ('00000000-0000-7000-8000-000000000015', '00000000-0000-7000-8000-000000000001', 'admin_role', 'helpdesk', 'helpdesk',
   'Finds people and their accounts, and helps them sign in again.', 'high', true, true, null, '2000-01-01T00:00:00Z', '2000-01-01T00:00:00Z');
