-- module: graph, decide. Decision 0040. What a few people or things lead to is read by a plan that is made once a connection, and rules about who runs Reeve are listed whole.

-- The same walk as src/spine/graph/closure/read-edges.ts makes for many, or by what was known at an instant: a test holds
-- one to the other. By index alone, so that the plan that is kept is right whatever the tables held when it was made.
create function access_edges_from(people uuid[], entitlements uuid[], roles uuid[], accounts uuid[], since timestamptz, until timestamptz)
returns table (from_kind text, from_id uuid, kind text, id uuid, name text, system_id uuid, privileged boolean, valid_from timestamptz, valid_to timestamptz)
language plpgsql stable rows 100
set plan_cache_mode = force_generic_plan set jit = off set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_bitmapscan = off as $$
#variable_conflict use_column
begin
  return query
  with recursive
  origin(from_kind, from_id, kind, id, name, system_id, privileged, valid_from, valid_to) as (
    select 'identity', o.identity_id, 'account', a.id, a.name, a.system_id, a.privileged, greatest(o.valid_from, a.valid_from), least(o.valid_to, a.valid_to)
      from account_owner o join account a on a.id = o.account_id
     where o.identity_id = any(people) and o.valid_from <= until and (o.valid_to is null or o.valid_to > since)
       and a.valid_from <= until and (a.valid_to is null or a.valid_to > since)
    union all
    select 'identity', g.identity_id, 'grant', g.id, g.origin, null::uuid, false, g.valid_from, g.valid_to
      from access_grant g
     where g.identity_id = any(people) and g.valid_from <= until and (g.valid_to is null or g.valid_to > since)
    union all
    select 'ask', t.id, 'entitlement', t.id, t.name, t.system_id, t.privileged, t.valid_from, t.valid_to
      from entitlement t where t.id = any(entitlements) and t.valid_from <= until and (t.valid_to is null or t.valid_to > since)
    union all
    select 'ask', r.id, 'role', r.id, r.name, null::uuid, false, r.valid_from, r.valid_to
      from role r where r.id = any(roles) and r.valid_from <= until and (r.valid_to is null or r.valid_to > since)
    union all
    select 'ask', a.id, 'account', a.id, a.name, a.system_id, a.privileged, a.valid_from, a.valid_to
      from account a where a.id = any(accounts) and a.valid_from <= until and (a.valid_to is null or a.valid_to > since)
  ),
  edge(from_kind, from_id, kind, id, name, system_id, privileged, valid_from, valid_to) as (
    select * from origin
    union
    select e.kind, e.id, n.kind, n.id, n.name, n.system_id, n.privileged, n.valid_from, n.valid_to
      from edge e cross join lateral (
        select 'entitlement', t.id, t.name, t.system_id, t.privileged, greatest(g.valid_from, t.valid_from), least(g.valid_to, t.valid_to)
          from access_grant g join entitlement t on t.id = g.entitlement_id
         where e.kind = 'grant' and g.id = e.id and g.valid_from <= until and (g.valid_to is null or g.valid_to > since)
           and t.valid_from <= until and (t.valid_to is null or t.valid_to > since)
        union all
        select 'role', r.id, r.name, null::uuid, false, greatest(g.valid_from, r.valid_from), least(g.valid_to, r.valid_to)
          from access_grant g join role r on r.id = g.role_id
         where e.kind = 'grant' and g.id = e.id and g.valid_from <= until and (g.valid_to is null or g.valid_to > since)
           and r.valid_from <= until and (r.valid_to is null or r.valid_to > since)
        union all
        select 'entitlement', t.id, t.name, t.system_id, t.privileged, greatest(c.valid_from, t.valid_from), least(c.valid_to, t.valid_to)
          from role_content c join entitlement t on t.id = c.entitlement_id
         where e.kind = 'role' and c.role_id = e.id and c.valid_from <= until and (c.valid_to is null or c.valid_to > since)
           and t.valid_from <= until and (t.valid_to is null or t.valid_to > since)
        union all
        select 'role', r.id, r.name, null::uuid, false, greatest(c.valid_from, r.valid_from), least(c.valid_to, r.valid_to)
          from role_content c join role r on r.id = c.child_role_id
         where e.kind = 'role' and c.role_id = e.id and c.valid_from <= until and (c.valid_to is null or c.valid_to > since)
           and r.valid_from <= until and (r.valid_to is null or r.valid_to > since)
        union all
        select 'entitlement', t.id, t.name, t.system_id, t.privileged, greatest(n.valid_from, t.valid_from), least(n.valid_to, t.valid_to)
          from entitlement_edge n join entitlement t on t.id = n.child_id
         where e.kind = 'entitlement' and n.parent_id = e.id and n.valid_from <= until and (n.valid_to is null or n.valid_to > since)
           and t.valid_from <= until and (t.valid_to is null or t.valid_to > since)
        union all
        select 'account', a.id, a.name, a.system_id, a.privileged, greatest(t.valid_from, a.valid_from), least(t.valid_to, a.valid_to)
          from entitlement t join account a on a.id = t.account_id
         where e.kind = 'entitlement' and t.id = e.id and t.valid_from <= until and (t.valid_to is null or t.valid_to > since)
           and a.valid_from <= until and (a.valid_to is null or a.valid_to > since)
        union all
        select 'entitlement', t.id, t.name, t.system_id, t.privileged, greatest(h.valid_from, t.valid_from), least(h.valid_to, t.valid_to)
          from holding h join entitlement t on t.id = h.entitlement_id
         where e.kind = 'account' and h.account_id = e.id and h.valid_from <= until and (h.valid_to is null or h.valid_to > since)
           and t.valid_from <= until and (t.valid_to is null or t.valid_to > since)
      ) n(kind, id, name, system_id, privileged, valid_from, valid_to)
  )
  select * from edge e order by e.kind, e.name, e.id, e.from_kind, e.from_id, e.valid_from;
end $$;
comment on function access_edges_from(uuid[], uuid[], uuid[], uuid[], timestamptz, timestamptz) is 'Every edge that can be walked from the origins at some instant from since to until, each once: what the closure of access is made of.';

-- The first letters of a search find very many: their page is walked in order from here, and their counts are taken from every sixteenth entry.
create index catalogue_entry_by_first_letter on catalogue_entry (left(search, 2), name, entitlement_id);
create index catalogue_entry_by_first_letters on catalogue_entry (left(search, 3), name, entitlement_id);
alter table catalogue_entry add column words_of_name text not null generated always as (catalogue_text(name)) stored;
comment on column catalogue_entry.words_of_name is 'The name as it is searched: a word of it that begins so is nearer than one of anything else.';
create index catalogue_entry_by_words_of_name on catalogue_entry using gin (words_of_name gin_trgm_ops);
create index catalogue_entry_sample on catalogue_entry (entitlement_id) where (uuid_hash(entitlement_id) & 15) = 0;

-- Rules about who runs Reeve that are about what is done and not about what is held: every rule that binds Reeve is one that can be seen.
alter table sod_rule
  add column acts text[],
  drop constraint sod_rule_counts_in_a_known_way,
  add constraint sod_rule_counts_in_a_known_way check (counts in ('held', 'same_session', 'same_window', 'act')),
  add constraint sod_rule_about_acts_names_two check ((counts = 'act') = (acts is not null) and (acts is null or cardinality(acts) >= 2)),
  add constraint sod_rule_about_acts_is_always_enforced check (counts <> 'act' or mode = 'enforce');
comment on column sod_rule.counts is 'held: the sides must not be held together. same_session, same_window: they may be held, and not be used in one session or within window_seconds. act: what is done is refused to whoever would do both to one thing, by the decision point, always.';
comment on column sod_rule.acts is 'What one person does not do both of to one thing, where it counts acts; no entitlement fills it.';
call make_bitemporal('sod_rule');

insert into sod_rule (id, name, risk, severity, mode, counts, acts, library_id, valid_from, recorded_from) values
  ('00000000-0000-7000-8000-000000000508', 'Request access / Approve access', 'Access can be self-approved.', 'high', 'enforce', 'act', '{Request access,Approve access}', 'IT-08', '2000-01-01T00:00:00Z', '2000-01-01T00:00:00Z'),
  ('00000000-0000-7000-8000-000000000510', 'Administer vault and safes / Use vaulted privileged accounts', 'Self-granted use of top secrets without a second person.', 'critical', 'enforce', 'act', '{Administer vault and safes,Use vaulted privileged accounts}', 'IT-10', '2000-01-01T00:00:00Z', '2000-01-01T00:00:00Z'),
  ('00000000-0000-7000-8000-000000000511', 'Approve privileged checkouts / Use vaulted privileged accounts', 'Privileged access can be self-approved or mutually approved.', 'high', 'enforce', 'act', '{Approve privileged checkouts,Use vaulted privileged accounts}', 'IT-11', '2000-01-01T00:00:00Z', '2000-01-01T00:00:00Z'),
  ('00000000-0000-7000-8000-000000000516', 'Manage log retention and deletion / Administer the audited system', 'Evidence can be shortened or purged by those it covers.', 'high', 'enforce', 'act', '{Manage log retention and deletion,Administer the audited system}', 'IT-16', '2000-01-01T00:00:00Z', '2000-01-01T00:00:00Z'),
  ('00000000-0000-7000-8000-000000000518', 'Maintain SoD rules and exceptions / Hold conflicting business duties', 'Rules can be softened to hide one''s own conflict.', 'high', 'enforce', 'act', '{Maintain SoD rules and exceptions,Hold conflicting business duties}', 'IT-18', '2000-01-01T00:00:00Z', '2000-01-01T00:00:00Z'),
  ('00000000-0000-7000-8000-000000000522', 'Execute erasure / destroy subject keys / Approve erasure or lift legal hold', 'Evidence about a person can be destroyed under the cover of privacy.', 'high', 'enforce', 'act', '{"Execute erasure / destroy subject keys",Approve erasure or lift legal hold}', 'IT-22', '2000-01-01T00:00:00Z', '2000-01-01T00:00:00Z');
