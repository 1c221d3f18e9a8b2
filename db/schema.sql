-- The whole schema as the migrations in this folder make it. Generated (npm run fix); read it, review it, do not edit it.
-- A database is built by running the migrations, never from this file.

create extension btree_gist;

create extension pg_trgm;

create sequence ssh_certificate_serial;

CREATE OR REPLACE FUNCTION public.access_edges_from(people uuid[], entitlements uuid[], roles uuid[], accounts uuid[], since timestamp with time zone, until timestamp with time zone)
 RETURNS TABLE(from_kind text, from_id uuid, kind text, id uuid, name text, system_id uuid, privileged boolean, valid_from timestamp with time zone, valid_to timestamp with time zone)
 LANGUAGE plpgsql
 STABLE ROWS 100
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_bitmapscan TO 'off'
AS $function$
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
end $function$;
comment on function access_edges_from(uuid[],uuid[],uuid[],uuid[],timestamp with time zone,timestamp with time zone) is 'Every edge that can be walked from the origins at some instant from since to until, each once: what the closure of access is made of.';

CREATE OR REPLACE FUNCTION public.audit_is_append_only()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'the audit log is append-only: % on % is refused', tg_op, tg_table_name
    using errcode = 'restrict_violation';
end
$function$;
comment on function audit_is_append_only() is 'The database refuses to alter the log. Whoever switches this off is found by the verifier, since the tree is signed.';

CREATE OR REPLACE FUNCTION public.catalogue_count_kinds()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op in ('INSERT', 'UPDATE') then
    insert into catalogue_kind (system_id, facets, label, n)
    select system_id, facets, null, count(*) from now_said group by 1, 2
    union all
    select system_id, facets, l, count(*) from now_said cross join unnest(labels) l group by 1, 2, 3;
  end if;
  if tg_op in ('DELETE', 'UPDATE') then
    insert into catalogue_kind (system_id, facets, label, n)
    select system_id, facets, null, -count(*) from said_before group by 1, 2
    union all
    select system_id, facets, l, -count(*) from said_before cross join unnest(labels) l group by 1, 2, 3;
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.catalogue_follow_account()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform catalogue_privilege(array(select id from entitlement where account_id = new.id and valid_to is null));
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.catalogue_follow_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  delete from catalogue_entry c using now_said n where c.entitlement_id = n.id and n.valid_to is not null;
  perform catalogue_write(array(select id from now_said where valid_to is null));
  perform catalogue_privilege(array(
    select n.id from now_said n join said_before o on o.id = n.id
     where (n.privileged, n.account_id, n.valid_to) is distinct from (o.privileged, o.account_id, o.valid_to)));
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.catalogue_follow_edge()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform catalogue_privilege(array(select distinct parent_id from now_said));
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.catalogue_follow_new()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform catalogue_write(array(select id from now_said));
  perform catalogue_privilege(array(select n.id from now_said n left join account x on x.id = n.account_id where n.privileged or x.privileged));
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.catalogue_follow_system()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform catalogue_write(array(select id from entitlement where system_id = new.id and valid_to is null));
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.catalogue_privilege(touched uuid[])
 RETURNS void
 LANGUAGE plpgsql
 SET work_mem TO '64MB'
AS $function$
begin
  if coalesce(cardinality(touched), 0) = 0 then
    return;
  end if;
  with recursive
  link(parent_id, child_id) as materialized (
    select parent_id, child_id from entitlement_edge where valid_to is null
    union all
    select e.id, h.entitlement_id from entitlement e join holding h on h.account_id = e.account_id and h.valid_to is null
     where e.account_id is not null and e.valid_to is null
  ),
  above(id) as (
    select unnest(touched)
    union
    select l.parent_id from above a join link l on l.child_id = a.id
  ),
  up(id) as (
    select * from (
      select t.id from above a join entitlement t on t.id = a.id and t.valid_to is null
        left join account x on x.id = t.account_id and x.valid_to is null
       where t.privileged or x.privileged
      union
      select l.parent_id from link l join above p on p.id = l.parent_id
        join catalogue_entry c on c.entitlement_id = l.child_id and c.privileged
       where not exists (select from above a where a.id = l.child_id)
    ) seed
    union
    select l.parent_id from up u join link l on l.child_id = u.id
  )
  update catalogue_entry c set privileged = not c.privileged
    from above a left join up on up.id = a.id
   where c.entitlement_id = a.id and c.privileged <> (up.id is not null);
end $function$;
comment on function catalogue_privilege(uuid[]) is 'Lets privilege flow to entries from what they imply, after these changed.';

CREATE OR REPLACE FUNCTION public.catalogue_text(VARIADIC parts text[])
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$ select ' ' || btrim(regexp_replace(lower(array_to_string(parts, ' ')), '[^[:alnum:]]+', ' ', 'g')) $function$;
comment on function catalogue_text(text[]) is 'Text as it is searched: lower case, words apart by one space.';

CREATE OR REPLACE FUNCTION public.catalogue_write(ids uuid[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  insert into catalogue_entry as c (entitlement_id, system_id, name, search, owner_id, risk, data_class, labels, requestable, described, privileged)
  select e.id, e.system_id, e.name,
         catalogue_text(variadic array[e.name, e.native_id, coalesce(e.description, ''), y.name] || e.aliases || e.tags || e.regulated),
         e.owner_id, r.risk, r.data_class, e.tags || e.regulated,
         e.requestable, btrim(coalesce(e.description, '')) <> '', e.privileged
    from entitlement e join system y on y.id = e.system_id
    cross join lateral (select case e.risk when 'low' then 0 when 'medium' then 1 when 'high' then 2 else 3 end::smallint as risk,
           case e.data_class when 'public' then 1 when 'internal' then 2 when 'confidential' then 3 when 'restricted' then 4 else 0 end::smallint as data_class) r
   where e.id = any(ids) and e.valid_to is null
   order by e.id
  on conflict (entitlement_id) do update
     set name = excluded.name, search = excluded.search, owner_id = excluded.owner_id, risk = excluded.risk,
         data_class = excluded.data_class, labels = excluded.labels,
         requestable = excluded.requestable, described = excluded.described
   where (c.name, c.search, c.owner_id, c.risk, c.data_class, c.labels, c.requestable, c.described)
         is distinct from (excluded.name, excluded.search, excluded.owner_id, excluded.risk, excluded.data_class, excluded.labels,
                           excluded.requestable, excluded.described);
end $function$;

CREATE OR REPLACE FUNCTION public.count_campaign_items()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'UPDATE' then
    insert into campaign_reviewer as r
    select campaign_id, reviewer_id, coalesce(sum(n) filter (where state not in ('waiting', 'spared', 'checked')), 0),
           coalesce(sum(n) filter (where state = 'open'), 0),
           coalesce(sum(n) filter (where state = 'decided'), 0), coalesce(sum(n) filter (where state = 'kept'), 0),
           coalesce(sum(n) filter (where state = 'revoking'), 0), coalesce(sum(n) filter (where state = 'revoked'), 0),
           coalesce(sum(n) filter (where state = 'unanswered'), 0)
      from (select campaign_id, reviewer_id, state, 1 as n from came union all select campaign_id, reviewer_id, state, -1 from went) x
     group by campaign_id, reviewer_id order by campaign_id, reviewer_id
        on conflict on constraint campaign_reviewer_pk do update set
           items = r.items + excluded.items, open = r.open + excluded.open, decided = r.decided + excluded.decided,
           kept = r.kept + excluded.kept, revoking = r.revoking + excluded.revoking, revoked = r.revoked + excluded.revoked,
           unanswered = r.unanswered + excluded.unanswered;
  else
    insert into campaign_reviewer as r
    select campaign_id, reviewer_id, count(*) filter (where state not in ('waiting', 'spared', 'checked')),
           count(*) filter (where state = 'open'), count(*) filter (where state = 'decided'),
           count(*) filter (where state = 'kept'), count(*) filter (where state = 'revoking'),
           count(*) filter (where state = 'revoked'), count(*) filter (where state = 'unanswered')
      from came group by campaign_id, reviewer_id order by campaign_id, reviewer_id
        on conflict on constraint campaign_reviewer_pk do update set
           items = r.items + excluded.items, open = r.open + excluded.open, decided = r.decided + excluded.decided,
           kept = r.kept + excluded.kept, revoking = r.revoking + excluded.revoking, revoked = r.revoked + excluded.revoked,
           unanswered = r.unanswered + excluded.unanswered;
  end if;
  return null;
end
$function$;
comment on function count_campaign_items() is 'After each statement on campaign_item: keeps the counts of the reviewers it touched.';

CREATE OR REPLACE FUNCTION public.follow_account_owner()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.follow_source_record()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if new.external_id ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
    update scim_resource set identity_id = new.identity_id
     where source_id = new.source_id and id = new.external_id::uuid and type = 'User' and identity_id is distinct from new.identity_id;
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.keep_grant_promise()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.keep_history()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  instant timestamptz;
begin
  if tg_op = 'UPDATE' and new is not distinct from old then
    return new;
  end if;
  -- A transaction that began earlier may write later: a recorded period may be empty, never negative.
  instant := greatest(old.recorded_from, reeve_now());
  execute format('insert into %I.%I select $1, ($2).*', tg_table_schema, tg_table_name || '_history')
    using instant, old;
  if tg_op = 'DELETE' then
    return old;
  end if;
  new.recorded_from := instant;
  return new;
end
$function$;
comment on function keep_history() is 'Before update or delete: keeps the old row in <table>_history with the end of its recorded period.';

CREATE OR REPLACE PROCEDURE public.make_bitemporal(IN of_table regclass)
 LANGUAGE plpgsql
AS $procedure$
declare
  home text;
  base text;
  history text;
  missing record;
begin
  select n.nspname, c.relname into home, base
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = of_table;
  history := base || '_history';
  if not exists (select from pg_attribute where attrelid = of_table and attname = 'recorded_from' and attnum > 0 and not attisdropped) then
    raise exception 'table % needs a column recorded_from timestamptz not null default reeve_now()', of_table;
  end if;
  if to_regclass(format('%I.%I', home, history)) is null then
    execute format('create table %I.%I (recorded_to timestamptz not null, like %s)', home, history, of_table);
    execute format('alter table %I.%I add constraint %I check (recorded_to >= recorded_from)',
      home, history, history || '_ends_after_it_begins');
    execute format('comment on table %I.%I is %L', home, history,
      'What ' || base || ' said before: each row as it was recorded from recorded_from until recorded_to. Written by trigger only.');
    execute format('create trigger keep_history before update or delete on %s for each row execute function keep_history()', of_table);
    if exists (select from pg_attribute where attrelid = of_table and attname = 'id' and not attisdropped) then
      execute format('create index %I on %I.%I (id, recorded_from)', history || '_by_id', home, history);
    end if;
  end if;
  -- Called again after a column was added: the history follows, in the same order.
  for missing in
    select a.attname, format_type(a.atttypid, a.atttypmod) as kind
      from pg_attribute a
     where a.attrelid = of_table and a.attnum > 0 and not a.attisdropped
       and not exists (select from pg_attribute h
                        where h.attrelid = to_regclass(format('%I.%I', home, history))
                          and h.attname = a.attname and not h.attisdropped)
     order by a.attnum
  loop
    execute format('alter table %I.%I add column %I %s', home, history, missing.attname, missing.kind);
  end loop;
end
$procedure$;
comment on procedure make_bitemporal(regclass) is 'Gives a table with a recorded_from column its <table>_history and the trigger that fills it. Call it again after adding a column.';

CREATE OR REPLACE FUNCTION public.mark_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into change_mark (topic, backend, xid) values (tg_argv[0], pg_backend_pid(), pg_current_xact_id())
    on conflict on constraint change_mark_is_one_of_a_backend do update set xid = excluded.xid
    where change_mark.xid <> excluded.xid;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.mark_change_of_part()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  mark constant xid8 := pg_current_xact_id();
begin
  insert into change_mark_of_part (topic, part, backend, xid)
    select distinct tg_argv[0], part, pg_backend_pid(), mark
      from (select (to_jsonb(new) ->> tg_argv[1])::uuid as part where tg_op <> 'DELETE'
            union all select (to_jsonb(old) ->> tg_argv[1])::uuid where tg_op <> 'INSERT') changed
    on conflict on constraint change_mark_of_part_is_one_of_a_backend do update set xid = excluded.xid
    where change_mark_of_part.xid <> excluded.xid;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.note_data_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if exists (select from changed) then
    insert into data_change (xid) values (pg_current_xact_id()) on conflict do nothing;
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.policy_text_does_not_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'DELETE' then
    raise exception 'a policy version is never deleted' using errcode = 'restrict_violation', constraint = 'policy_version_is_kept';
  end if;
  if (old.id, old.origin, old.number, old.text, old.created_at, old.created_by)
     is distinct from (new.id, new.origin, new.number, new.text, new.created_at, new.created_by) then
    raise exception 'the text of a policy version does not change' using errcode = 'restrict_violation', constraint = 'policy_version_text_does_not_change';
  end if;
  if old.state = 'retired' or (old.state = 'active' and new.state = 'draft') then
    raise exception 'a policy version goes from draft to active to retired' using errcode = 'restrict_violation', constraint = 'policy_version_only_goes_forward';
  end if;
  return new;
end
$function$;
comment on function policy_text_does_not_change() is 'What was in force stays readable as it was; a change is a new version.';

CREATE OR REPLACE FUNCTION public.reeve_now()
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ select coalesce(nullif(current_setting('reeve.now', true), '')::timestamptz, now()) $function$;
comment on function reeve_now() is 'The instant of the transaction as the application''s clock gave it; the server''s transaction time outside of one.';

CREATE OR REPLACE FUNCTION public.refuse_changed_eligibility()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'what an eligibility is for never changes'
    using errcode = 'check_violation', constraint = 'eligibility_stays_for_what_it_is_for', table = tg_table_name;
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_edge_from_eligibility()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if exists (select from eligibility where entitlement_id = new.parent_id) then
    raise exception 'being eligible gives nothing'
      using errcode = 'check_violation', constraint = 'eligibility_gives_nothing', table = tg_table_name;
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_eligibility_for_eligibility()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if exists (select from eligibility where entitlement_id = new.for_entitlement_id or for_entitlement_id = new.entitlement_id) then
    raise exception 'nobody is eligible for being eligible'
      using errcode = 'check_violation', constraint = 'eligibility_is_not_for_eligibility', table = tg_table_name;
  end if;
  if exists (select from entitlement_edge where parent_id = new.entitlement_id and valid_to is null) then
    raise exception 'being eligible gives nothing'
      using errcode = 'check_violation', constraint = 'eligibility_gives_nothing', table = tg_table_name;
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_graph_delete()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'rows of % are ended, not deleted', tg_table_name
    using errcode = 'check_violation', constraint = 'graph_rows_are_ended_not_deleted', table = tg_table_name;
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_merged(id uuid, of_table text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'identity % was merged into another', id
    using errcode = 'check_violation', constraint = 'merged_identity_gets_nothing_new', table = of_table;
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_merged_facts()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform refuse_merged(c.identity_id, tg_table_name)
     from came c join identity_merge m on m.duplicate_id = c.identity_id and m.undone_at is null
    where c.valid_to is null and c.state <> 'leaver';
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_merged_identities()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform refuse_merged(c.identity_id, tg_table_name)
     from came c join identity_merge m on m.duplicate_id = c.identity_id and m.undone_at is null;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_merged_owner()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform from identity where id = new.identity_id for share;
  perform refuse_merged(m.duplicate_id, tg_table_name) from identity_merge m
    where m.duplicate_id = new.identity_id and m.undone_at is null;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_own_approval()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_template()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if exists (select from role_parameter p
              where p.role_id = (case when tg_table_name = 'role_content' then to_jsonb(new) ->> 'child_role_id' else to_jsonb(new) ->> 'role_id' end)::uuid) then
    raise exception 'a role with parameters is not given itself'
      using errcode = 'check_violation', constraint = 'template_is_given_by_its_bindings', table = tg_table_name;
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_weaker_controls()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'what a grant is under is added to, never changed or taken away'
    using errcode = 'check_violation', constraint = 'grant_controls_only_become_stricter', table = tg_table_name;
end $function$;

CREATE OR REPLACE FUNCTION public.tell_that_grants_ended()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_notify('reeve_grants', '');
  return null;
end $function$;
comment on function tell_that_grants_ended() is 'Wakes gateways, which then look at what their sessions rest on. A notification is felt at commit, once a transaction.';

create table access_grant (
  id uuid not null,
  identity_id uuid not null,
  entitlement_id uuid,
  role_id uuid,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone,
  origin text not null,
  origin_id uuid,
  reason text,
  started boolean not null default false,
  ended_because text,
  recorded_from timestamp with time zone not null default reeve_now(),
  constraint access_grant_pkey PRIMARY KEY (id),
  constraint ended_grant_has_an_end CHECK (((ended_because IS NULL) OR (valid_to IS NOT NULL))),
  constraint grant_does_not_end_before_it_begins CHECK ((valid_to >= valid_from)),
  constraint grant_end_has_a_reason CHECK ((btrim(ended_because) <> ''::text)),
  constraint grant_is_for_one_entitlement_or_one_role CHECK ((num_nonnulls(entitlement_id, role_id) = 1)),
  constraint grant_origin_is_known CHECK ((origin = ANY (ARRAY['birthright'::text, 'request'::text, 'jit'::text, 'exception'::text, 'import'::text, 'admin'::text, 'emergency'::text]))),
  constraint grant_entitlement_is_an_entitlement FOREIGN KEY (entitlement_id) REFERENCES entitlement(id),
  constraint grant_is_to_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint grant_role_is_a_role FOREIGN KEY (role_id) REFERENCES role(id)
);
comment on table access_grant is 'What should be: an identity has an entitlement or a role from valid_from until valid_to, because of origin. The end never moves later.';
comment on column access_grant.started is 'Set when the beginning was carried out (event grant.started). A past valid_from without it is a start still to be carried out.';
comment on column access_grant.ended_because is 'Set when the end was carried out (event grant.ended). A past valid_to without it is a lapse still to be carried out.';
CREATE INDEX grant_by_entitlement ON public.access_grant USING btree (entitlement_id) WHERE (entitlement_id IS NOT NULL);
CREATE INDEX grant_by_identity ON public.access_grant USING btree (identity_id, valid_from);
CREATE INDEX grant_by_origin ON public.access_grant USING btree (origin_id) WHERE (origin_id IS NOT NULL);
CREATE INDEX grant_by_role ON public.access_grant USING btree (role_id) WHERE (role_id IS NOT NULL);
CREATE INDEX grant_given_directly ON public.access_grant USING btree (id) WHERE (origin = 'admin'::text);
CREATE INDEX grant_that_is_active ON public.access_grant USING btree (identity_id) WHERE ((origin = 'jit'::text) AND (ended_because IS NULL));
CREATE INDEX grant_that_will_lapse ON public.access_grant USING btree (valid_to) WHERE ((ended_because IS NULL) AND (valid_to IS NOT NULL));
CREATE INDEX grant_that_will_start ON public.access_grant USING btree (valid_from) WHERE ((NOT started) AND (ended_because IS NULL));
CREATE TRIGGER grant_promise BEFORE UPDATE ON public.access_grant FOR EACH ROW EXECUTE FUNCTION keep_grant_promise();
CREATE TRIGGER grants_that_end_are_told AFTER UPDATE OF ended_because, valid_to ON public.access_grant FOR EACH STATEMENT EXECUTE FUNCTION tell_that_grants_ended();
CREATE TRIGGER keep_history BEFORE DELETE OR UPDATE ON public.access_grant FOR EACH ROW EXECUTE FUNCTION keep_history();
CREATE TRIGGER mark_change AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.access_grant FOR EACH STATEMENT EXECUTE FUNCTION mark_change('access');
CREATE TRIGGER note_insert AFTER INSERT ON public.access_grant REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();
CREATE TRIGGER note_update AFTER UPDATE ON public.access_grant REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();
CREATE TRIGGER refuse_delete BEFORE DELETE ON public.access_grant FOR EACH STATEMENT EXECUTE FUNCTION refuse_graph_delete();
CREATE TRIGGER refuse_merged_on_insert AFTER INSERT ON public.access_grant REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION refuse_merged_identities();
CREATE TRIGGER refuse_template BEFORE INSERT ON public.access_grant FOR EACH ROW WHEN ((new.role_id IS NOT NULL)) EXECUTE FUNCTION refuse_template();

create table access_grant_history (
  recorded_to timestamp with time zone not null,
  id uuid not null,
  identity_id uuid not null,
  entitlement_id uuid,
  role_id uuid,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone,
  origin text not null,
  origin_id uuid,
  reason text,
  started boolean not null,
  ended_because text,
  recorded_from timestamp with time zone not null,
  constraint access_grant_history_ends_after_it_begins CHECK ((recorded_to >= recorded_from))
);
comment on table access_grant_history is 'What access_grant said before: each row as it was recorded from recorded_from until recorded_to. Written by trigger only.';
CREATE INDEX access_grant_history_by_entitlement ON public.access_grant_history USING btree (entitlement_id, recorded_to) WHERE (entitlement_id IS NOT NULL);
CREATE INDEX access_grant_history_by_id ON public.access_grant_history USING btree (id, recorded_from);
CREATE INDEX access_grant_history_by_identity ON public.access_grant_history USING btree (identity_id, recorded_to);
CREATE INDEX access_grant_history_by_role ON public.access_grant_history USING btree (role_id, recorded_to) WHERE (role_id IS NOT NULL);

create table access_hours (
  identity_id uuid not null,
  hours text[] not null,
  time_zone text,
  site text,
  changed_at timestamp with time zone not null,
  changed_by text not null,
  constraint access_hours_pk PRIMARY KEY (identity_id),
  constraint access_hours_are_some CHECK (((cardinality(hours) >= 1) AND (cardinality(hours) <= 50))),
  constraint access_hours_go_by_one_clock CHECK ((num_nonnulls(time_zone, site) = 1)),
  constraint access_hours_are_of_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id)
);
comment on table access_hours is 'When in a week somebody may have sessions and activate access; who has no row may at any time.';
comment on column access_hours.site is 'The calendar whose time zone and days off count; null: time_zone alone.';

create table access_lock (
  id uuid not null,
  scope text not null,
  identity_id uuid,
  account_id uuid,
  system_id uuid,
  reason text not null,
  placed_by uuid not null,
  placed_at timestamp with time zone not null,
  ends_at timestamp with time zone,
  lifted_at timestamp with time zone,
  lifted_by uuid,
  lifted_because text,
  constraint access_lock_pk PRIMARY KEY (id),
  constraint lifted_lock_says_who_and_why CHECK ((num_nonnulls(lifted_at, lifted_by, lifted_because) = ANY (ARRAY[0, 3]))),
  constraint lock_ends_after_it_begins CHECK ((ends_at > placed_at)),
  constraint lock_names_what_it_is_on CHECK ((((scope = 'identity'::text) = (identity_id IS NOT NULL)) AND ((scope = 'account'::text) = (account_id IS NOT NULL)) AND ((scope = 'system'::text) = (system_id IS NOT NULL)))),
  constraint lock_says_why CHECK ((btrim(reason) <> ''::text)),
  constraint lock_scope_is_known CHECK ((scope = ANY (ARRAY['identity'::text, 'account'::text, 'system'::text, 'everything'::text]))),
  constraint nobody_locks_themselves CHECK ((identity_id IS DISTINCT FROM placed_by)),
  constraint lock_is_lifted_by_an_identity FOREIGN KEY (lifted_by) REFERENCES identity(id),
  constraint lock_is_on_a_system FOREIGN KEY (system_id) REFERENCES system(id),
  constraint lock_is_on_an_account FOREIGN KEY (account_id) REFERENCES account(id),
  constraint lock_is_on_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint lock_is_placed_by_an_identity FOREIGN KEY (placed_by) REFERENCES identity(id)
);
comment on table access_lock is 'No access for somebody, to something, or at all, until lifted_at or ends_at. Several may hold at once; each is lifted for itself.';
CREATE INDEX access_lock_of_identity ON public.access_lock USING btree (identity_id) WHERE ((lifted_at IS NULL) AND (identity_id IS NOT NULL));
CREATE INDEX access_lock_that_holds ON public.access_lock USING btree (scope) WHERE (lifted_at IS NULL);
CREATE TRIGGER mark_change AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.access_lock FOR EACH STATEMENT EXECUTE FUNCTION mark_change('access');

create table access_use (
  id uuid not null,
  identity_id uuid not null,
  account_id uuid not null,
  system_id uuid not null,
  grant_ids uuid[] not null,
  protocol text not null,
  started_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  ended_because text,
  recorded boolean not null,
  commands integer not null default 0,
  command_classes text[] not null default '{}'::text[],
  constraint access_use_pk PRIMARY KEY (id),
  constraint ended_use_says_why CHECK (((ended_at IS NULL) = (ended_because IS NULL))),
  constraint use_counts_commands CHECK ((commands >= 0)),
  constraint use_does_not_end_before_it_starts CHECK ((ended_at >= started_at)),
  constraint use_rests_on_a_grant CHECK ((cardinality(grant_ids) > 0)),
  constraint use_is_by_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint use_is_of_an_account FOREIGN KEY (account_id) REFERENCES account(id),
  constraint use_is_on_a_system FOREIGN KEY (system_id) REFERENCES system(id)
);
comment on table access_use is 'What was exercised. id is the session''s id; a system that cannot report use has no rows here, which means unknown, never unused.';
CREATE INDEX use_by_account ON public.access_use USING btree (account_id, started_at);
CREATE INDEX use_by_grant ON public.access_use USING gin (grant_ids);
CREATE INDEX use_by_identity ON public.access_use USING btree (identity_id, started_at);
CREATE INDEX use_still_live ON public.access_use USING btree (started_at) WHERE (ended_at IS NULL);

create table account (
  id uuid not null,
  system_id uuid not null,
  native_id text not null,
  name text not null,
  kind text not null default 'unknown'::text,
  state text not null default 'active'::text,
  identity_id uuid,
  linked_because text,
  privileged boolean not null default false,
  privileged_because jsonb not null default '[]'::jsonb,
  attributes jsonb not null default '{}'::jsonb,
  last_used_at timestamp with time zone,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone,
  recorded_from timestamp with time zone not null default reeve_now(),
  constraint account_pkey PRIMARY KEY (id),
  constraint account_attributes_are_an_object CHECK ((jsonb_typeof(attributes) = 'object'::text)),
  constraint account_does_not_end_before_it_begins CHECK ((valid_to >= valid_from)),
  constraint account_has_a_name CHECK ((name <> ''::text)),
  constraint account_is_gone_exactly_when_it_ended CHECK (((state = 'gone'::text) = (valid_to IS NOT NULL))),
  constraint account_kind_is_known CHECK ((kind = ANY (ARRAY['personal'::text, 'service'::text, 'shared'::text, 'unknown'::text]))),
  constraint account_native_id_is_not_blank CHECK ((native_id <> ''::text)),
  constraint account_state_is_known CHECK ((state = ANY (ARRAY['active'::text, 'locked'::text, 'gone'::text]))),
  constraint linked_account_has_an_owner CHECK (((linked_because IS NULL) OR (identity_id IS NOT NULL))),
  constraint privileged_account_says_why CHECK ((privileged = ((jsonb_typeof(privileged_because) = 'array'::text) AND (privileged_because <> '[]'::jsonb)))),
  constraint privileged_reasons_are_a_list CHECK ((jsonb_typeof(privileged_because) = 'array'::text)),
  constraint account_is_on_a_system FOREIGN KEY (system_id) REFERENCES system(id),
  constraint account_owner_is_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id)
);
comment on table account is 'An account on a system, as last read. Ended (state gone), never deleted; one that appears again is a new row with no owner.';
comment on column account.privileged_because is 'List of {source, reason, evidence}; a reading replaces its own entries (source reading) and leaves the others.';
comment on column account.last_used_at is 'Null means unknown, never unused.';
CREATE INDEX account_by_identity ON public.account USING btree (identity_id) WHERE (identity_id IS NOT NULL);
CREATE INDEX account_by_name ON public.account USING btree (system_id, name) WHERE (valid_to IS NULL);
CREATE UNIQUE INDEX account_native_id_is_one_accounts_while_present ON public.account USING btree (system_id, native_id) WHERE (valid_to IS NULL);
CREATE INDEX orphan_account_by_system ON public.account USING btree (system_id, id) WHERE ((identity_id IS NULL) AND (valid_to IS NULL));
CREATE INDEX privileged_account_by_system ON public.account USING btree (system_id, id) WHERE (privileged AND (valid_to IS NULL));
CREATE TRIGGER catalogue_follows_account AFTER UPDATE ON public.account FOR EACH ROW WHEN ((old.privileged IS DISTINCT FROM new.privileged)) EXECUTE FUNCTION catalogue_follow_account();
CREATE TRIGGER follow_owner_on_insert AFTER INSERT ON public.account FOR EACH ROW WHEN ((new.identity_id IS NOT NULL)) EXECUTE FUNCTION follow_account_owner();
CREATE TRIGGER follow_owner_on_update AFTER UPDATE OF identity_id ON public.account FOR EACH ROW WHEN ((new.identity_id IS DISTINCT FROM old.identity_id)) EXECUTE FUNCTION follow_account_owner();
CREATE TRIGGER keep_history BEFORE DELETE OR UPDATE ON public.account FOR EACH ROW EXECUTE FUNCTION keep_history();
CREATE TRIGGER note_insert AFTER INSERT ON public.account REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();
CREATE TRIGGER note_update AFTER UPDATE ON public.account REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();
CREATE TRIGGER refuse_delete BEFORE DELETE ON public.account FOR EACH STATEMENT EXECUTE FUNCTION refuse_graph_delete();
CREATE TRIGGER refuse_merged BEFORE INSERT OR UPDATE OF identity_id ON public.account FOR EACH ROW WHEN (((new.identity_id IS NOT NULL) AND (new.valid_to IS NULL))) EXECUTE FUNCTION refuse_merged_owner();

create table account_history (
  recorded_to timestamp with time zone not null,
  id uuid not null,
  system_id uuid not null,
  native_id text not null,
  name text not null,
  kind text not null,
  state text not null,
  identity_id uuid,
  linked_because text,
  privileged boolean not null,
  privileged_because jsonb not null,
  attributes jsonb not null,
  last_used_at timestamp with time zone,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone,
  recorded_from timestamp with time zone not null,
  constraint account_history_ends_after_it_begins CHECK ((recorded_to >= recorded_from))
);
comment on table account_history is 'What account said before: each row as it was recorded from recorded_from until recorded_to. Written by trigger only.';
CREATE INDEX account_history_by_id ON public.account_history USING btree (id, recorded_from);

create table account_owner (
  account_id uuid not null,
  identity_id uuid not null,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone,
  recorded_from timestamp with time zone not null default reeve_now(),
  constraint account_owner_pkey PRIMARY KEY (account_id, valid_from),
  constraint account_owner_does_not_end_before_it_begins CHECK ((valid_to >= valid_from)),
  constraint owned_account_is_an_account FOREIGN KEY (account_id) REFERENCES account(id),
  constraint owner_of_account_is_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint account_has_one_owner_at_a_time EXCLUDE USING gist (uuid_hash_extended(account_id, (0)::bigint) WITH =, tstzrange(valid_from, valid_to) WITH &&)
);
comment on table account_owner is 'Whose an account was from when until when. Written by trigger from account.identity_id, so that a question about the past names the owner of then.';
CREATE INDEX account_owner_by_identity ON public.account_owner USING btree (identity_id, account_id);
CREATE TRIGGER keep_history BEFORE DELETE OR UPDATE ON public.account_owner FOR EACH ROW EXECUTE FUNCTION keep_history();
CREATE TRIGGER note_insert AFTER INSERT ON public.account_owner REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();
CREATE TRIGGER note_update AFTER UPDATE ON public.account_owner REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();
CREATE TRIGGER refuse_delete BEFORE DELETE ON public.account_owner FOR EACH STATEMENT EXECUTE FUNCTION refuse_graph_delete();

create table account_owner_history (
  recorded_to timestamp with time zone not null,
  account_id uuid not null,
  identity_id uuid not null,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone,
  recorded_from timestamp with time zone not null,
  constraint account_owner_history_ends_after_it_begins CHECK ((recorded_to >= recorded_from))
);
comment on table account_owner_history is 'What account_owner said before: each row as it was recorded from recorded_from until recorded_to. Written by trigger only.';
CREATE INDEX account_owner_history_by_account ON public.account_owner_history USING btree (account_id, recorded_to);
CREATE INDEX account_owner_history_by_identity ON public.account_owner_history USING btree (identity_id, recorded_to);

create table answered_call (
  principal text not null,
  operation text not null,
  key text not null,
  input_hash bytea not null,
  response jsonb,
  answered_at timestamp with time zone not null default reeve_now(),
  constraint answered_call_pk PRIMARY KEY (principal, operation, key),
  constraint answered_call_key_is_short CHECK (((length(key) >= 1) AND (length(key) <= 255)))
);
comment on table answered_call is 'Idempotency keys of unsafe calls, kept 24 hours. Written in the transaction of the change. response is null where it held a secret.';
CREATE INDEX answered_call_by_age ON public.answered_call USING btree (answered_at);

create table api_token (
  id uuid not null,
  token_hash bytea not null,
  identity_id uuid not null,
  name text not null,
  scopes text[] not null,
  created_at timestamp with time zone not null default reeve_now(),
  ends_at timestamp with time zone not null,
  last_used_at timestamp with time zone,
  revoked_at timestamp with time zone,
  constraint api_token_pk PRIMARY KEY (id),
  constraint api_token_is_one_tokens UNIQUE (token_hash),
  constraint api_token_ends CHECK ((ends_at > created_at)),
  constraint api_token_has_a_scope CHECK ((cardinality(scopes) > 0)),
  constraint api_token_is_an_identitys FOREIGN KEY (identity_id) REFERENCES identity(id)
);
CREATE INDEX api_token_by_identity ON public.api_token USING btree (identity_id) WHERE (revoked_at IS NULL);
CREATE TRIGGER mark_change AFTER INSERT OR DELETE OR UPDATE OF id, token_hash, identity_id, scopes, ends_at, revoked_at OR TRUNCATE ON public.api_token FOR EACH STATEMENT EXECUTE FUNCTION mark_change('tokens');

create table approval_deputy (
  id uuid not null,
  identity_id uuid not null,
  deputy_id uuid not null,
  step_kinds text[],
  system_ids uuid[],
  target_ids uuid[],
  starts_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  reason text not null,
  made_at timestamp with time zone not null,
  made_by text not null,
  ended_at timestamp with time zone,
  about text[],
  constraint approval_deputy_pkey PRIMARY KEY (id),
  constraint approval_deputy_ends_after_it_begins CHECK ((ends_at > starts_at)),
  constraint approval_deputy_is_about_something_known CHECK (((about <@ '{requests,certifications}'::text[]) AND (cardinality(about) > 0))),
  constraint approval_deputy_is_another CHECK ((deputy_id <> identity_id)),
  constraint approval_deputy_is_for_a_year_at_most CHECK ((ends_at <= (starts_at + '366 days'::interval))),
  constraint approval_deputy_says_why CHECK ((btrim(reason) <> ''::text)),
  constraint approval_deputy_scope_is_not_empty CHECK (((cardinality(step_kinds) > 0) AND (cardinality(system_ids) > 0) AND (cardinality(target_ids) > 0))),
  constraint approval_deputy_is_an_identity FOREIGN KEY (deputy_id) REFERENCES identity(id),
  constraint approval_deputy_is_of_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id)
);
comment on table approval_deputy is 'Somebody decides about requests in the name of another, for a time. A null scope covers all; systems and targets add up, kinds narrow.';
comment on column approval_deputy.about is 'What they decide about in the other''s name: requests, certifications; null: both.';
CREATE INDEX approval_deputy_by_deputy ON public.approval_deputy USING btree (deputy_id, ends_at);
CREATE INDEX approval_deputy_by_identity ON public.approval_deputy USING btree (identity_id, ends_at);

create table approval_policy (
  number integer not null,
  rules jsonb not null,
  note text not null default ''::text,
  made_at timestamp with time zone not null default reeve_now(),
  made_by text not null,
  tried jsonb,
  constraint approval_policy_pkey PRIMARY KEY (number),
  constraint approval_policy_counts_from_one CHECK ((number >= 1)),
  constraint approval_policy_is_an_object CHECK ((jsonb_typeof(rules) = 'object'::text)),
  constraint approval_policy_tried_is_an_object CHECK ((jsonb_typeof(tried) = 'object'::text))
);
comment on table approval_policy is 'Who approves what, version by version; the highest number is in force. A request keeps the one it started with.';
comment on column approval_policy.tried is 'What trying it came to on the last requests when it was put in force, held against the version before; null: from before that was kept.';

create table approval_step (
  id uuid not null,
  request_id uuid not null,
  n smallint not null,
  kind text not null,
  line_ids uuid[] not null,
  candidates uuid[] not null,
  because text not null,
  state text not null default 'waiting'::text,
  opened_at timestamp with time zone,
  due_at timestamp with time zone,
  escalate_at timestamp with time zone,
  reminded_at timestamp with time zone,
  escalations smallint not null default 0,
  decided_by uuid,
  decided_at timestamp with time zone,
  comment text,
  stage smallint not null,
  decided_for uuid,
  step_up_method text,
  step_up_at timestamp with time zone,
  constraint approval_step_pkey PRIMARY KEY (id),
  constraint approval_step_has_its_place UNIQUE (request_id, n),
  constraint approval_step_counts_from_one CHECK ((n >= 1)),
  constraint approval_step_has_a_candidate CHECK ((cardinality(candidates) > 0)),
  constraint approval_step_is_about_a_line CHECK ((cardinality(line_ids) > 0)),
  constraint approval_step_is_decided_by_or_for_a_candidate CHECK ((COALESCE(decided_for, decided_by) = ANY (candidates))),
  constraint approval_step_is_decided_for_another CHECK ((decided_for <> decided_by)),
  constraint approval_step_kind_is_known CHECK ((kind = ANY (ARRAY['manager'::text, 'owner'::text, 'role_owner'::text, 'system_owner'::text, 'named'::text, 'holders'::text]))),
  constraint approval_step_stage_counts_from_one CHECK ((stage >= 1)),
  constraint approval_step_state_is_known CHECK ((state = ANY (ARRAY['waiting'::text, 'open'::text, 'approved'::text, 'denied'::text, 'skipped'::text]))),
  constraint approval_step_step_up_is_of_its_decision CHECK (((step_up_at IS NULL) OR (decided_by IS NOT NULL))),
  constraint approval_step_step_up_is_whole CHECK (((step_up_method IS NULL) = (step_up_at IS NULL))),
  constraint approval_step_step_up_method_is_known CHECK ((step_up_method = ANY (ARRAY['passkey'::text, 'totp'::text]))),
  constraint decided_approval_step_says_by_whom CHECK (((state = ANY (ARRAY['approved'::text, 'denied'::text])) = ((decided_by IS NOT NULL) AND (decided_at IS NOT NULL)))),
  constraint open_approval_step_has_a_due_time CHECK (((state <> 'open'::text) OR ((opened_at IS NOT NULL) AND (due_at IS NOT NULL)))),
  constraint approval_step_is_decided_for_an_identity FOREIGN KEY (decided_for) REFERENCES identity(id),
  constraint approval_step_is_of_a_request FOREIGN KEY (request_id) REFERENCES request(id)
);
comment on table approval_step is 'One decision of a request: who may take it, who did, and in whose name. Steps of one stage are open together; stages follow one another.';
comment on column approval_step.decided_for is 'Whose deputy took the decision; null: it was taken in their own right.';
comment on column approval_step.step_up_method is 'How whoever decided proved afresh that it was them; null: it was not asked for.';
CREATE UNIQUE INDEX approval_step_decider_is_another_each_time ON public.approval_step USING btree (request_id, decided_by) WHERE (decided_by IS NOT NULL);
CREATE INDEX open_approval_step_by_candidate ON public.approval_step USING gin (candidates) WHERE (state = 'open'::text);
CREATE INDEX open_approval_step_by_due ON public.approval_step USING btree (due_at) WHERE (state = 'open'::text);
CREATE INDEX open_approval_step_of_its_request ON public.approval_step USING btree (request_id) WHERE (state = 'open'::text);
CREATE TRIGGER nobody_approves_what_benefits_them BEFORE INSERT OR UPDATE ON public.approval_step FOR EACH ROW EXECUTE FUNCTION refuse_own_approval();

create table audit_checkpoint (
  size bigint not null,
  root bytea not null,
  note text not null,
  edge bytea not null,
  last_xid xid8 not null,
  last_id uuid not null,
  at timestamp with time zone not null,
  constraint audit_checkpoint_is_of_one_size PRIMARY KEY (size),
  constraint audit_checkpoint_covers_something CHECK ((size > 0)),
  constraint audit_checkpoint_edge_is_a_list_of_sha256 CHECK (((octet_length(edge) % 32) = 0)),
  constraint audit_checkpoint_root_is_a_sha256 CHECK ((octet_length(root) = 32))
);
comment on table audit_checkpoint is 'Signed tree heads (C2SP tlog-checkpoint). edge is the tree''s right edge at this size, to grow it from; last_xid and last_id are where numbering goes on.';
CREATE TRIGGER audit_checkpoint_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_checkpoint FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();

create table audit_event (
  id uuid not null,
  xid xid8 not null default pg_current_xact_id(),
  at timestamp with time zone not null,
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
  constraint audit_event_has_an_id PRIMARY KEY (id),
  constraint audit_event_actor_is_a_principal CHECK ((actor_kind = ANY (ARRAY['identity'::text, 'component'::text, 'anonymous'::text]))),
  constraint audit_event_data_is_an_object CHECK ((jsonb_typeof(data) = 'object'::text)),
  constraint audit_event_leaf_is_a_sha256 CHECK ((octet_length(leaf) = 32)),
  constraint audit_event_policies_are_a_list CHECK ((jsonb_typeof(policies) = 'array'::text)),
  constraint audit_event_sealed_is_an_object CHECK ((jsonb_typeof(sealed) = 'object'::text))
);
comment on table audit_event is 'What happened, by whom, to whom, and which decision allowed it. data holds the public fields; sealed holds personal fields as ciphertext under the key of their subject. leaf is the RFC 6962 leaf hash of all of it; stamp shows that Reeve wrote the row.';
comment on column audit_event.xid is 'The transaction that wrote the row. Entries are numbered in the order (xid, id) once every older transaction has ended.';
comment on column audit_event.address is 'Where the asker came from. Kept in clear only where no person is known; otherwise sealed under the actor''s key as @address.';
CREATE INDEX audit_event_by_actor ON public.audit_event USING btree (actor_id, id);
CREATE INDEX audit_event_by_subject ON public.audit_event USING btree (subject_id, id) WHERE (subject_id IS NOT NULL);
CREATE INDEX audit_event_by_type ON public.audit_event USING btree (type, id);
CREATE INDEX audit_event_in_commit_order ON public.audit_event USING btree (xid, id);
CREATE TRIGGER audit_event_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_event FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();

create table audit_leaf (
  seq bigint not null,
  event_id uuid not null,
  hash bytea not null,
  constraint audit_leaf_has_a_number PRIMARY KEY (seq),
  constraint audit_leaf_numbers_an_event_once UNIQUE (event_id),
  constraint audit_leaf_hash_is_a_sha256 CHECK ((octet_length(hash) = 32)),
  constraint audit_leaf_numbers_start_at_zero CHECK ((seq >= 0))
);
comment on table audit_leaf is 'The log in order: leaf hash number seq. No foreign key to audit_event, so that a removed event stays missed here.';
CREATE TRIGGER audit_leaf_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_leaf FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();

create table audit_node (
  level smallint not null,
  index bigint not null,
  hash bytea not null,
  constraint audit_node_is_one_place_in_the_tree PRIMARY KEY (level, index),
  constraint audit_node_covers_whole_tiles CHECK (((level > 0) AND (((level)::integer % 8) = 0))),
  constraint audit_node_hash_is_a_sha256 CHECK ((octet_length(hash) = 32))
);
comment on table audit_node is 'Roots of complete subtrees of 256, 65536, … leaves, so that a proof reads a few hundred hashes whatever the size of the log.';
CREATE TRIGGER audit_node_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_node FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();

create table audit_refused (
  event_id uuid not null,
  found_at timestamp with time zone not null,
  constraint audit_refused_names_an_event PRIMARY KEY (event_id)
);
comment on table audit_refused is 'Rows of audit_event that Reeve did not write: their stamp is wrong. They are never numbered, and the verifier names them.';
CREATE TRIGGER audit_refused_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_refused FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();

create table away_lock (
  id uuid not null,
  account_id uuid not null,
  receipt_id uuid not null,
  back_receipt_id uuid,
  wanted text not null,
  state text not null default 'waiting'::text,
  seen_open_at timestamp with time zone,
  locked_at timestamp with time zone,
  claimed_until timestamp with time zone,
  look_at timestamp with time zone not null,
  tries integer not null default 0,
  over_at timestamp with time zone,
  constraint away_lock_pk PRIMARY KEY (id),
  constraint account_is_locked_after_it_was_seen_open CHECK (((locked_at IS NULL) OR (seen_open_at IS NOT NULL))),
  constraint away_lock_state_is_known CHECK ((state = ANY (ARRAY['waiting'::text, 'done'::text, 'stuck'::text]))),
  constraint away_lock_wants_something_known CHECK ((wanted = ANY (ARRAY['locked'::text, 'open'::text]))),
  constraint away_lock_is_on_a_receipt FOREIGN KEY (receipt_id) REFERENCES lifecycle_receipt(id),
  constraint away_lock_is_on_an_account FOREIGN KEY (account_id) REFERENCES account(id),
  constraint away_lock_is_opened_on_a_receipt FOREIGN KEY (back_receipt_id) REFERENCES lifecycle_receipt(id)
);
comment on table away_lock is 'An account locked because whoever it belongs to is away, so that exactly it is opened again. seen_open_at: it was open, and about to be locked by this. over_at: opened again, or left as it is for good.';
CREATE UNIQUE INDEX account_has_one_away_lock ON public.away_lock USING btree (account_id) WHERE (over_at IS NULL);
CREATE INDEX away_lock_to_look_at ON public.away_lock USING btree (look_at) WHERE ((state = 'waiting'::text) AND (over_at IS NULL));

create table birthright_rule (
  id uuid not null,
  name text not null,
  condition jsonb not null,
  entitlement_id uuid,
  role_id uuid,
  grace_days integer not null default 0,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone,
  recorded_from timestamp with time zone not null default reeve_now(),
  person_condition text,
  of_role_version boolean not null default false,
  constraint birthright_rule_pk PRIMARY KEY (id),
  constraint birthright_condition_is_an_object CHECK ((jsonb_typeof(condition) = 'object'::text)),
  constraint birthright_grace_is_not_negative CHECK (((grace_days >= 0) AND (grace_days <= 366))),
  constraint birthright_person_condition_says_something CHECK ((btrim(person_condition) <> ''::text)),
  constraint birthright_rule_does_not_end_before_it_begins CHECK ((valid_to >= valid_from)),
  constraint birthright_rule_gives_one_entitlement_or_one_role CHECK ((num_nonnulls(entitlement_id, role_id) = 1)),
  constraint birthright_rule_has_a_name CHECK ((btrim(name) <> ''::text)),
  constraint birthright_rule_says_whom_in_one_way CHECK (((person_condition IS NULL) OR (condition = '{}'::jsonb))),
  constraint rule_of_a_role_version_gives_that_role CHECK (((NOT of_role_version) OR (role_id IS NOT NULL))),
  constraint birthright_entitlement_is_an_entitlement FOREIGN KEY (entitlement_id) REFERENCES entitlement(id),
  constraint birthright_role_is_a_role FOREIGN KEY (role_id) REFERENCES role(id)
);
comment on table birthright_rule is 'Access that follows from what is true of a person, without asking. A rule that ended keeps its row: grants name it as their origin.';
comment on column birthright_rule.person_condition is 'Whom it fits, in CEL, in place of a condition; null: whoever the condition fits.';
comment on column birthright_rule.of_role_version is 'It comes and goes with the published version of its role, and is changed by no other way.';
CREATE UNIQUE INDEX birthright_rule_name_is_one_rules_while_present ON public.birthright_rule USING btree (lower(name)) WHERE (valid_to IS NULL);
CREATE UNIQUE INDEX role_version_assigns_by_one_rule ON public.birthright_rule USING btree (role_id) WHERE of_role_version;
CREATE TRIGGER keep_history BEFORE DELETE OR UPDATE ON public.birthright_rule FOR EACH ROW EXECUTE FUNCTION keep_history();
CREATE TRIGGER note_insert AFTER INSERT ON public.birthright_rule REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();
CREATE TRIGGER note_update AFTER UPDATE ON public.birthright_rule REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();
CREATE TRIGGER refuse_template BEFORE INSERT ON public.birthright_rule FOR EACH ROW WHEN ((new.role_id IS NOT NULL)) EXECUTE FUNCTION refuse_template();

create table birthright_rule_history (
  recorded_to timestamp with time zone not null,
  id uuid not null,
  name text not null,
  condition jsonb not null,
  entitlement_id uuid,
  role_id uuid,
  grace_days integer not null,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone,
  recorded_from timestamp with time zone not null,
  person_condition text,
  of_role_version boolean,
  constraint birthright_rule_history_ends_after_it_begins CHECK ((recorded_to >= recorded_from))
);
comment on table birthright_rule_history is 'What birthright_rule said before: each row as it was recorded from recorded_from until recorded_to. Written by trigger only.';
CREATE INDEX birthright_rule_history_by_id ON public.birthright_rule_history USING btree (id, recorded_from);

create table break_glass_drill (
  kit_id uuid not null,
  number integer not null,
  opened boolean not null,
  note text not null,
  done_by uuid not null,
  done_at timestamp with time zone not null,
  constraint break_glass_drill_pk PRIMARY KEY (kit_id, number),
  constraint break_glass_drill_is_of_a_kit FOREIGN KEY (kit_id) REFERENCES break_glass_kit(id),
  constraint break_glass_drill_was_done_by_an_identity FOREIGN KEY (done_by) REFERENCES identity(id)
);
comment on table break_glass_drill is 'That a kit was opened to try it, proved by a code that only the opened kit gives, or that it did not open.';

create table break_glass_kit (
  id uuid not null,
  name text not null,
  threshold integer not null,
  drill_every_days integer not null,
  envelope text not null,
  sealed_drill_key bytea not null,
  made_by uuid not null,
  made_at timestamp with time zone not null,
  retired_at timestamp with time zone,
  constraint break_glass_kit_pk PRIMARY KEY (id),
  constraint break_glass_kit_is_drilled CHECK (((drill_every_days >= 1) AND (drill_every_days <= 730))),
  constraint break_glass_kit_takes_several_to_open CHECK (((threshold >= 2) AND (threshold <= 16))),
  constraint break_glass_kit_was_made_by_an_identity FOREIGN KEY (made_by) REFERENCES identity(id)
);
comment on table break_glass_kit is 'Secrets sealed for the day Reeve is not there. The envelope opens with enough of the shares; the key itself is kept nowhere.';
CREATE UNIQUE INDEX break_glass_kit_name_is_one_kits ON public.break_glass_kit USING btree (name) WHERE (retired_at IS NULL);

create table break_glass_kit_secret (
  kit_id uuid not null,
  secret_id uuid not null,
  version integer not null,
  constraint break_glass_kit_secret_pk PRIMARY KEY (kit_id, secret_id),
  constraint break_glass_kit_secret_is_a_version FOREIGN KEY (secret_id, version) REFERENCES secret_version(secret_id, version),
  constraint break_glass_kit_secret_is_of_a_kit FOREIGN KEY (kit_id) REFERENCES break_glass_kit(id)
);
comment on table break_glass_kit_secret is 'Which version of which secret lies in a kit: older than the current one, and the kit is stale.';

create table break_glass_share (
  kit_id uuid not null,
  number integer not null,
  holder_id uuid not null,
  sealed_share bytea,
  taken_at timestamp with time zone,
  constraint break_glass_share_pk PRIMARY KEY (kit_id, number),
  constraint break_glass_share_is_one_to_each UNIQUE (kit_id, holder_id),
  constraint break_glass_share_is_an_identitys FOREIGN KEY (holder_id) REFERENCES identity(id),
  constraint break_glass_share_is_of_a_kit FOREIGN KEY (kit_id) REFERENCES break_glass_kit(id)
);
comment on table break_glass_share is 'Who holds which share. It is kept, sealed, until its holder took it, and gone from here then or when the kit is retired.';

create table browser_session (
  id uuid not null,
  identity_id uuid not null,
  signin_id uuid not null,
  account_id uuid not null,
  system_id uuid not null,
  key_hash bytea not null,
  address text not null,
  asked_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  used_at timestamp with time zone,
  ended_because text,
  certificate_id uuid,
  password_id uuid,
  constraint browser_session_pk PRIMARY KEY (id),
  constraint browser_session_key_is_one UNIQUE (key_hash),
  constraint browser_session_came_by_one_thing CHECK (((certificate_id IS NULL) OR (password_id IS NULL))),
  constraint browser_session_is_used_or_ended_unused CHECK (((used_at IS NULL) OR (ended_because IS NULL))),
  constraint browser_session_key_is_used_within_a_minute CHECK (((ends_at > asked_at) AND (ends_at <= (asked_at + '00:01:00'::interval)))),
  constraint browser_session_came_by_a_certificate FOREIGN KEY (certificate_id) REFERENCES ssh_certificate(id),
  constraint browser_session_came_by_a_password FOREIGN KEY (password_id) REFERENCES gateway_password(id),
  constraint browser_session_is_of_a_sign_in FOREIGN KEY (signin_id) REFERENCES signin(id),
  constraint browser_session_is_of_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint browser_session_is_on_a_system FOREIGN KEY (system_id) REFERENCES system(id),
  constraint browser_session_is_on_an_account FOREIGN KEY (account_id) REFERENCES account(id)
);
comment on table browser_session is 'Accounts that were opened from a browser: asked for, and the key to them, as a digest, used once.';
comment on column browser_session.ended_because is 'Why its key is good for nothing, though it was not used.';
CREATE INDEX browser_session_by_identity ON public.browser_session USING btree (identity_id, asked_at);

create table calendar (
  site text not null,
  time_zone text not null,
  hours text[] not null,
  changed_at timestamp with time zone not null,
  changed_by text not null,
  constraint calendar_pkey PRIMARY KEY (site),
  constraint calendar_has_hours CHECK (((cardinality(hours) >= 1) AND (cardinality(hours) <= 50))),
  constraint calendar_site_is_plain CHECK (((site = lower(btrim(site))) AND (site <> ''::text)))
);
comment on table calendar is 'Hours and time zone of a site, by the name people have as their site or location; house is for everybody else.';

create table calendar_holiday (
  site text not null,
  holiday_on date not null,
  name text not null,
  constraint calendar_holiday_pkey PRIMARY KEY (site, holiday_on),
  constraint calendar_holiday_has_a_name CHECK ((btrim(name) <> ''::text)),
  constraint calendar_holiday_is_of_a_calendar FOREIGN KEY (site) REFERENCES calendar(site) ON DELETE CASCADE
);
comment on table calendar_holiday is 'Days nobody of a site works.';

create table campaign (
  id uuid not null,
  name text not null,
  kind text not null,
  scope jsonb not null,
  reviewer_rule text not null,
  state text not null default 'draft'::text,
  due_at timestamp with time zone not null,
  created_by uuid not null,
  launched_at timestamp with time zone,
  closed_at timestamp with time zone,
  frozen_at timestamp with time zone,
  upto uuid,
  frozen integer not null default 0,
  without_reviewer integer not null default 0,
  delta boolean not null default false,
  no_response text not null default 'report'::text,
  opened_by text,
  schedule_id uuid,
  occurrence integer,
  stages jsonb,
  reciprocal text not null default 'allow'::text,
  hold_from integer default 20,
  canaries smallint not null default 0,
  challenge_days smallint not null default 0,
  challenge_privileged boolean not null default false,
  constraint campaign_pk PRIMARY KEY (id),
  constraint campaign_of_a_schedule_is_launched_once UNIQUE (schedule_id, occurrence),
  constraint campaign_canaries_are_few CHECK (((canaries >= 0) AND (canaries <= 5))),
  constraint campaign_challenge_is_thirty_days_at_most CHECK (((challenge_days >= 0) AND (challenge_days <= 30))),
  constraint campaign_has_one_to_three_stages CHECK (((jsonb_array_length(stages) >= 1) AND (jsonb_array_length(stages) <= 3))),
  constraint campaign_holds_from_some_decisions_on CHECK ((hold_from >= 5)),
  constraint campaign_kind_is_known CHECK ((kind = ANY (ARRAY['manager'::text, 'owner'::text, 'system'::text, 'role_membership'::text, 'privileged'::text, 'service_accounts'::text, 'vendors'::text, 'ad_hoc'::text, 'role_composition'::text, 'orphan_accounts'::text, 'sod_exceptions'::text, 'event'::text, 'continuous'::text]))),
  constraint campaign_no_response_is_never_an_approval CHECK ((no_response = ANY (ARRAY['report'::text, 'revoke'::text]))),
  constraint campaign_of_a_schedule_says_which_time CHECK (((schedule_id IS NULL) = (occurrence IS NULL))),
  constraint campaign_opened_by_is_known CHECK ((opened_by = ANY (ARRAY['mover'::text, 'drift'::text, 'risk'::text, 'risk_jump'::text, 'out_of_band_grant'::text, 'clock'::text]))),
  constraint campaign_reciprocal_is_known CHECK ((reciprocal = ANY (ARRAY['allow'::text, 'reroute'::text]))),
  constraint campaign_reviewer_rule_is_known CHECK ((reviewer_rule = ANY (ARRAY['manager'::text, 'owner'::text, 'named'::text]))),
  constraint campaign_says_what_opened_it CHECK (((kind = ANY (ARRAY['event'::text, 'continuous'::text])) = (opened_by IS NOT NULL))),
  constraint campaign_scope_is_an_object CHECK ((jsonb_typeof(scope) = 'object'::text)),
  constraint campaign_state_is_known CHECK ((state = ANY (ARRAY['draft'::text, 'freezing'::text, 'open'::text, 'closing'::text, 'closed'::text]))),
  constraint closed_campaign_says_when CHECK (((state = 'closed'::text) = (closed_at IS NOT NULL))),
  constraint launched_campaign_is_of_one_instant CHECK (((state = 'draft'::text) = (frozen_at IS NULL))),
  constraint launched_campaign_says_when CHECK (((state = 'draft'::text) = (launched_at IS NULL))),
  constraint campaign_is_made_by_an_identity FOREIGN KEY (created_by) REFERENCES identity(id),
  constraint campaign_is_of_a_schedule FOREIGN KEY (schedule_id) REFERENCES campaign_schedule(id)
);
comment on table campaign is 'A certification campaign. What is in scope is frozen as items when it is launched.';
comment on column campaign.frozen_at is 'The instant all items are of, in valid and in recorded time.';
comment on column campaign.upto is 'The checkpoint: grants up to this one are frozen. A worker that died goes on from here.';
comment on column campaign.no_response is 'What silence at the deadline leads to. report: nothing changes and it is listed. revoke: the access ends.';
comment on column campaign.opened_by is 'What happened that opened it; null where a person or a schedule did.';
comment on column campaign.stages is 'Who is asked in which stage and how their votes make the outcome; null: one reviewer by the rule decides.';
comment on column campaign.reciprocal is 'Whether two may review one another, or what would make it so goes to the next in line.';
comment on column campaign.hold_from is 'So many identical decisions in under two seconds each are held at signing; null: none are.';
comment on column campaign.canaries is 'Lines known to be wrong that each reviewer is shown among the true ones.';
comment on column campaign.challenge_days is 'How long the person concerned may answer before a revocation goes on; 0: it is at once.';
comment on column campaign.challenge_privileged is 'Whether that is so for privileged access too; otherwise that ends at once.';
CREATE INDEX campaign_due ON public.campaign USING btree (due_at) WHERE (state = 'open'::text);

create table campaign_advice (
  campaign_id uuid not null,
  rule text not null,
  what text not null,
  decided integer not null,
  overturned integer not null,
  constraint campaign_advice_pk PRIMARY KEY (campaign_id, rule, what),
  constraint campaign_advice_is_known CHECK ((what = ANY (ARRAY['keep'::text, 'revoke'::text, 'look'::text]))),
  constraint campaign_advice_is_overturned_at_most_as_often_as_decided CHECK (((overturned >= 0) AND (overturned <= decided))),
  constraint campaign_advice_is_of_a_campaign FOREIGN KEY (campaign_id) REFERENCES campaign(id)
);
comment on table campaign_advice is 'How often a rule recommended something that somebody decided, and how often they decided otherwise. Weighed once the campaign is closed.';

create table campaign_hold (
  id uuid not null,
  campaign_id uuid not null,
  reviewer_id uuid not null,
  held_at timestamp with time zone not null,
  decisions integer not null,
  alike integer not null,
  fast integer not null,
  canaries integer not null,
  missed integer not null,
  outcome text,
  because text,
  settled_at timestamp with time zone,
  settled_by text,
  told_days smallint,
  constraint campaign_hold_pk PRIMARY KEY (id),
  constraint campaign_hold_counts_add_up CHECK (((alike <= decisions) AND (fast <= alike) AND (missed <= canaries))),
  constraint campaign_hold_is_told_before_its_end CHECK ((told_days > 0)),
  constraint campaign_hold_outcome_is_known CHECK ((outcome = ANY (ARRAY['released'::text, 'reopened'::text, 'rerouted'::text, 'closed'::text]))),
  constraint settled_hold_says_when_and_why CHECK ((((outcome IS NULL) = (settled_at IS NULL)) AND ((outcome IS NULL) OR (btrim(because) <> ''::text)))),
  constraint campaign_hold_is_of_a_campaign FOREIGN KEY (campaign_id) REFERENCES campaign(id),
  constraint campaign_hold_is_of_a_reviewer FOREIGN KEY (reviewer_id) REFERENCES identity(id)
);
comment on table campaign_hold is 'A batch that looked as if nobody had looked, and what became of it.';
comment on column campaign_hold.told_days is 'So many days before the end of its campaign both sides were told last that it is still held.';
CREATE UNIQUE INDEX reviewer_has_one_hold_at_a_time ON public.campaign_hold USING btree (campaign_id, reviewer_id) WHERE (outcome IS NULL);

create table campaign_item (
  id uuid not null,
  campaign_id uuid not null,
  grant_id uuid,
  identity_id uuid,
  reviewer_id uuid not null,
  what text not null,
  evidence jsonb not null,
  state text not null default 'open'::text,
  decision text,
  comment text,
  decided_by uuid,
  decided_at timestamp with time zone,
  signed_at timestamp with time zone,
  sessions_ended_ms integer,
  effect_ms integer,
  proven boolean,
  closed_at timestamp with time zone,
  routed text not null default 'rule'::text,
  last_kept_at timestamp with time zone,
  last_kept_by uuid,
  changes jsonb not null default '[]'::jsonb,
  unchanged boolean not null default false,
  no_response boolean not null default false,
  subject text not null default 'grant'::text,
  role_content_id uuid,
  account_id uuid,
  entitlement_id uuid,
  exception_id uuid,
  action text,
  ends uuid[] not null default '{}'::uuid[],
  problem text,
  stage smallint not null default 1,
  seat smallint not null default 1,
  asked_at timestamp with time zone,
  rerouted_because text,
  decided_for uuid,
  canary jsonb,
  canary_found boolean,
  answer_by timestamp with time zone,
  objection text,
  objected_at timestamp with time zone,
  case_id uuid generated always as (COALESCE(
CASE
    WHEN (subject = 'holding'::text) THEN (md5(((account_id)::text || (entitlement_id)::text)))::uuid
    ELSE NULL::uuid
END, grant_id, role_content_id, exception_id, account_id, ((canary ->> 'grantId'::text))::uuid)) stored,
  merged_from uuid,
  constraint campaign_item_pk PRIMARY KEY (id),
  constraint campaign_item_is_there_once UNIQUE (campaign_id, case_id, stage, seat),
  constraint campaign_item_action_is_known CHECK ((action = ANY (ARRAY['person'::text, 'role'::text]))),
  constraint campaign_item_decision_is_known CHECK ((decision = ANY (ARRAY['keep'::text, 'revoke'::text]))),
  constraint campaign_item_is_about_one_subject CHECK (((canary IS NOT NULL) OR ((num_nonnulls(grant_id, role_content_id, account_id, exception_id) = 1) AND
CASE subject
    WHEN 'grant'::text THEN ((num_nulls(grant_id, identity_id) = 0) AND (entitlement_id IS NULL))
    WHEN 'role_content'::text THEN ((role_content_id IS NOT NULL) AND (identity_id IS NULL) AND (entitlement_id IS NULL))
    WHEN 'account'::text THEN ((account_id IS NOT NULL) AND (identity_id IS NULL) AND (entitlement_id IS NULL))
    WHEN 'exception'::text THEN ((num_nulls(exception_id, identity_id) = 0) AND (entitlement_id IS NULL))
    WHEN 'holding'::text THEN (num_nulls(account_id, entitlement_id, identity_id) = 0)
    ELSE false
END))),
  constraint campaign_item_is_decided_for_another CHECK ((decided_for <> decided_by)),
  constraint campaign_item_routed_is_known CHECK ((routed = ANY (ARRAY['rule'::text, 'manager'::text, 'owner'::text, 'system_owner'::text, 'named'::text, 'campaign_owner'::text, 'overseer'::text, 'given'::text]))),
  constraint campaign_item_seat_counts_from_one CHECK ((((stage >= 1) AND (stage <= 3)) AND ((seat >= 1) AND (seat <= 3)))),
  constraint campaign_item_state_is_known CHECK ((state = ANY (ARRAY['waiting'::text, 'open'::text, 'decided'::text, 'held'::text, 'voted'::text, 'spared'::text, 'challenged'::text, 'kept'::text, 'revoking'::text, 'revoked'::text, 'unanswered'::text, 'checked'::text]))),
  constraint canary_never_touches_access CHECK (((canary IS NULL) OR ((subject <> 'account'::text) AND ((identity_id IS NULL) = (subject = 'role_content'::text)) AND (ends = '{}'::uuid[]) AND (num_nonnulls(grant_id, role_content_id, account_id, entitlement_id, exception_id) = 0) AND (canary ? 'grantId'::text) AND (state = ANY (ARRAY['open'::text, 'decided'::text, 'held'::text, 'checked'::text, 'spared'::text]))))),
  constraint challenged_item_says_until_when CHECK (((state <> 'challenged'::text) OR ((answer_by IS NOT NULL) AND (decision = 'revoke'::text)))),
  constraint decided_item_says_what_who_and_when CHECK (((state = ANY (ARRAY['waiting'::text, 'open'::text, 'spared'::text, 'unanswered'::text])) OR no_response OR ((decision IS NOT NULL) AND (decided_by IS NOT NULL) AND (decided_at IS NOT NULL)))),
  constraint nobody_decides_their_own_access CHECK ((decided_by <> identity_id)),
  constraint nobody_reviews_their_own_access CHECK ((reviewer_id <> identity_id)),
  constraint objection_says_when CHECK (((objection IS NULL) = (objected_at IS NULL))),
  constraint only_a_canary_is_checked CHECK (((state <> 'checked'::text) OR ((canary IS NOT NULL) AND (canary_found IS NOT NULL)))),
  constraint revoked_item_is_proved_or_said_not_to_be CHECK (((state <> 'revoked'::text) OR ((proven IS NOT NULL) AND (effect_ms IS NOT NULL)))),
  constraint silence_is_never_an_approval CHECK (((NOT no_response) OR ((state = ANY (ARRAY['revoking'::text, 'revoked'::text])) AND (decision = 'revoke'::text) AND (decided_by IS NULL)))),
  constraint unchanged_item_was_kept_before CHECK (((NOT unchanged) OR ((last_kept_at IS NOT NULL) AND (changes = '[]'::jsonb)))),
  constraint campaign_item_has_a_reviewer FOREIGN KEY (reviewer_id) REFERENCES identity(id),
  constraint campaign_item_is_about_a_grant FOREIGN KEY (grant_id) REFERENCES access_grant(id),
  constraint campaign_item_is_about_a_part_of_a_role FOREIGN KEY (role_content_id) REFERENCES role_content(id),
  constraint campaign_item_is_about_an_account FOREIGN KEY (account_id) REFERENCES account(id),
  constraint campaign_item_is_about_an_entitlement FOREIGN KEY (entitlement_id) REFERENCES entitlement(id),
  constraint campaign_item_is_about_an_exception FOREIGN KEY (exception_id) REFERENCES sod_exception(id),
  constraint campaign_item_is_about_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint campaign_item_is_decided_for_an_identity FOREIGN KEY (decided_for) REFERENCES identity(id),
  constraint campaign_item_is_in_a_campaign FOREIGN KEY (campaign_id) REFERENCES campaign(id)
);
comment on column campaign_item.evidence is 'What stood beside it at the instant. Uses and sessions are read for the page shown, as they were then; peers are counted once for the campaign.';
comment on column campaign_item.effect_ms is 'Milliseconds from the signed decision to the proof on the target.';
comment on column campaign_item.routed is 'Why this reviewer: by the rule of the campaign, or whom it fell to because those before were not independent. rule: frozen before this was kept.';
comment on column campaign_item.changes is 'What is other than at the last decision to keep it: list of {what, was, is}.';
comment on column campaign_item.no_response is 'True where nobody answered and the outcome the campaign names for that ended it.';
comment on column campaign_item.subject is 'What it is about: a grant, a part of a role, an account nobody answers for, an exception from duties, a holding nobody granted.';
comment on column campaign_item.action is 'How a revocation ends the access. person (also where null): every way by which this person has it. role: what roles give is taken out of the roles.';
comment on column campaign_item.ends is 'Grants beside its own that ended with it, because they gave the same.';
comment on column campaign_item.problem is 'Why a revocation is not carried out yet.';
comment on column campaign_item.stage is 'Stages follow one another. Each seat of a stage is a row: one vote about one case.';
comment on column campaign_item.asked_at is 'When its stage was opened, where that was after the launch.';
comment on column campaign_item.rerouted_because is 'Why the first by the rule, or who had it before, does not review it.';
comment on column campaign_item.decided_for is 'Whose deputy took the decision; null: it was taken in their own right.';
comment on column campaign_item.canary is 'A line known to be wrong, about no grant: {grantId, thingId} to look like one. It never leads to anything.';
comment on column campaign_item.case_id is 'What is voted about, whatever it is: the same in each seat. A holding has the digest of its two ids, a canary the grant it looks like.';
comment on column campaign_item.merged_from is 'Whom it was about when they turned out to be another; null: nobody did. A spared item of theirs is asked again when that is taken back.';
CREATE INDEX campaign_item_asked ON public.campaign_item USING btree (grant_id) WHERE ((state = ANY (ARRAY['open'::text, 'decided'::text])) AND (grant_id IS NOT NULL));
CREATE INDEX campaign_item_by_account ON public.campaign_item USING btree (account_id) WHERE (account_id IS NOT NULL);
CREATE INDEX campaign_item_by_exception ON public.campaign_item USING btree (exception_id) WHERE (exception_id IS NOT NULL);
CREATE INDEX campaign_item_by_grant ON public.campaign_item USING btree (grant_id) WHERE (state = 'revoking'::text);
CREATE INDEX campaign_item_by_reviewer ON public.campaign_item USING btree (campaign_id, reviewer_id, id);
CREATE INDEX campaign_item_by_role_content ON public.campaign_item USING btree (role_content_id) WHERE (role_content_id IS NOT NULL);
CREATE INDEX campaign_item_challenge_of ON public.campaign_item USING btree (identity_id) WHERE (state = 'challenged'::text);
CREATE INDEX campaign_item_challenged ON public.campaign_item USING btree (answer_by) WHERE (state = 'challenged'::text);
CREATE INDEX campaign_item_ends ON public.campaign_item USING gin (ends) WHERE (state = 'revoking'::text);
CREATE INDEX campaign_item_held ON public.campaign_item USING btree (campaign_id, decided_by) WHERE (state = 'held'::text);
CREATE INDEX campaign_item_in_order ON public.campaign_item USING btree (campaign_id, id, state);
CREATE INDEX campaign_item_kept ON public.campaign_item USING btree (grant_id, signed_at) WHERE (state = 'kept'::text);
CREATE INDEX campaign_item_revoking ON public.campaign_item USING btree (subject, id) WHERE (state = 'revoking'::text);
CREATE INDEX campaign_item_unanswered ON public.campaign_item USING btree (grant_id) WHERE ((state = 'unanswered'::text) AND (grant_id IS NOT NULL));
CREATE TRIGGER count_on_insert AFTER INSERT ON public.campaign_item REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION count_campaign_items();
CREATE TRIGGER count_on_update AFTER UPDATE ON public.campaign_item REFERENCING OLD TABLE AS went NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION count_campaign_items();

create table campaign_item_move (
  id uuid not null,
  campaign_id uuid not null,
  item_id uuid not null,
  from_id uuid not null,
  to_id uuid not null,
  because text not null,
  words text,
  moved_by text not null,
  moved_at timestamp with time zone not null,
  constraint campaign_item_move_pk PRIMARY KEY (id),
  constraint campaign_item_given_on_says_why CHECK (((because <> ALL (ARRAY['given'::text, 'reassigned'::text])) OR (btrim(words) <> ''::text))),
  constraint campaign_item_move_is_to_another CHECK ((to_id <> from_id)),
  constraint campaign_item_move_reason_is_known CHECK ((because = ANY (ARRAY['given'::text, 'reassigned'::text, 'reciprocal'::text, 'same_reviewer'::text, 'subject_deputy'::text, 'not_independent'::text, 'quality'::text]))),
  constraint campaign_item_move_is_from_an_identity FOREIGN KEY (from_id) REFERENCES identity(id),
  constraint campaign_item_move_is_of_a_campaign FOREIGN KEY (campaign_id) REFERENCES campaign(id),
  constraint campaign_item_move_is_of_an_item FOREIGN KEY (item_id) REFERENCES campaign_item(id),
  constraint campaign_item_move_is_to_an_identity FOREIGN KEY (to_id) REFERENCES identity(id)
);
comment on table campaign_item_move is 'Who had an item before, who has it since, and why. Reviewers are not forgotten.';
CREATE INDEX campaign_item_move_by_giver ON public.campaign_item_move USING btree (campaign_id, from_id, to_id);
CREATE INDEX campaign_item_move_by_item ON public.campaign_item_move USING btree (item_id, moved_at);
CREATE INDEX campaign_item_move_by_taker ON public.campaign_item_move USING btree (to_id);

create table campaign_peers (
  campaign_id uuid not null,
  department text not null,
  thing_id uuid not null,
  holding integer not null,
  people integer not null,
  constraint campaign_peers_pk PRIMARY KEY (campaign_id, department, thing_id),
  constraint campaign_peers_are_at_least_five CHECK (((people >= 5) AND (holding >= 0))),
  constraint campaign_peers_are_of_a_campaign FOREIGN KEY (campaign_id) REFERENCES campaign(id)
);
comment on table campaign_peers is 'How many of a department hold a thing at the instant of the campaign, counted once; groups under five are not here.';

create table campaign_reminder (
  campaign_id uuid not null,
  identity_id uuid not null,
  days_before smallint not null,
  sent_at timestamp with time zone not null,
  constraint campaign_reminder_pkey PRIMARY KEY (campaign_id, identity_id, days_before),
  constraint campaign_reminder_is_of_a_day CHECK (((days_before >= 0) AND (days_before <= 30))),
  constraint campaign_reminder_is_for_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint campaign_reminder_is_of_a_campaign FOREIGN KEY (campaign_id) REFERENCES campaign(id)
);
comment on table campaign_reminder is 'Who was reminded of a campaign so many days before it is due; 0: its owner was told of who stayed silent.';

create table campaign_reviewer (
  campaign_id uuid not null,
  reviewer_id uuid not null,
  items integer not null,
  open integer not null,
  decided integer not null,
  kept integer not null,
  revoking integer not null,
  revoked integer not null,
  unanswered integer not null,
  constraint campaign_reviewer_pk PRIMARY KEY (campaign_id, reviewer_id),
  constraint campaign_reviewer_is_an_identity FOREIGN KEY (reviewer_id) REFERENCES identity(id),
  constraint campaign_reviewer_is_of_a_campaign FOREIGN KEY (campaign_id) REFERENCES campaign(id)
);
comment on table campaign_reviewer is 'How far each reviewer is. Kept by trigger from campaign_item, so that nobody counts a million items to show a page.';
CREATE INDEX campaign_reviewer_by_identity ON public.campaign_reviewer USING btree (reviewer_id) WHERE (items > 0);

create table campaign_schedule (
  id uuid not null,
  name text not null,
  kind text not null,
  scope jsonb not null,
  reviewer_rule text not null,
  delta boolean not null,
  no_response text not null,
  days integer not null,
  every_months integer not null,
  first_at timestamp with time zone not null,
  next_at timestamp with time zone not null,
  occurrences integer not null default 0,
  created_by uuid not null,
  created_at timestamp with time zone not null,
  stopped_at timestamp with time zone,
  stopped_by uuid,
  review jsonb not null,
  constraint campaign_schedule_pk PRIMARY KEY (id),
  constraint campaign_schedule_gives_some_days CHECK (((days >= 1) AND (days <= 366))),
  constraint campaign_schedule_has_a_name CHECK ((btrim(name) <> ''::text)),
  constraint campaign_schedule_repeats_every_so_many_months CHECK (((every_months >= 1) AND (every_months <= 60))),
  constraint campaign_schedule_says_how_it_is_reviewed CHECK (((jsonb_typeof(review) = 'object'::text) AND (review ?& ARRAY['stages'::text, 'reciprocal'::text, 'holdFrom'::text, 'canaries'::text, 'challengeDays'::text, 'challengePrivileged'::text]))),
  constraint campaign_schedule_scope_is_an_object CHECK ((jsonb_typeof(scope) = 'object'::text)),
  constraint stopped_campaign_schedule_says_who CHECK (((stopped_at IS NULL) = (stopped_by IS NULL))),
  constraint campaign_schedule_is_made_by_an_identity FOREIGN KEY (created_by) REFERENCES identity(id),
  constraint campaign_schedule_is_stopped_by_an_identity FOREIGN KEY (stopped_by) REFERENCES identity(id)
);
comment on table campaign_schedule is 'A campaign that is launched again every so many months. next_at moves in the transaction that launches.';
comment on column campaign_schedule.review is 'How each of its campaigns is reviewed: stages, independence, held batches, known-wrong lines, what the person concerned may say.';
CREATE INDEX campaign_schedule_due ON public.campaign_schedule USING btree (next_at) WHERE (stopped_at IS NULL);

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
  uses jsonb,
  constraint candidate_role_pk PRIMARY KEY (id),
  constraint candidate_role_has_its_place UNIQUE (run_id, "position"),
  constraint candidate_role_is_drafted_once UNIQUE (role_id),
  constraint candidate_role_basis_is_known CHECK ((basis = ANY (ARRAY['access'::text, 'attributes'::text]))),
  constraint candidate_role_covers_what_is_not_extra CHECK (((coverage + extra) = (cardinality(identity_ids) * cardinality(entitlement_ids)))),
  constraint candidate_role_gives_something CHECK ((cardinality(entitlement_ids) > 0)),
  constraint candidate_role_is_for_somebody CHECK ((cardinality(identity_ids) > 0)),
  constraint candidate_role_stability_is_a_share CHECK (((stability >= (0)::double precision) AND (stability <= (1)::double precision))),
  constraint candidate_role_use_is_of_each_it_gives CHECK (((uses IS NULL) OR (jsonb_array_length(uses) = cardinality(entitlement_ids)))),
  constraint candidate_role_is_drafted_as_a_role FOREIGN KEY (role_id) REFERENCES role(id),
  constraint candidate_role_is_of_a_run FOREIGN KEY (run_id) REFERENCES mining_run(id)
);
comment on table candidate_role is 'A role that a run proposes. extra: what it would give those in it that they do not hold. role_id: the role a person made of it.';
comment on column candidate_role.uses is 'How each of entitlement_ids was used by those in it who hold it, as its run found; null: mined before runs looked.';

create table catalogue_entry (
  entitlement_id uuid not null,
  system_id uuid not null,
  name text not null,
  search text not null,
  owner_id uuid,
  risk smallint not null,
  data_class smallint not null,
  labels text[] not null default '{}'::text[],
  requestable boolean not null,
  described boolean not null,
  privileged boolean not null,
  holders integer not null default 0,
  granted integer not null default 0,
  last_used_at timestamp with time zone,
  use_known text not null default 'unknown'::text,
  used smallint not null default 3,
  counted_at timestamp with time zone,
  facets integer not null generated always as (((((((risk + (data_class << 2)) + (((owner_id IS NOT NULL))::integer << 5)) + ((requestable)::integer << 6)) + ((described)::integer << 7)) + ((privileged)::integer << 8)) + (used << 9))) stored,
  words_of_name text not null generated always as (catalogue_text(VARIADIC ARRAY[name])) stored,
  constraint catalogue_entry_pk PRIMARY KEY (entitlement_id),
  constraint catalogue_use_is_known_somehow CHECK ((use_known = ANY (ARRAY['exercised'::text, 'account'::text, 'never'::text, 'unknown'::text]))),
  constraint unknown_use_has_no_time CHECK (((use_known = ANY (ARRAY['exercised'::text, 'account'::text])) = (last_used_at IS NOT NULL))),
  constraint catalogue_entry_is_an_entitlement FOREIGN KEY (entitlement_id) REFERENCES entitlement(id)
);
comment on table catalogue_entry is 'A projection of entitlement for searching and counting. privileged is by itself or by anything it implies; whoever decides asks the graph instead.';
comment on column catalogue_entry.holders is 'Accounts that have it, as counted at counted_at after the last reading; null counted_at: not counted yet.';
comment on column catalogue_entry.use_known is 'exercised: through Reeve, resting on a grant of it. account: an account that has it was used, as its target tells. never: nobody ever had it. unknown: nothing tells; never to be shown as unused.';
comment on column catalogue_entry.used is 'How long ago, as counted at counted_at: 0 recently, 1 long ago, 2 never, 3 unknown.';
comment on column catalogue_entry.facets is 'All that is counted of an entry but its system and labels, in the bits of one number: entries that are alike are counted as one kind.';
comment on column catalogue_entry.words_of_name is 'The name as it is searched: a word of it that begins so is nearer than one of anything else.';
CREATE INDEX catalogue_entry_by_first_letter ON public.catalogue_entry USING btree ("left"(search, 2), name, entitlement_id);
CREATE INDEX catalogue_entry_by_first_letters ON public.catalogue_entry USING btree ("left"(search, 3), name, entitlement_id);
CREATE INDEX catalogue_entry_by_holders ON public.catalogue_entry USING btree (holders DESC, name, entitlement_id);
CREATE INDEX catalogue_entry_by_label ON public.catalogue_entry USING gin (labels);
CREATE INDEX catalogue_entry_by_owner ON public.catalogue_entry USING btree (owner_id) WHERE (owner_id IS NOT NULL);
CREATE INDEX catalogue_entry_by_risk ON public.catalogue_entry USING btree (risk DESC, name, entitlement_id);
CREATE INDEX catalogue_entry_by_system ON public.catalogue_entry USING btree (system_id, name, entitlement_id);
CREATE INDEX catalogue_entry_by_text ON public.catalogue_entry USING gin (search gin_trgm_ops);
CREATE INDEX catalogue_entry_by_words_of_name ON public.catalogue_entry USING gin (words_of_name gin_trgm_ops);
CREATE INDEX catalogue_entry_in_order ON public.catalogue_entry USING btree (name, entitlement_id);
CREATE INDEX catalogue_entry_sample ON public.catalogue_entry USING btree (entitlement_id) WHERE ((uuid_hash(entitlement_id) & 15) = 0);
CREATE TRIGGER kinds_follow_change AFTER UPDATE ON public.catalogue_entry REFERENCING OLD TABLE AS said_before NEW TABLE AS now_said FOR EACH STATEMENT EXECUTE FUNCTION catalogue_count_kinds();
CREATE TRIGGER kinds_follow_gone AFTER DELETE ON public.catalogue_entry REFERENCING OLD TABLE AS said_before FOR EACH STATEMENT EXECUTE FUNCTION catalogue_count_kinds();
CREATE TRIGGER kinds_follow_new AFTER INSERT ON public.catalogue_entry REFERENCING NEW TABLE AS now_said FOR EACH STATEMENT EXECUTE FUNCTION catalogue_count_kinds();

create table catalogue_kind (
  system_id uuid not null,
  facets integer not null,
  label text,
  n integer not null
);
comment on table catalogue_kind is 'How many entries of a system are alike, all of them (label null) and of each label: the sum of n. Rows are only added, so that nobody waits for anybody; after readings they are summed up.';
CREATE INDEX catalogue_kind_of_all ON public.catalogue_kind USING btree (system_id, facets) INCLUDE (n) WHERE (label IS NULL);
CREATE INDEX catalogue_kind_of_label ON public.catalogue_kind USING btree (label, system_id, facets) INCLUDE (n) WHERE (label IS NOT NULL);

create table catalogue_word (
  word text not null,
  constraint catalogue_word_pk PRIMARY KEY (word)
);
comment on table catalogue_word is 'Words of the catalogue, for what is mistyped. Words are added after readings; one that no entry has any more finds nothing.';
CREATE INDEX catalogue_word_like ON public.catalogue_word USING gin (word gin_trgm_ops);

create table change_limits (
  kind text not null,
  system_id uuid,
  limits jsonb not null,
  recorded_from timestamp with time zone not null default reeve_now(),
  constraint change_limits_are_once_for_kind_and_system UNIQUE NULLS NOT DISTINCT (kind, system_id),
  constraint change_limits_are_an_object CHECK ((jsonb_typeof(limits) = 'object'::text)),
  constraint change_limits_are_of_a_system FOREIGN KEY (system_id) REFERENCES system(id)
);
comment on table change_limits is 'How much of a kind may change at a time; system_id null: as a whole, and on systems that have no limits of their own.';

create table change_mark (
  topic text not null,
  backend integer not null,
  xid xid8 not null,
  constraint change_mark_is_one_of_a_backend PRIMARY KEY (topic, backend)
);
comment on table change_mark is 'The last transaction of each backend that changed a table of the topic. Whoever keeps rows of those tables in memory, and under which snapshot it began to, knows by a visible mark outside that snapshot that something may have changed. A backend writes no row but its own, so that nobody waits for anybody.';
comment on column change_mark.backend is 'Its process id. When the id is used again the row is too: the transaction of before has ended, and the one of now has the younger xid.';
alter table change_mark set (fillfactor=50);

create table change_mark_of_part (
  topic text not null,
  part uuid not null,
  backend integer not null,
  xid xid8 not null,
  constraint change_mark_of_part_is_one_of_a_backend PRIMARY KEY (topic, part, backend)
);
comment on table change_mark_of_part is 'As change_mark, of one thing of many of a topic: the last transaction that changed it. Whoever keeps others of them keeps those. A backend writes no row but its own here too: two that change many things in another order would else wait for each other for ever.';
CREATE INDEX change_mark_of_part_by_xid ON public.change_mark_of_part USING btree (topic, xid);

create table checkout_ask (
  id uuid not null,
  secret_id uuid not null,
  asker_id uuid not null,
  reason text not null,
  ticket text,
  seconds integer not null,
  asked_at timestamp with time zone not null,
  lapses_at timestamp with time zone not null,
  state text not null default 'waiting'::text,
  decided_by uuid,
  decided_at timestamp with time zone,
  decided_because text,
  constraint checkout_ask_pk PRIMARY KEY (id),
  constraint checkout_ask_is_never_decided_by_its_asker CHECK ((decided_by <> asker_id)),
  constraint checkout_ask_is_used_after_a_decision CHECK ((((decided_by IS NOT NULL) AND (decided_at IS NOT NULL)) = (state = ANY (ARRAY['approved'::text, 'denied'::text, 'used'::text])))),
  constraint checkout_ask_lapses_after_it_was_made CHECK ((lapses_at > asked_at)),
  constraint checkout_ask_state_is_known CHECK ((state = ANY (ARRAY['waiting'::text, 'approved'::text, 'denied'::text, 'used'::text, 'withdrawn'::text]))),
  constraint checkout_ask_is_an_identitys FOREIGN KEY (asker_id) REFERENCES identity(id),
  constraint checkout_ask_is_decided_by_an_identity FOREIGN KEY (decided_by) REFERENCES identity(id),
  constraint checkout_ask_is_of_a_secret FOREIGN KEY (secret_id) REFERENCES secret(id)
);
comment on table checkout_ask is 'Somebody asks that a second person agrees to one checkout. Approved, it is used once and within its time.';
CREATE INDEX checkout_ask_by_time ON public.checkout_ask USING btree (asked_at DESC, id);
CREATE UNIQUE INDEX checkout_is_asked_for_once ON public.checkout_ask USING btree (secret_id, asker_id) WHERE (state = ANY (ARRAY['waiting'::text, 'approved'::text]));

create table checkout_terms (
  path text not null,
  shared boolean not null,
  second_person boolean not null,
  reason_required boolean not null,
  ticket_required boolean not null,
  longest_seconds integer not null,
  extensions integer not null,
  showing text not null,
  rotate_after boolean not null,
  changed_by uuid not null,
  changed_at timestamp with time zone not null,
  constraint checkout_terms_pk PRIMARY KEY (path),
  constraint checkout_terms_are_for_a_path CHECK ((path ~ '^[a-z0-9._@-]+(/[A-Za-z0-9._@$ -]+)*$'::text)),
  constraint checkout_terms_extend_a_few_times CHECK (((extensions >= 0) AND (extensions <= 20))),
  constraint checkout_terms_last_some_time CHECK (((longest_seconds >= 60) AND (longest_seconds <= 86400))),
  constraint checkout_terms_showing_is_known CHECK ((showing = ANY (ARRAY['reveal'::text, 'copy_once'::text, 'inject_only'::text]))),
  constraint checkout_terms_are_an_identitys FOREIGN KEY (changed_by) REFERENCES identity(id)
);
comment on table checkout_terms is 'Under which terms the secret of that path, and what lies below it, is taken out. The longest path that fits holds. Replaced, never removed.';
CREATE TRIGGER mark_change AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.checkout_terms FOR EACH STATEMENT EXECUTE FUNCTION mark_change('secrets');

create table command_rules (
  id uuid not null,
  system_id uuid not null,
  account_id uuid,
  revision integer not null,
  rules jsonb not null,
  ask_seconds integer not null,
  changed_at timestamp with time zone not null,
  changed_by uuid not null,
  constraint command_rules_pk PRIMARY KEY (id),
  constraint command_rules_are_one UNIQUE NULLS NOT DISTINCT (system_id, account_id),
  constraint command_rules_are_a_list CHECK ((jsonb_typeof(rules) = 'array'::text)),
  constraint command_rules_are_counted CHECK ((revision >= 1)),
  constraint command_rules_ask_for_minutes CHECK (((ask_seconds >= 10) AND (ask_seconds <= 600))),
  constraint command_rules_are_of_a_system FOREIGN KEY (system_id) REFERENCES system(id),
  constraint command_rules_are_of_an_account FOREIGN KEY (account_id) REFERENCES account(id)
);
comment on table command_rules is 'What happens at which commands of sessions on a system; an account''s own hold besides.';

create table correlation_case (
  id uuid not null,
  account_id uuid not null,
  system_id uuid not null,
  state text not null,
  candidates jsonb not null,
  opened_at timestamp with time zone not null,
  resolved_at timestamp with time zone,
  resolved_by uuid,
  identity_id uuid,
  constraint correlation_case_pk PRIMARY KEY (id),
  constraint correlation_case_is_one_an_account UNIQUE (account_id),
  constraint correlation_candidates_are_a_list CHECK ((jsonb_typeof(candidates) = 'array'::text)),
  constraint correlation_case_is_resolved_with_a_time CHECK (((state = 'open'::text) = (resolved_at IS NULL))),
  constraint correlation_case_state_is_known CHECK ((state = ANY (ARRAY['open'::text, 'linked'::text, 'nobody'::text, 'closed'::text]))),
  constraint linked_case_names_whom CHECK (((state = 'linked'::text) = (identity_id IS NOT NULL))),
  constraint correlation_case_answer_is_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint correlation_case_is_about_an_account FOREIGN KEY (account_id) REFERENCES account(id),
  constraint correlation_case_is_on_a_system FOREIGN KEY (system_id) REFERENCES system(id),
  constraint correlation_case_resolver_is_an_identity FOREIGN KEY (resolved_by) REFERENCES identity(id)
);
comment on table correlation_case is 'An account whose owner a person has to name, with who it may be and what speaks for each. nobody: somebody looked and it is none of them.';
CREATE INDEX open_correlation_case ON public.correlation_case USING btree (system_id, id) WHERE (state = 'open'::text);

create table correlation_rules (
  one boolean not null default true,
  rules jsonb not null,
  recorded_from timestamp with time zone not null default reeve_now(),
  constraint correlation_rules_are_one_set PRIMARY KEY (one),
  constraint correlation_rules_are_an_object CHECK ((jsonb_typeof(rules) = 'object'::text)),
  constraint correlation_rules_are_of_the_house CHECK (one)
);
comment on table correlation_rules is 'What speaks for an account being somebody''s, and how sure is sure; without a row, what Reeve comes with.';
CREATE TRIGGER keep_history BEFORE DELETE OR UPDATE ON public.correlation_rules FOR EACH ROW EXECUTE FUNCTION keep_history();

create table correlation_rules_history (
  recorded_to timestamp with time zone not null,
  one boolean not null,
  rules jsonb not null,
  recorded_from timestamp with time zone not null,
  constraint correlation_rules_history_ends_after_it_begins CHECK ((recorded_to >= recorded_from))
);
comment on table correlation_rules_history is 'What correlation_rules said before: each row as it was recorded from recorded_from until recorded_to. Written by trigger only.';

create table credential_check (
  secret_id uuid not null,
  state text not null,
  version integer,
  checked_at timestamp with time zone not null,
  since timestamp with time zone not null,
  next_at timestamp with time zone not null,
  problem text,
  constraint credential_check_pk PRIMARY KEY (secret_id),
  constraint credential_check_state_is_known CHECK ((state = ANY (ARRAY['works'::text, 'refused'::text, 'unknown'::text]))),
  constraint credential_that_does_not_work_says_why CHECK (((state = 'works'::text) OR (problem IS NOT NULL))),
  constraint credential_check_is_of_a_secret FOREIGN KEY (secret_id) REFERENCES secret(id)
);
comment on table credential_check is 'Whether the current value of a secret logs in, as last tried. refused: reported, and repaired where the policy says so. unknown: the target could not be asked.';
CREATE INDEX credential_check_that_is_due ON public.credential_check USING btree (next_at);

create table credential_dependant (
  id uuid not null,
  secret_id uuid not null,
  position integer not null,
  name text not null,
  system_id uuid not null,
  place jsonb not null,
  added_at timestamp with time zone not null default reeve_now(),
  removed_at timestamp with time zone,
  constraint credential_dependant_pk PRIMARY KEY (id),
  constraint credential_dependant_has_a_name CHECK ((btrim(name) <> ''::text)),
  constraint credential_dependant_place_is_an_object CHECK ((jsonb_typeof(place) = 'object'::text)),
  constraint credential_dependant_is_of_a_secret FOREIGN KEY (secret_id) REFERENCES secret(id),
  constraint credential_dependant_is_on_a_system FOREIGN KEY (system_id) REFERENCES system(id)
);
comment on table credential_dependant is 'Where else the value of a credential stands: updated in order when it is rotated, read back, and put back together.';
CREATE INDEX credential_dependant_by_secret ON public.credential_dependant USING btree (secret_id, "position") WHERE (removed_at IS NULL);

create table data_change (
  xid xid8 not null,
  constraint data_change_pk PRIMARY KEY (xid)
);
comment on table data_change is 'Transactions that changed who has what or what keeps it apart. A report is stale as soon as one is here that its snapshot does not see.';

create table decision_link (
  id uuid not null,
  request_id uuid not null,
  step_id uuid not null,
  identity_id uuid not null,
  made_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  used_at timestamp with time zone,
  constraint decision_link_pkey PRIMARY KEY (id),
  constraint decision_link_is_one_for_each_person_and_step UNIQUE (step_id, identity_id),
  constraint decision_link_ends_after_it_was_made CHECK ((ends_at > made_at)),
  constraint decision_link_is_for_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint decision_link_is_of_a_request FOREIGN KEY (request_id) REFERENCES request(id),
  constraint decision_link_is_of_a_step FOREIGN KEY (step_id) REFERENCES approval_step(id) ON DELETE CASCADE
);
comment on table decision_link is 'A link by which one person decides one step from a mail. What proves it is derived from the root key when the mail is sent and is kept nowhere.';

create table decision_link_setting (
  one boolean not null default true,
  mode text not null,
  hours integer not null,
  changed_at timestamp with time zone not null,
  changed_by text not null,
  constraint decision_link_setting_pkey PRIMARY KEY (one),
  constraint decision_link_ends_in_time CHECK (((hours >= 1) AND (hours <= 336))),
  constraint decision_link_mode_is_known CHECK ((mode = ANY (ARRAY['off'::text, 'signed_in'::text, 'low_risk'::text]))),
  constraint decision_link_setting_is_one CHECK (one)
);
comment on table decision_link_setting is 'Whether mails carry links that decide, and for how long. Without a row: signed_in, 72 hours.';

create table decision_made (
  id uuid not null,
  at timestamp with time zone not null default reeve_now(),
  principal_kind text not null,
  principal_id text not null,
  action text not null,
  resource_type text not null,
  resource_id text not null,
  context jsonb not null default '{}'::jsonb,
  allowed boolean not null,
  policies text[] not null,
  errors text[] not null default '{}'::text[],
  version text not null,
  constraint decision_made_pkey PRIMARY KEY (id),
  constraint allowed_decision_names_its_policies CHECK (((NOT allowed) OR (cardinality(policies) > 0))),
  constraint decision_context_is_an_object CHECK ((jsonb_typeof(context) = 'object'::text)),
  constraint decision_made_principal_is_known CHECK ((principal_kind = ANY (ARRAY['identity'::text, 'component'::text, 'anonymous'::text])))
);
comment on table decision_made is 'Questions and their answers of the last weeks, so that a draft can be tried on them. The audit log is the record; this is its working copy and is thinned.';
CREATE INDEX decision_made_in_order ON public.decision_made USING btree (at);

create table device_login (
  id uuid not null,
  device_hash bytea not null,
  user_code text not null,
  client text not null,
  identity_id uuid,
  decided_at timestamp with time zone,
  approved boolean,
  taken_at timestamp with time zone,
  ends_at timestamp with time zone not null,
  constraint device_login_pk PRIMARY KEY (id),
  constraint device_login_code_is_one_logins UNIQUE (user_code),
  constraint device_login_device_is_one_logins UNIQUE (device_hash),
  constraint device_login_decision_is_yes_or_no CHECK (((decided_at IS NULL) = (approved IS NULL))),
  constraint device_login_is_decided_by_someone CHECK (((decided_at IS NULL) = (identity_id IS NULL)))
);
comment on table device_login is 'A command line waiting to be let in by its person in the console (RFC 8628).';

create table discovery_run (
  id uuid not null,
  system_id uuid not null,
  state text not null default 'waiting'::text,
  counts jsonb,
  problem text,
  trusted boolean,
  asked_at timestamp with time zone not null default reeve_now(),
  ended_at timestamp with time zone,
  kind text not null default 'whole'::text,
  pieces integer not null default 0,
  rows bigint not null default 0,
  tries integer not null default 0,
  accepted_by uuid,
  accepted_at timestamp with time zone,
  accepted_because text,
  constraint discovery_run_pk PRIMARY KEY (id),
  constraint discovery_run_is_accepted_by_somebody CHECK ((num_nulls(accepted_by, accepted_at, accepted_because) = ANY (ARRAY[0, 3]))),
  constraint discovery_run_kind_is_known CHECK ((kind = ANY (ARRAY['whole'::text, 'changes'::text]))),
  constraint discovery_run_state_is_known CHECK ((state = ANY (ARRAY['waiting'::text, 'held'::text, 'applying'::text, 'done'::text, 'failed'::text, 'superseded'::text]))),
  constraint ended_discovery_run_says_when CHECK (((state = ANY (ARRAY['waiting'::text, 'held'::text, 'applying'::text])) = (ended_at IS NULL))),
  constraint held_discovery_run_says_why CHECK (((state <> 'held'::text) OR (problem IS NOT NULL))),
  constraint only_an_accepted_reading_is_applied_against_the_rule CHECK (((state <> 'applying'::text) OR (accepted_by IS NOT NULL))),
  constraint discovery_run_acceptor_is_an_identity FOREIGN KEY (accepted_by) REFERENCES identity(id),
  constraint discovery_run_is_of_a_system FOREIGN KEY (system_id) REFERENCES system(id)
);
CREATE INDEX discovery_run_by_system ON public.discovery_run USING btree (system_id, asked_at);
CREATE UNIQUE INDEX system_has_one_open_reading ON public.discovery_run USING btree (system_id) WHERE (state = ANY (ARRAY['waiting'::text, 'applying'::text]));

create table drift_baseline (
  system_id uuid not null,
  since timestamp with time zone not null,
  constraint drift_baseline_pk PRIMARY KEY (system_id),
  constraint drift_baseline_is_of_a_system FOREIGN KEY (system_id) REFERENCES system(id)
);
comment on table drift_baseline is 'When a system was first read whole: what was there then is no change behind anybody''s back.';

create table drift_case (
  id uuid not null,
  situation text not null,
  system_id uuid not null,
  account_id uuid,
  entitlement_id uuid,
  identity_id uuid,
  grant_id uuid,
  privileged boolean not null,
  since timestamp with time zone not null,
  state text not null default 'open'::text,
  reaction text,
  problem text,
  opened_at timestamp with time zone not null,
  settled_at timestamp with time zone,
  decided_by text,
  because text,
  accepted_until timestamp with time zone,
  constraint drift_case_pk PRIMARY KEY (id),
  constraint accepted_drift_case_says_why_and_until_when CHECK (((state <> 'accepted'::text) OR (num_nulls(because, accepted_until, decided_by) = 0))),
  constraint drift_case_is_settled_with_a_time CHECK (((state = ANY (ARRAY['open'::text, 'reacting'::text, 'accepted'::text])) = (settled_at IS NULL))),
  constraint drift_case_names_what_it_is_about CHECK ((((situation = 'out_of_band'::text) AND (num_nulls(account_id, entitlement_id) = 0)) OR ((situation = 'missing'::text) AND (num_nulls(grant_id, entitlement_id, identity_id) = 0)) OR ((situation = ANY (ARRAY['orphan_account'::text, 'leaver_account'::text])) AND (account_id IS NOT NULL)))),
  constraint drift_case_situation_is_known CHECK ((situation = ANY (ARRAY['out_of_band'::text, 'missing'::text, 'orphan_account'::text, 'leaver_account'::text]))),
  constraint drift_case_state_is_known CHECK ((state = ANY (ARRAY['open'::text, 'reacting'::text, 'accepted'::text, 'adopted'::text, 'removed'::text, 'restored'::text, 'disabled'::text, 'gone'::text]))),
  constraint reacting_drift_case_says_how CHECK (((state <> 'reacting'::text) OR (reaction IS NOT NULL))),
  constraint drift_case_is_about_a_grant FOREIGN KEY (grant_id) REFERENCES access_grant(id),
  constraint drift_case_is_about_an_account FOREIGN KEY (account_id) REFERENCES account(id),
  constraint drift_case_is_about_an_entitlement FOREIGN KEY (entitlement_id) REFERENCES entitlement(id),
  constraint drift_case_is_about_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint drift_case_is_on_a_system FOREIGN KEY (system_id) REFERENCES system(id)
);
comment on table drift_case is 'One difference between what should be and what is that came after the baseline. Told once while it lasts.';
CREATE INDEX drift_case_by_identity ON public.drift_case USING btree (identity_id) WHERE (identity_id IS NOT NULL);
CREATE INDEX drift_case_by_system ON public.drift_case USING btree (system_id, state, id);
CREATE UNIQUE INDEX drift_case_is_told_once ON public.drift_case USING btree (situation, system_id, account_id, entitlement_id, grant_id) NULLS NOT DISTINCT WHERE (state = ANY (ARRAY['open'::text, 'reacting'::text, 'accepted'::text]));

create table drift_reaction (
  system_id uuid,
  situation text not null,
  reaction text not null,
  privileged_reaction text not null,
  recorded_from timestamp with time zone not null default reeve_now(),
  constraint drift_reaction_is_once_for_system_and_situation UNIQUE NULLS NOT DISTINCT (system_id, situation),
  constraint drift_reaction_fits_its_situation CHECK ((((situation = 'out_of_band'::text) AND (reaction = ANY (ARRAY['review'::text, 'adopt'::text, 'remove'::text])) AND (privileged_reaction = ANY (ARRAY['review'::text, 'adopt'::text, 'remove'::text]))) OR ((situation = 'missing'::text) AND (reaction = ANY (ARRAY['review'::text, 'restore'::text])) AND (privileged_reaction = ANY (ARRAY['review'::text, 'restore'::text]))) OR ((situation = ANY (ARRAY['orphan_account'::text, 'leaver_account'::text])) AND (reaction = ANY (ARRAY['review'::text, 'disable'::text])) AND (privileged_reaction = ANY (ARRAY['review'::text, 'disable'::text]))))),
  constraint drift_reaction_is_of_a_system FOREIGN KEY (system_id) REFERENCES system(id)
);
comment on table drift_reaction is 'What follows of itself from each situation; system_id null: on systems that have none of their own.';

create table eligibility (
  entitlement_id uuid not null,
  for_entitlement_id uuid,
  for_role_id uuid,
  constraint eligibility_pk PRIMARY KEY (entitlement_id),
  constraint eligibility_is_for_one_thing CHECK ((num_nonnulls(for_entitlement_id, for_role_id) = 1)),
  constraint eligibility_is_for_something_else CHECK ((entitlement_id <> for_entitlement_id)),
  constraint eligibility_is_an_entitlement FOREIGN KEY (entitlement_id) REFERENCES entitlement(id),
  constraint eligibility_is_for_a_role FOREIGN KEY (for_role_id) REFERENCES role(id),
  constraint eligibility_is_for_an_entitlement FOREIGN KEY (for_entitlement_id) REFERENCES entitlement(id)
);
comment on table eligibility is 'Entitlements of Reeve that let somebody activate an entitlement or role for a while, and give nothing by themselves.';
CREATE UNIQUE INDEX entitlement_has_one_eligibility ON public.eligibility USING btree (for_entitlement_id) WHERE (for_entitlement_id IS NOT NULL);
CREATE UNIQUE INDEX role_has_one_eligibility ON public.eligibility USING btree (for_role_id) WHERE (for_role_id IS NOT NULL);
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.eligibility FOR EACH STATEMENT EXECUTE FUNCTION refuse_changed_eligibility();
CREATE TRIGGER refuse_eligibility BEFORE INSERT ON public.eligibility FOR EACH ROW EXECUTE FUNCTION refuse_eligibility_for_eligibility();

create table emergency_opening (
  id uuid not null,
  path_id uuid not null,
  reason text not null,
  asked_by uuid not null,
  asked_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  agreed_by uuid,
  agreed_at timestamp with time zone,
  constraint emergency_opening_pk PRIMARY KEY (id),
  constraint emergency_opening_agreement_is_whole CHECK (((agreed_by IS NULL) = (agreed_at IS NULL))),
  constraint emergency_opening_ends CHECK ((ends_at > asked_at)),
  constraint emergency_opening_is_decided_by_two CHECK ((agreed_by <> asked_by)),
  constraint emergency_opening_says_why CHECK ((btrim(reason) <> ''::text)),
  constraint emergency_opening_is_agreed_by_an_identity FOREIGN KEY (agreed_by) REFERENCES identity(id),
  constraint emergency_opening_is_asked_by_an_identity FOREIGN KEY (asked_by) REFERENCES identity(id),
  constraint emergency_opening_of_a_path FOREIGN KEY (path_id) REFERENCES emergency_path(id)
);
comment on table emergency_opening is 'Opening a locked emergency path again: one asks, another agrees.';
CREATE INDEX emergency_opening_by_path ON public.emergency_opening USING btree (path_id, asked_at);

create table emergency_path (
  id uuid not null,
  name text not null,
  purpose text not null,
  entitlement_id uuid,
  role_id uuid,
  user_ids uuid[] not null,
  users_hold_id uuid,
  reviewer_ids uuid[] not null,
  longest_seconds integer not null,
  review_seconds integer not null,
  defined_by uuid not null,
  defined_at timestamp with time zone not null,
  closed_at timestamp with time zone,
  locked_at timestamp with time zone,
  locked_because text,
  locked_by_use_id uuid,
  constraint emergency_path_pk PRIMARY KEY (id),
  constraint emergency_path_is_for_somebody CHECK (((cardinality(user_ids) > 0) OR (users_hold_id IS NOT NULL))),
  constraint emergency_path_is_not_defined_for_oneself CHECK ((NOT (defined_by = ANY (user_ids)))),
  constraint emergency_path_is_reviewed_by_somebody CHECK ((cardinality(reviewer_ids) > 0)),
  constraint emergency_path_is_reviewed_soon CHECK (((review_seconds >= 60) AND (review_seconds <= 2592000))),
  constraint emergency_path_is_short CHECK (((longest_seconds >= 60) AND (longest_seconds <= 86400))),
  constraint emergency_path_is_to_one_thing CHECK ((num_nonnulls(entitlement_id, role_id) = 1)),
  constraint emergency_path_locked_says_why CHECK ((num_nulls(locked_at, locked_because, locked_by_use_id) = ANY (ARRAY[0, 3]))),
  constraint emergency_path_says_what_for CHECK (((btrim(name) <> ''::text) AND (btrim(purpose) <> ''::text))),
  constraint emergency_path_is_defined_by_an_identity FOREIGN KEY (defined_by) REFERENCES identity(id),
  constraint emergency_path_is_locked_by_a_use FOREIGN KEY (locked_by_use_id) REFERENCES emergency_use(id),
  constraint emergency_path_to_a_role FOREIGN KEY (role_id) REFERENCES role(id),
  constraint emergency_path_to_an_entitlement FOREIGN KEY (entitlement_id) REFERENCES entitlement(id)
);
comment on table emergency_path is 'Defined beforehand: who may take what at once without approval, for how long, and who reviews each use by when. Locked while a use went unreviewed past its limit.';
CREATE UNIQUE INDEX emergency_path_name_is_one_of_those_open ON public.emergency_path USING btree (lower(name)) WHERE (closed_at IS NULL);

create table emergency_use (
  id uuid not null,
  path_id uuid not null,
  identity_id uuid not null,
  grant_id uuid not null,
  reason text not null,
  used_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  review_due_at timestamp with time zone not null,
  step_up_method text not null,
  step_up_at timestamp with time zone not null,
  overdue_at timestamp with time zone,
  verdict text,
  reviewed_by uuid,
  reviewed_at timestamp with time zone,
  comment text,
  constraint emergency_use_pk PRIMARY KEY (id),
  constraint emergency_use_has_its_own_grant UNIQUE (grant_id),
  constraint emergency_use_ends CHECK ((ends_at > used_at)),
  constraint emergency_use_is_overdue_once_due CHECK ((overdue_at >= review_due_at)),
  constraint emergency_use_is_reviewed_by_another CHECK ((reviewed_by <> identity_id)),
  constraint emergency_use_is_to_be_reviewed CHECK ((review_due_at > used_at)),
  constraint emergency_use_review_is_whole CHECK ((num_nulls(verdict, reviewed_by, reviewed_at, comment) = ANY (ARRAY[0, 4]))),
  constraint emergency_use_says_why CHECK ((btrim(reason) <> ''::text)),
  constraint emergency_use_step_up_method_is_known CHECK ((step_up_method = ANY (ARRAY['passkey'::text, 'totp'::text]))),
  constraint emergency_use_verdict_is_known CHECK ((verdict = ANY (ARRAY['justified'::text, 'not_justified'::text]))),
  constraint emergency_use_by_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint emergency_use_gives_a_grant FOREIGN KEY (grant_id) REFERENCES access_grant(id),
  constraint emergency_use_is_reviewed_by_an_identity FOREIGN KEY (reviewed_by) REFERENCES identity(id),
  constraint emergency_use_of_a_path FOREIGN KEY (path_id) REFERENCES emergency_path(id)
);
comment on table emergency_use is 'One use of an emergency path with its review. Due times are columns: whoever looks next acts on them, whatever died meanwhile.';
CREATE INDEX emergency_use_by_identity ON public.emergency_use USING btree (identity_id, used_at);
CREATE INDEX emergency_use_by_path ON public.emergency_use USING btree (path_id, used_at);
CREATE INDEX emergency_use_to_review ON public.emergency_use USING btree (review_due_at) WHERE (verdict IS NULL);

create table enrolment_link (
  token_hash bytea not null,
  purpose text not null,
  identity_id uuid,
  ends_at timestamp with time zone not null,
  used_at timestamp with time zone,
  created_at timestamp with time zone not null default reeve_now(),
  constraint enrolment_link_pk PRIMARY KEY (token_hash),
  constraint enrolment_link_names_whom_it_enrols CHECK (((purpose = 'first_administrator'::text) OR (identity_id IS NOT NULL))),
  constraint enrolment_link_purpose_is_known CHECK ((purpose = ANY (ARRAY['first_administrator'::text, 'enrol'::text])))
);
comment on table enrolment_link is 'One-time links by which the first administrator, and later people, get their first way to sign in.';

create table entitlement (
  id uuid not null,
  system_id uuid not null,
  kind text not null,
  native_id text not null,
  name text not null,
  description text,
  owner_id uuid,
  risk text not null default 'medium'::text,
  privileged boolean not null default false,
  privileged_on_target boolean not null default false,
  marked_privileged boolean not null default false,
  requestable boolean not null default false,
  max_seconds integer,
  account_id uuid,
  source text not null default 'reeve'::text,
  attributes jsonb not null default '{}'::jsonb,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone,
  recorded_from timestamp with time zone not null default reeve_now(),
  data_class text,
  regulated text[] not null default '{}'::text[],
  tags text[] not null default '{}'::text[],
  aliases text[] not null default '{}'::text[],
  reviewed_at timestamp with time zone,
  stable_id text,
  renamed_from text,
  renamed_at timestamp with time zone,
  licence text,
  licence_cost numeric(12,2),
  licence_currency text,
  constraint entitlement_pkey PRIMARY KEY (id),
  constraint entitlement_attributes_are_an_object CHECK ((jsonb_typeof(attributes) = 'object'::text)),
  constraint entitlement_data_class_is_known CHECK ((data_class = ANY (ARRAY['public'::text, 'internal'::text, 'confidential'::text, 'restricted'::text]))),
  constraint entitlement_does_not_end_before_it_begins CHECK ((valid_to >= valid_from)),
  constraint entitlement_has_a_name CHECK ((btrim(name) <> ''::text)),
  constraint entitlement_has_at_most_20_aliases CHECK ((cardinality(aliases) <= 20)),
  constraint entitlement_has_at_most_50_tags CHECK (((cardinality(tags) <= 50) AND (cardinality(regulated) <= 20))),
  constraint entitlement_is_privileged_where_marked_or_read_so CHECK ((privileged OR (NOT (marked_privileged OR privileged_on_target)))),
  constraint entitlement_kind_is_not_blank CHECK ((btrim(kind) <> ''::text)),
  constraint entitlement_lasts_some_time CHECK ((max_seconds > 0)),
  constraint entitlement_licence_cost_is_in_a_currency CHECK (((licence_cost IS NULL) = (licence_currency IS NULL))),
  constraint entitlement_licence_cost_is_not_negative CHECK ((licence_cost >= (0)::numeric)),
  constraint entitlement_licence_cost_is_of_a_licence CHECK (((licence_cost IS NULL) OR (licence IS NOT NULL))),
  constraint entitlement_licence_currency_is_a_code CHECK ((licence_currency ~ '^[A-Z]{3}$'::text)),
  constraint entitlement_licence_has_a_name CHECK ((btrim(licence) <> ''::text)),
  constraint entitlement_native_id_is_not_blank CHECK ((native_id <> ''::text)),
  constraint entitlement_rename_has_its_time CHECK ((num_nulls(renamed_from, renamed_at) = ANY (ARRAY[0, 2]))),
  constraint entitlement_risk_is_known CHECK ((risk = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text, 'critical'::text]))),
  constraint entitlement_source_is_known CHECK ((source = ANY (ARRAY['reading'::text, 'reeve'::text]))),
  constraint entitlement_tags_are_words CHECK ((array_to_string((tags || regulated), ','::text, ','::text) ~ '^([a-z0-9][a-z0-9._-]{0,49}(,[a-z0-9][a-z0-9._-]{0,49})*)?$'::text)),
  constraint entitlement_to_an_account_names_it CHECK (((kind = 'account'::text) = (account_id IS NOT NULL))),
  constraint requestable_entitlement_has_owner_and_description CHECK (((NOT requestable) OR ((owner_id IS NOT NULL) AND (description IS NOT NULL) AND (btrim(description) <> ''::text)))),
  constraint entitlement_account_is_an_account FOREIGN KEY (account_id) REFERENCES account(id),
  constraint entitlement_is_on_a_system FOREIGN KEY (system_id) REFERENCES system(id),
  constraint entitlement_owner_is_an_identity FOREIGN KEY (owner_id) REFERENCES identity(id)
);
comment on table entitlement is 'Something on a system that can be held: a group, a role, a sudo rule, the use of a shared account (kind account), an admin role of Reeve (kind admin_role).';
comment on column entitlement.kind is 'What it is on its system. On Reeve itself: admin_role, and role_member, which says that somebody has a role, for rules that keep roles apart.';
comment on column entitlement.privileged_on_target is 'What the last reading said; withdrawing the mark falls back to it.';
comment on column entitlement.source is 'reading: read from the target and ended when it is no longer there. reeve: made here, a reading never ends it.';
comment on column entitlement.data_class is 'How sensitive what it opens is; null: nobody has said.';
comment on column entitlement.regulated is 'Rules of law or contract that what it opens is under: pii, phi, pci, sox and whatever the house calls its own.';
comment on column entitlement.stable_id is 'What the target keeps when it renames this, as last read; null where it has nothing of the kind.';
comment on column entitlement.renamed_from is 'Its native id before the last rename at the source.';
comment on column entitlement.licence is 'The product whose licence whoever has this needs; null: none is known.';
comment on column entitlement.licence_cost is 'What one such licence costs a month.';
CREATE UNIQUE INDEX account_has_one_entitlement_to_it ON public.entitlement USING btree (account_id) WHERE ((account_id IS NOT NULL) AND (valid_to IS NULL));
CREATE INDEX entitlement_by_account ON public.entitlement USING btree (account_id) WHERE (account_id IS NOT NULL);
CREATE INDEX entitlement_by_licence ON public.entitlement USING btree (licence) WHERE ((licence IS NOT NULL) AND (valid_to IS NULL));
CREATE INDEX entitlement_by_name ON public.entitlement USING btree (lower(name) text_pattern_ops) WHERE (valid_to IS NULL);
CREATE INDEX entitlement_by_owner ON public.entitlement USING btree (owner_id) WHERE (owner_id IS NOT NULL);
CREATE INDEX entitlement_by_stable_id ON public.entitlement USING btree (system_id, stable_id) WHERE ((stable_id IS NOT NULL) AND (valid_to IS NULL));
CREATE INDEX entitlement_gone ON public.entitlement USING btree (system_id, valid_to) WHERE (valid_to IS NOT NULL);
CREATE INDEX entitlement_in_order ON public.entitlement USING btree (name, id) WHERE (valid_to IS NULL);
CREATE UNIQUE INDEX entitlement_native_id_is_one_entitlements_while_present ON public.entitlement USING btree (system_id, native_id) WHERE (valid_to IS NULL);
CREATE INDEX requestable_entitlement ON public.entitlement USING btree (id) WHERE (requestable AND (valid_to IS NULL));
CREATE TRIGGER catalogue_follows_change AFTER UPDATE ON public.entitlement REFERENCING OLD TABLE AS said_before NEW TABLE AS now_said FOR EACH STATEMENT EXECUTE FUNCTION catalogue_follow_change();
CREATE TRIGGER catalogue_follows_new AFTER INSERT ON public.entitlement REFERENCING NEW TABLE AS now_said FOR EACH STATEMENT EXECUTE FUNCTION catalogue_follow_new();
CREATE TRIGGER keep_history BEFORE DELETE OR UPDATE ON public.entitlement FOR EACH ROW EXECUTE FUNCTION keep_history();
CREATE TRIGGER mark_change AFTER INSERT OR DELETE OR UPDATE OF id, kind, native_id, valid_from, valid_to OR TRUNCATE ON public.entitlement FOR EACH STATEMENT EXECUTE FUNCTION mark_change('access');
CREATE TRIGGER note_insert AFTER INSERT ON public.entitlement REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();
CREATE TRIGGER note_update AFTER UPDATE ON public.entitlement REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();
CREATE TRIGGER refuse_delete BEFORE DELETE ON public.entitlement FOR EACH STATEMENT EXECUTE FUNCTION refuse_graph_delete();

create table entitlement_edge (
  parent_id uuid not null,
  child_id uuid not null,
  source text not null default 'reeve'::text,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone,
  recorded_from timestamp with time zone not null default reeve_now(),
  constraint entitlement_edge_pkey PRIMARY KEY (parent_id, child_id, valid_from),
  constraint edge_does_not_end_before_it_begins CHECK ((valid_to >= valid_from)),
  constraint edge_source_is_known CHECK ((source = ANY (ARRAY['reading'::text, 'reeve'::text]))),
  constraint entitlement_does_not_imply_itself CHECK ((parent_id <> child_id)),
  constraint edge_child_is_an_entitlement FOREIGN KEY (child_id) REFERENCES entitlement(id),
  constraint edge_parent_is_an_entitlement FOREIGN KEY (parent_id) REFERENCES entitlement(id)
);
comment on table entitlement_edge is 'Holding parent implies holding child (nested groups). Targets may nest in circles, so cycles are allowed here and the closure ends on them.';
CREATE INDEX edge_by_child ON public.entitlement_edge USING btree (child_id, parent_id);
CREATE UNIQUE INDEX edge_is_there_once ON public.entitlement_edge USING btree (parent_id, child_id) WHERE (valid_to IS NULL);
CREATE TRIGGER catalogue_follows_edge AFTER UPDATE ON public.entitlement_edge REFERENCING NEW TABLE AS now_said FOR EACH STATEMENT EXECUTE FUNCTION catalogue_follow_edge();
CREATE TRIGGER catalogue_follows_new_edge AFTER INSERT ON public.entitlement_edge REFERENCING NEW TABLE AS now_said FOR EACH STATEMENT EXECUTE FUNCTION catalogue_follow_edge();
CREATE TRIGGER keep_history BEFORE DELETE OR UPDATE ON public.entitlement_edge FOR EACH ROW EXECUTE FUNCTION keep_history();
CREATE TRIGGER mark_change AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.entitlement_edge FOR EACH STATEMENT EXECUTE FUNCTION mark_change('access');
CREATE TRIGGER note_insert AFTER INSERT ON public.entitlement_edge REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();
CREATE TRIGGER note_update AFTER UPDATE ON public.entitlement_edge REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();
CREATE TRIGGER refuse_delete BEFORE DELETE ON public.entitlement_edge FOR EACH STATEMENT EXECUTE FUNCTION refuse_graph_delete();
CREATE TRIGGER refuse_edge_from_eligibility BEFORE INSERT OR UPDATE ON public.entitlement_edge FOR EACH ROW EXECUTE FUNCTION refuse_edge_from_eligibility();

create table entitlement_edge_history (
  recorded_to timestamp with time zone not null,
  parent_id uuid not null,
  child_id uuid not null,
  source text not null,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone,
  recorded_from timestamp with time zone not null,
  constraint entitlement_edge_history_ends_after_it_begins CHECK ((recorded_to >= recorded_from))
);
comment on table entitlement_edge_history is 'What entitlement_edge said before: each row as it was recorded from recorded_from until recorded_to. Written by trigger only.';
CREATE INDEX entitlement_edge_history_by_child ON public.entitlement_edge_history USING btree (child_id, recorded_to);
CREATE INDEX entitlement_edge_history_by_parent ON public.entitlement_edge_history USING btree (parent_id, recorded_to);

create table entitlement_history (
  recorded_to timestamp with time zone not null,
  id uuid not null,
  system_id uuid not null,
  kind text not null,
  native_id text not null,
  name text not null,
  description text,
  owner_id uuid,
  risk text not null,
  privileged boolean not null,
  privileged_on_target boolean not null,
  marked_privileged boolean not null,
  requestable boolean not null,
  max_seconds integer,
  account_id uuid,
  source text not null,
  attributes jsonb not null,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone,
  recorded_from timestamp with time zone not null,
  data_class text,
  regulated text[],
  tags text[],
  aliases text[],
  reviewed_at timestamp with time zone,
  stable_id text,
  renamed_from text,
  renamed_at timestamp with time zone,
  licence text,
  licence_cost numeric(12,2),
  licence_currency text,
  constraint entitlement_history_ends_after_it_begins CHECK ((recorded_to >= recorded_from))
);
comment on table entitlement_history is 'What entitlement said before: each row as it was recorded from recorded_from until recorded_to. Written by trigger only.';
CREATE INDEX entitlement_history_by_account ON public.entitlement_history USING btree (account_id, recorded_to) WHERE (account_id IS NOT NULL);
CREATE INDEX entitlement_history_by_id ON public.entitlement_history USING btree (id, recorded_from);

create table entitlement_prerequisite (
  id uuid not null,
  entitlement_id uuid not null,
  needs_id uuid,
  attribute text,
  value text,
  recorded_from timestamp with time zone not null default reeve_now(),
  constraint entitlement_prerequisite_pk PRIMARY KEY (id),
  constraint entitlement_does_not_need_itself CHECK ((needs_id <> entitlement_id)),
  constraint prerequisite_fact_has_a_name CHECK ((btrim(attribute) <> ''::text)),
  constraint prerequisite_is_one_entitlement_or_one_fact CHECK ((num_nonnulls(needs_id, attribute) = 1)),
  constraint prerequisite_value_is_of_a_fact CHECK (((value IS NULL) OR (attribute IS NOT NULL))),
  constraint prerequisite_is_of_an_entitlement FOREIGN KEY (entitlement_id) REFERENCES entitlement(id),
  constraint prerequisite_needs_an_entitlement FOREIGN KEY (needs_id) REFERENCES entitlement(id)
);
comment on table entitlement_prerequisite is 'What somebody must have before asking: another entitlement, or a fact of theirs (a training), attribute naming it and value what it must say.';
CREATE INDEX prerequisite_by_need ON public.entitlement_prerequisite USING btree (needs_id) WHERE (needs_id IS NOT NULL);
CREATE UNIQUE INDEX prerequisite_is_there_once ON public.entitlement_prerequisite USING btree (entitlement_id, COALESCE((needs_id)::text, ((attribute || '='::text) || COALESCE(value, ''::text))));
CREATE TRIGGER keep_history BEFORE DELETE OR UPDATE ON public.entitlement_prerequisite FOR EACH ROW EXECUTE FUNCTION keep_history();

create table entitlement_prerequisite_history (
  recorded_to timestamp with time zone not null,
  id uuid not null,
  entitlement_id uuid not null,
  needs_id uuid,
  attribute text,
  value text,
  recorded_from timestamp with time zone not null,
  constraint entitlement_prerequisite_history_ends_after_it_begins CHECK ((recorded_to >= recorded_from))
);
comment on table entitlement_prerequisite_history is 'What entitlement_prerequisite said before: each row as it was recorded from recorded_from until recorded_to. Written by trigger only.';
CREATE INDEX entitlement_prerequisite_history_by_id ON public.entitlement_prerequisite_history USING btree (id, recorded_from);

create table entitlement_steward (
  id uuid not null,
  identity_id uuid not null,
  system_id uuid,
  tag text,
  since timestamp with time zone not null,
  constraint entitlement_steward_pk PRIMARY KEY (id),
  constraint steward_is_named_once UNIQUE NULLS NOT DISTINCT (identity_id, system_id, tag),
  constraint steward_has_a_system_or_a_tag CHECK ((num_nonnulls(system_id, tag) = 1)),
  constraint steward_is_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint steward_is_of_a_system FOREIGN KEY (system_id) REFERENCES system(id)
);
comment on table entitlement_steward is 'Who sees to it that entitlements of a system or of a tag have an owner and a description.';
CREATE INDEX steward_by_system ON public.entitlement_steward USING btree (system_id) WHERE (system_id IS NOT NULL);
CREATE INDEX steward_by_tag ON public.entitlement_steward USING btree (tag) WHERE (tag IS NOT NULL);

create table estate_score (
  system_id uuid not null,
  taken_on date not null,
  weight integer not null,
  controlled integer not null,
  findings integer not null,
  accounts integer not null,
  owned integer not null,
  constraint estate_score_pk PRIMARY KEY (system_id, taken_on),
  constraint no_more_is_controlled_than_there_is CHECK (((controlled >= 0) AND (controlled <= weight))),
  constraint estate_score_is_of_a_system FOREIGN KEY (system_id) REFERENCES system(id)
);
comment on table estate_score is 'How much of a system''s privileged estate was under control, day by day: weights of its findings.';

create table feed_before (
  run_id uuid not null,
  identity_id uuid not null,
  facts jsonb,
  record jsonb,
  after text,
  touched_at timestamp with time zone not null,
  constraint feed_before_pk PRIMARY KEY (run_id, identity_id),
  constraint feed_before_facts_are_an_object CHECK ((jsonb_typeof(facts) = 'object'::text)),
  constraint feed_before_record_is_an_object CHECK ((jsonb_typeof(record) = 'object'::text)),
  constraint feed_before_is_of_a_run FOREIGN KEY (run_id) REFERENCES feed_run(id)
);
comment on table feed_before is 'What was so of each person a run changed, before it did: facts, null for somebody it made, and the row its source remembered, null where it knew them not. after tells whether the facts are still as the run left them. Kept as long as a run can be taken back.';

create table feed_change (
  run_id uuid not null,
  position integer not null,
  row_number integer,
  external_id text not null,
  identity_id uuid not null,
  what text not null,
  changed text[] not null default '{}'::text[],
  digest bytea,
  skipped text,
  constraint feed_change_pk PRIMARY KEY (run_id, "position"),
  constraint feed_change_is_known CHECK ((what = ANY (ARRAY['leave'::text, 'move'::text, 'change'::text, 'return'::text, 'note'::text, 'adopt'::text, 'join'::text]))),
  constraint feed_change_is_in_a_run FOREIGN KEY (run_id) REFERENCES feed_run(id)
);
comment on table feed_change is 'The plan of a run, in the order it is applied; position is from 1 without gaps. digest is null for somebody who is in no row.';
CREATE INDEX feed_change_by_identity ON public.feed_change USING btree (identity_id, run_id);

create table feed_run (
  id uuid not null,
  source_id uuid not null,
  state text not null,
  verdict text not null,
  started_at timestamp with time zone not null,
  started_by text not null,
  settled_at timestamp with time zone,
  content_digest bytea not null,
  ends_with_newline boolean not null,
  baseline boolean not null default false,
  rows integer not null,
  counts jsonb not null,
  problems jsonb not null default '[]'::jsonb,
  held_because jsonb not null default '[]'::jsonb,
  planned_rows integer not null default 0,
  applied_rows integer not null default 0,
  accepted_by uuid,
  accepted_at timestamp with time zone,
  accepted_because text,
  released_rows integer,
  constraint feed_run_pk PRIMARY KEY (id),
  constraint feed_run_applies_what_was_planned CHECK (((applied_rows >= 0) AND (applied_rows <= planned_rows))),
  constraint feed_run_applies_what_was_released CHECK (((released_rows IS NULL) OR ((applied_rows <= released_rows) AND (released_rows <= planned_rows)))),
  constraint feed_run_is_accepted_by_somebody CHECK ((num_nulls(accepted_by, accepted_at, accepted_because) = ANY (ARRAY[0, 3]))),
  constraint feed_run_is_settled_with_a_time CHECK (((state = ANY (ARRAY['held'::text, 'applying'::text])) = (settled_at IS NULL))),
  constraint feed_run_state_is_known CHECK ((state = ANY (ARRAY['refused'::text, 'held'::text, 'applying'::text, 'applied'::text, 'superseded'::text, 'declined'::text, 'undone'::text]))),
  constraint feed_run_verdict_is_known CHECK ((verdict = ANY (ARRAY['trusted'::text, 'untrusted'::text]))),
  constraint held_feed_says_why CHECK (((state <> 'held'::text) OR (jsonb_array_length(held_because) > 0))),
  constraint refused_feed_says_why CHECK (((state <> 'refused'::text) OR (jsonb_array_length(problems) > 0))),
  constraint untrusted_feed_is_refused CHECK (((verdict = 'trusted'::text) OR (state = 'refused'::text))),
  constraint feed_run_acceptor_is_an_identity FOREIGN KEY (accepted_by) REFERENCES identity(id),
  constraint feed_run_is_of_a_source FOREIGN KEY (source_id) REFERENCES people_source(id)
);
comment on table feed_run is 'One delivery of a feed. An untrusted one is refused whole. A trusted one is planned whole before its first change, held when the plan is over a limit, and applied in order: applied_rows is how far it came.';
comment on column feed_run.released_rows is 'Only so many of the planned rows may be applied, as a canary; null: all of them, once the run is applied at all.';
CREATE INDEX feed_run_by_source ON public.feed_run USING btree (source_id, id);
CREATE UNIQUE INDEX source_has_one_open_run ON public.feed_run USING btree (source_id) WHERE (state = ANY (ARRAY['held'::text, 'applying'::text]));

create table feed_value (
  run_id uuid not null,
  position integer not null,
  manager_id uuid,
  record jsonb not null,
  constraint feed_value_pk PRIMARY KEY (run_id, "position"),
  constraint feed_value_record_is_an_object CHECK ((jsonb_typeof(record) = 'object'::text)),
  constraint feed_value_is_in_a_run FOREIGN KEY (run_id) REFERENCES feed_run(id)
);
comment on table feed_value is 'What each row of a plan would set, until it is applied or put away; from then on the graph alone has it.';

create table finding (
  id uuid not null,
  system_id uuid not null,
  account_name text not null,
  account_id uuid,
  kind text not null,
  about text not null,
  severity text not null,
  power boolean not null,
  rests_on text not null,
  reason text not null,
  evidence text not null,
  entitlement text,
  by_hand text,
  state text not null default 'open'::text,
  owner_id uuid,
  owned_because text,
  accepted_because text,
  accepted_by uuid,
  accepted_until timestamp with time zone,
  underway text,
  problem text,
  first_seen_at timestamp with time zone not null,
  last_seen_at timestamp with time zone not null,
  gone_at timestamp with time zone,
  source text not null,
  constraint finding_pk PRIMARY KEY (id),
  constraint finding_is_told_once UNIQUE (system_id, account_name, kind, about),
  constraint accepted_finding_says_why_by_whom_and_until_when CHECK (((state = 'accepted'::text) = (num_nonnulls(accepted_because, accepted_by, accepted_until) = 3))),
  constraint finding_rests_on_something CHECK ((rests_on = ANY (ARRAY['credential'::text, 'thing'::text]))),
  constraint finding_severity_is_known CHECK ((severity = ANY (ARRAY['critical'::text, 'high'::text, 'medium'::text, 'low'::text]))),
  constraint finding_shows_its_evidence CHECK (((reason <> ''::text) AND (evidence <> ''::text))),
  constraint finding_source_is_known CHECK ((source = ANY (ARRAY['reading'::text, 'look'::text, 'keys'::text, 'lookout'::text]))),
  constraint finding_state_is_known CHECK ((state = ANY (ARRAY['open'::text, 'accepted'::text, 'gone'::text]))),
  constraint gone_finding_says_when CHECK (((state = 'gone'::text) = (gone_at IS NOT NULL))),
  constraint owned_finding_says_why CHECK (((owner_id IS NULL) = (owned_because IS NULL))),
  constraint underway_is_known CHECK ((underway = ANY (ARRAY['remove'::text, 'vault'::text, 'jit'::text]))),
  constraint finding_is_about_an_account FOREIGN KEY (account_id) REFERENCES account(id),
  constraint finding_is_accepted_by_an_identity FOREIGN KEY (accepted_by) REFERENCES identity(id),
  constraint finding_is_on_a_system FOREIGN KEY (system_id) REFERENCES system(id),
  constraint finding_owner_is_an_identity FOREIGN KEY (owner_id) REFERENCES identity(id)
);
comment on table finding is 'What somebody should answer: account, reason, evidence, severity. Told once, by a reading, a look or what follows from keys. gone: no longer seen. Never the value of a secret.';
CREATE INDEX finding_by_account ON public.finding USING btree (account_id) WHERE (account_id IS NOT NULL);
CREATE INDEX finding_still_open ON public.finding USING btree (system_id, severity) WHERE (state <> 'gone'::text);

create table gateway_password (
  id uuid not null,
  identity_id uuid not null,
  account_id uuid not null,
  system_id uuid not null,
  protocol text not null,
  hash bytea not null,
  database text,
  connections integer not null,
  used integer not null default 0,
  address text,
  asked_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  ended_because text,
  person_address text,
  constraint gateway_password_pk PRIMARY KEY (id),
  constraint gateway_password_is_one UNIQUE (hash),
  constraint gateway_password_ended_for_a_reason CHECK (((ended_at IS NULL) = (ended_because IS NULL))),
  constraint gateway_password_is_used_so_often CHECK ((((connections >= 1) AND (connections <= 100)) AND ((used >= 0) AND (used <= connections)))),
  constraint gateway_password_lasts_a_day_at_most CHECK (((ends_at > asked_at) AND (ends_at <= (asked_at + '1 day'::interval)))),
  constraint gateway_password_is_for_an_account FOREIGN KEY (account_id) REFERENCES account(id),
  constraint gateway_password_is_of_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint gateway_password_is_on_a_system FOREIGN KEY (system_id) REFERENCES system(id)
);
comment on table gateway_password is 'Passwords that gateways take, as digests: each for one account, for minutes.';
comment on column gateway_password.address is 'Where it was first used from; it is good from nowhere else.';
comment on column gateway_password.person_address is 'Where its holder is, for whom Reeve itself comes to the gateway; null: whoever shows it comes themselves.';
CREATE INDEX gateway_password_by_identity ON public.gateway_password USING btree (identity_id, asked_at);

create table gone_notice (
  entitlement_id uuid not null,
  told_at timestamp with time zone not null,
  constraint gone_notice_pk PRIMARY KEY (entitlement_id),
  constraint gone_notice_is_of_an_entitlement FOREIGN KEY (entitlement_id) REFERENCES entitlement(id)
);
comment on table gone_notice is 'Tombstones that whoever answers for what still names them was told of.';

create table grant_control (
  grant_id uuid not null,
  kind text not null,
  value integer not null,
  because text not null,
  added_at timestamp with time zone not null,
  constraint grant_control_pk PRIMARY KEY (grant_id, kind, value),
  constraint grant_control_asks_for_something CHECK (((value > 0) AND ((kind <> 'one_session'::text) OR (value = 1)))),
  constraint grant_control_kind_is_known CHECK ((kind = ANY (ARRAY['step_up'::text, 'max_seconds'::text, 'one_session'::text, 'idle'::text, 'observer'::text]))),
  constraint grant_control_says_why CHECK ((btrim(because) <> ''::text)),
  constraint grant_control_is_of_a_grant FOREIGN KEY (grant_id) REFERENCES access_grant(id)
);
comment on table grant_control is 'What a session has to meet that rests on a grant. Only ever added to; of two of a kind the stricter holds.';
comment on column grant_control.value is 'step_up: seconds since the last sign-in, at most. max_seconds: seconds a session lasts, at most. one_session: 1. idle: seconds without use, at most. observer: somebody must watch; seconds a session waits for one, at most.';
CREATE TRIGGER refuse_weaker BEFORE DELETE OR UPDATE ON public.grant_control FOR EACH STATEMENT EXECUTE FUNCTION refuse_weaker_controls();

create table handover (
  id uuid not null,
  identity_id uuid not null,
  from_id uuid not null,
  acting_id uuid,
  because text not null,
  state text not null default 'open'::text,
  asked_at timestamp with time zone not null,
  due_at timestamp with time zone not null,
  settled_at timestamp with time zone,
  settled_by uuid,
  constraint handover_pk PRIMARY KEY (id),
  constraint accepted_handover_names_by_whom CHECK (((state <> 'accepted'::text) OR (settled_by IS NOT NULL))),
  constraint handover_is_asked_for_a_known_reason CHECK ((because = ANY (ARRAY['left'::text, 'leave'::text, 'suspended'::text, 'offered'::text]))),
  constraint handover_is_due_after_it_is_asked CHECK ((due_at > asked_at)),
  constraint handover_is_settled_with_a_time CHECK (((state = ANY (ARRAY['open'::text, 'lapsed'::text])) = (settled_at IS NULL))),
  constraint handover_state_is_known CHECK ((state = ANY (ARRAY['open'::text, 'lapsed'::text, 'accepted'::text, 'withdrawn'::text, 'replaced'::text]))),
  constraint nobody_answers_for_themselves CHECK (((from_id <> identity_id) AND (acting_id IS DISTINCT FROM identity_id))),
  constraint handed_over_by_an_identity FOREIGN KEY (from_id) REFERENCES identity(id),
  constraint handed_over_is_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint handover_is_answered_for_by_an_identity FOREIGN KEY (acting_id) REFERENCES identity(id),
  constraint handover_is_settled_by_an_identity FOREIGN KEY (settled_by) REFERENCES identity(id)
);
comment on table handover is 'Whoever answered for an identity (its owner, a vendor''s sponsor) cannot any more, and somebody else is to accept it by due_at. acting_id answers meanwhile; null: administrators. lapsed: nobody accepted in time, and it is suspended.';
CREATE INDEX handover_by_due ON public.handover USING btree (due_at) WHERE (state = 'open'::text);
CREATE INDEX handover_by_from ON public.handover USING btree (from_id) WHERE (settled_at IS NULL);
CREATE INDEX handover_by_identity ON public.handover USING btree (identity_id, asked_at);
CREATE UNIQUE INDEX identity_is_handed_over_once_at_a_time ON public.handover USING btree (identity_id) WHERE (settled_at IS NULL);

create table held_command (
  id uuid not null,
  session_id uuid not null,
  pattern text not null,
  sealed_command bytea,
  asked_at timestamp with time zone not null,
  until timestamp with time zone not null,
  decision text,
  decided_at timestamp with time zone,
  decided_by uuid,
  constraint held_command_pk PRIMARY KEY (id),
  constraint held_command_decision_has_a_time CHECK (((decision IS NULL) = (decided_at IS NULL))),
  constraint held_command_decision_is_known CHECK ((decision = ANY (ARRAY['allowed'::text, 'refused'::text, 'lapsed'::text]))),
  constraint held_command_is_not_kept_once_decided CHECK (((decision IS NULL) OR (sealed_command IS NULL))),
  constraint held_command_waits_for_a_time CHECK ((until > asked_at)),
  constraint held_command_was_decided_by_somebody CHECK (((decided_by IS NOT NULL) = (decision = ANY (ARRAY['allowed'::text, 'refused'::text])))),
  constraint held_command_is_decided_by_an_identity FOREIGN KEY (decided_by) REFERENCES identity(id),
  constraint held_command_is_of_a_session FOREIGN KEY (session_id) REFERENCES session(id)
);
comment on table held_command is 'Commands of live sessions that wait for somebody to agree to them, or did.';
comment on column held_command.sealed_command is 'What would run, while it waits; afterwards it is in the record of the session alone.';
CREATE INDEX held_command_that_waits ON public.held_command USING btree (until) WHERE (decision IS NULL);

create table holding (
  account_id uuid not null,
  entitlement_id uuid not null,
  observed_at timestamp with time zone not null,
  quality text not null default 'read'::text,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone,
  recorded_from timestamp with time zone not null default reeve_now(),
  given_by text,
  constraint holding_pkey PRIMARY KEY (account_id, entitlement_id, valid_from),
  constraint holding_does_not_end_before_it_begins CHECK ((valid_to >= valid_from)),
  constraint holding_quality_is_known CHECK ((quality = ANY (ARRAY['read'::text, 'read_back'::text, 'reported'::text]))),
  constraint holding_is_an_accounts FOREIGN KEY (account_id) REFERENCES account(id),
  constraint holding_is_of_an_entitlement FOREIGN KEY (entitlement_id) REFERENCES entitlement(id)
);
comment on table holding is 'What is: an account has an entitlement on the target, as read.';
comment on column holding.observed_at is 'When this row was read or read back. A later whole reading that found it unchanged moves system.last_read_at only, so that reading 20 million unchanged rows writes none.';
comment on column holding.quality is 'read: in a whole reading. read_back: the one account was read. reported: told by a feed, not seen on the target.';
comment on column holding.given_by is 'Who gave it, in the words of the target, where it keeps that.';
CREATE INDEX holding_by_entitlement ON public.holding USING btree (entitlement_id, account_id);
CREATE UNIQUE INDEX holding_is_there_once ON public.holding USING btree (account_id, entitlement_id) WHERE (valid_to IS NULL);
CREATE TRIGGER keep_history BEFORE DELETE OR UPDATE ON public.holding FOR EACH ROW EXECUTE FUNCTION keep_history();
CREATE TRIGGER note_insert AFTER INSERT ON public.holding REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();
CREATE TRIGGER note_update AFTER UPDATE ON public.holding REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();
CREATE TRIGGER refuse_delete BEFORE DELETE ON public.holding FOR EACH STATEMENT EXECUTE FUNCTION refuse_graph_delete();

create table holding_history (
  recorded_to timestamp with time zone not null,
  account_id uuid not null,
  entitlement_id uuid not null,
  observed_at timestamp with time zone not null,
  quality text not null,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone,
  recorded_from timestamp with time zone not null,
  given_by text,
  constraint holding_history_ends_after_it_begins CHECK ((recorded_to >= recorded_from))
);
comment on table holding_history is 'What holding said before: each row as it was recorded from recorded_from until recorded_to. Written by trigger only.';
CREATE INDEX holding_history_by_account ON public.holding_history USING btree (account_id, recorded_to);
CREATE INDEX holding_history_by_entitlement ON public.holding_history USING btree (entitlement_id, recorded_to);

create table identity (
  id uuid not null,
  kind text not null,
  recorded_from timestamp with time zone not null default reeve_now(),
  constraint identity_pkey PRIMARY KEY (id),
  constraint identity_kind_is_known CHECK ((kind = ANY (ARRAY['person'::text, 'service'::text, 'workload'::text, 'vendor'::text, 'agent'::text])))
);
comment on table identity is 'Someone or something that can have access. The id is random and never derived from personal data; all that is known about it is in identity_facts.';
CREATE TRIGGER keep_history BEFORE DELETE OR UPDATE ON public.identity FOR EACH ROW EXECUTE FUNCTION keep_history();
CREATE TRIGGER mark_change AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.identity FOR EACH STATEMENT EXECUTE FUNCTION mark_change('access');
CREATE TRIGGER refuse_delete BEFORE DELETE ON public.identity FOR EACH STATEMENT EXECUTE FUNCTION refuse_graph_delete();

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
  contract_end timestamp with time zone,
  attributes jsonb not null default '{}'::jsonb,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone,
  recorded_from timestamp with time zone not null default reeve_now(),
  constraint identity_facts_pkey PRIMARY KEY (identity_id, valid_from),
  constraint identity_attributes_are_an_object CHECK ((jsonb_typeof(attributes) = 'object'::text)),
  constraint identity_does_not_manage_itself CHECK ((manager_id <> identity_id)),
  constraint identity_does_not_own_itself CHECK ((owner_id <> identity_id)),
  constraint identity_facts_end_after_they_begin CHECK ((valid_to > valid_from)),
  constraint identity_has_a_name CHECK ((btrim(display_name) <> ''::text)),
  constraint identity_state_is_known CHECK ((state = ANY (ARRAY['pre_hire'::text, 'active'::text, 'leave'::text, 'suspended'::text, 'leaver'::text]))),
  constraint identity_username_is_not_blank CHECK ((btrim(username) <> ''::text)),
  constraint identity_facts_are_about_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint identity_manager_is_an_identity FOREIGN KEY (manager_id) REFERENCES identity(id),
  constraint identity_owner_is_an_identity FOREIGN KEY (owner_id) REFERENCES identity(id),
  constraint identity_facts_do_not_overlap EXCLUDE USING gist (uuid_hash_extended(identity_id, (0)::bigint) WITH =, tstzrange(valid_from, valid_to) WITH &&) DEFERRABLE,
  constraint username_is_one_identitys_at_a_time EXCLUDE USING gist (hashtextextended(lower(username), (0)::bigint) WITH =, tstzrange(valid_from, valid_to) WITH &&) WHERE ((username IS NOT NULL)) DEFERRABLE
);
comment on table identity_facts is 'What is true of an identity from valid_from until valid_to; slices follow one another and never overlap.';
CREATE INDEX identity_facts_by_contract_end ON public.identity_facts USING btree (contract_end) WHERE ((contract_end IS NOT NULL) AND (valid_to IS NULL));
CREATE INDEX identity_facts_by_department ON public.identity_facts USING btree (department) WHERE (valid_to IS NULL);
CREATE INDEX identity_facts_by_email ON public.identity_facts USING btree (lower(email) text_pattern_ops);
CREATE INDEX identity_facts_by_manager ON public.identity_facts USING btree (manager_id) WHERE (manager_id IS NOT NULL);
CREATE INDEX identity_facts_by_name ON public.identity_facts USING btree (lower(display_name) text_pattern_ops);
CREATE INDEX identity_facts_by_owner ON public.identity_facts USING btree (owner_id) WHERE (owner_id IS NOT NULL);
CREATE INDEX identity_facts_by_username ON public.identity_facts USING btree (lower(username) text_pattern_ops);
CREATE INDEX identity_facts_in_order ON public.identity_facts USING btree (display_name, identity_id);
CREATE INDEX identity_facts_of_absent ON public.identity_facts USING btree (identity_id) WHERE ((valid_to IS NULL) AND (state = ANY (ARRAY['leave'::text, 'suspended'::text])));
CREATE INDEX identity_facts_with_a_grade ON public.identity_facts USING btree (identity_id) WHERE (attributes ?| ARRAY['grade'::text, 'level'::text]);
CREATE TRIGGER keep_history BEFORE DELETE OR UPDATE ON public.identity_facts FOR EACH ROW EXECUTE FUNCTION keep_history();
CREATE TRIGGER mark_change AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.identity_facts FOR EACH STATEMENT EXECUTE FUNCTION mark_change('access');
CREATE TRIGGER note_insert AFTER INSERT ON public.identity_facts REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();
CREATE TRIGGER note_update AFTER UPDATE ON public.identity_facts REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();
CREATE TRIGGER refuse_merged_on_insert AFTER INSERT ON public.identity_facts REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION refuse_merged_facts();
CREATE TRIGGER refuse_merged_on_update AFTER UPDATE ON public.identity_facts REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION refuse_merged_facts();

create table identity_facts_history (
  recorded_to timestamp with time zone not null,
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
  contract_end timestamp with time zone,
  attributes jsonb not null,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone,
  recorded_from timestamp with time zone not null,
  constraint identity_facts_history_ends_after_it_begins CHECK ((recorded_to >= recorded_from))
);
comment on table identity_facts_history is 'What identity_facts said before: each row as it was recorded from recorded_from until recorded_to. Written by trigger only.';
CREATE INDEX identity_facts_history_walk ON public.identity_facts_history USING btree (identity_id, recorded_to);
CREATE INDEX identity_facts_history_with_a_grade ON public.identity_facts_history USING btree (identity_id) WHERE (attributes ?| ARRAY['grade'::text, 'level'::text]);

create table identity_history (
  recorded_to timestamp with time zone not null,
  id uuid not null,
  kind text not null,
  recorded_from timestamp with time zone not null,
  constraint identity_history_ends_after_it_begins CHECK ((recorded_to >= recorded_from))
);
comment on table identity_history is 'What identity said before: each row as it was recorded from recorded_from until recorded_to. Written by trigger only.';
CREATE INDEX identity_history_by_id ON public.identity_history USING btree (id, recorded_from);

create table identity_merge (
  id uuid not null,
  duplicate_id uuid not null,
  survivor_id uuid not null,
  now_id uuid not null,
  because text not null,
  merged_at timestamp with time zone not null,
  merged_by uuid not null,
  moved jsonb not null,
  undone_at timestamp with time zone,
  undone_by uuid,
  undone_because text,
  constraint identity_merge_pk PRIMARY KEY (id),
  constraint identity_is_not_merged_into_itself CHECK (((duplicate_id <> survivor_id) AND (duplicate_id <> now_id))),
  constraint identity_merge_is_undone_by_somebody CHECK ((num_nulls(undone_at, undone_by, undone_because) = ANY (ARRAY[0, 3]))),
  constraint identity_merge_moved_is_an_object CHECK ((jsonb_typeof(moved) = 'object'::text)),
  constraint identity_merge_says_why CHECK ((btrim(because) <> ''::text)),
  constraint nobody_merges_themselves CHECK (((merged_by <> duplicate_id) AND (merged_by <> survivor_id))),
  constraint merged_duplicate_is_an_identity FOREIGN KEY (duplicate_id) REFERENCES identity(id),
  constraint merged_now_is_an_identity FOREIGN KEY (now_id) REFERENCES identity(id),
  constraint merged_survivor_is_an_identity FOREIGN KEY (survivor_id) REFERENCES identity(id),
  constraint merger_is_an_identity FOREIGN KEY (merged_by) REFERENCES identity(id),
  constraint unmerger_is_an_identity FOREIGN KEY (undone_by) REFERENCES identity(id)
);
comment on table identity_merge is 'From merged_at on, duplicate is survivor; of the time before nothing is changed. now_id: who that is now, where the survivor was merged on. moved: what went over, so that it can go back.';
CREATE UNIQUE INDEX identity_is_merged_once ON public.identity_merge USING btree (duplicate_id) WHERE (undone_at IS NULL);
CREATE INDEX identity_merge_by_duplicate ON public.identity_merge USING btree (duplicate_id, merged_at);
CREATE INDEX identity_merge_by_now ON public.identity_merge USING btree (now_id) WHERE (undone_at IS NULL);
CREATE TRIGGER refuse_delete BEFORE DELETE ON public.identity_merge FOR EACH STATEMENT EXECUTE FUNCTION refuse_graph_delete();

create table identity_risk (
  subject_id uuid not null,
  identity_id uuid,
  account_id uuid,
  score smallint not null,
  level text not null,
  reasons jsonb not null,
  since timestamp with time zone not null,
  jumped_at timestamp with time zone,
  jumped_from smallint,
  jumped_level text,
  constraint identity_risk_pk PRIMARY KEY (subject_id),
  constraint identity_risk_is_at_most_a_hundred CHECK (((score >= 0) AND (score <= 100))),
  constraint identity_risk_is_of_one_subject CHECK (((num_nonnulls(identity_id, account_id) = 1) AND (subject_id = COALESCE(identity_id, account_id)))),
  constraint identity_risk_jumped_from_somewhere CHECK ((num_nulls(jumped_at, jumped_from, jumped_level) = ANY (ARRAY[0, 3]))),
  constraint identity_risk_level_is_known CHECK ((level = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text, 'critical'::text]))),
  constraint identity_risk_says_why CHECK (((jsonb_typeof(reasons) = 'array'::text) AND ((score = 0) = (reasons = '[]'::jsonb)))),
  constraint identity_risk_is_of_an_account FOREIGN KEY (account_id) REFERENCES account(id),
  constraint identity_risk_is_of_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id)
);
comment on table identity_risk is 'How risky somebody is now, or an account nobody owns, and why. The points of the reasons add up to the score.';
comment on column identity_risk.since is 'When the score became so.';
comment on column identity_risk.jumped_level is 'The level it jumped to: coming back to it within the days of the policy is no jump again.';
CREATE INDEX identity_risk_jumped ON public.identity_risk USING btree (jumped_at DESC, subject_id) WHERE (jumped_at IS NOT NULL);
CREATE INDEX identity_risk_riskiest ON public.identity_risk USING btree (score DESC, subject_id) WHERE (score > 0);

create table identity_risk_day (
  subject_id uuid not null,
  day date not null,
  score smallint not null,
  least smallint not null,
  level text not null,
  reasons jsonb not null,
  constraint identity_risk_day_pk PRIMARY KEY (subject_id, day),
  constraint identity_risk_day_is_at_most_a_hundred CHECK ((((score >= 0) AND (score <= 100)) AND (("least" >= 0) AND ("least" <= score)))),
  constraint identity_risk_day_level_is_known CHECK ((level = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text, 'critical'::text]))),
  constraint identity_risk_day_reasons_are_a_list CHECK ((jsonb_typeof(reasons) = 'array'::text)),
  constraint identity_risk_day_is_of_a_subject FOREIGN KEY (subject_id) REFERENCES identity_risk(subject_id)
);
comment on table identity_risk_day is 'What the risk of somebody was at the end of each day on which it changed.';
comment on column identity_risk_day.least is 'What it was at least on that day, since it jumped where it did.';

create table improvement_run (
  id uuid not null,
  state text not null default 'waiting'::text,
  days integer not null,
  progress integer not null default 0,
  asked_by uuid not null,
  asked_at timestamp with time zone not null,
  settled_at timestamp with time zone,
  problem text,
  roles integer,
  found integer,
  items jsonb,
  constraint improvement_run_pk PRIMARY KEY (id),
  constraint failed_improvement_run_says_why CHECK (((state = 'failed'::text) = (problem IS NOT NULL))),
  constraint improvement_run_progress_is_a_percentage CHECK (((progress >= 0) AND (progress <= 100))),
  constraint improvement_run_state_is_known CHECK ((state = ANY (ARRAY['waiting'::text, 'running'::text, 'done'::text, 'failed'::text, 'cancelled'::text]))),
  constraint improvement_run_that_is_done_says_what_it_found CHECK (((state <> 'done'::text) OR (num_nulls(roles, found, items) = 0))),
  constraint settled_improvement_run_says_when CHECK (((state = ANY (ARRAY['waiting'::text, 'running'::text])) = (settled_at IS NULL))),
  constraint improvement_run_is_asked_for_by_an_identity FOREIGN KEY (asked_by) REFERENCES identity(id)
);
comment on table improvement_run is 'One look through the roles there are for what could be better about them. items: the first of what was found, by ids.';
CREATE UNIQUE INDEX improvement_run_is_under_way_once ON public.improvement_run USING btree ((true)) WHERE (state = ANY (ARRAY['waiting'::text, 'running'::text]));

create table isolation (
  system_id uuid not null,
  gateways text[] not null,
  exemptions text[] not null,
  every_seconds integer not null,
  set_at timestamp with time zone not null,
  set_by uuid not null,
  proof_state text,
  proof jsonb not null default '[]'::jsonb,
  proof_asked_at timestamp with time zone,
  proof_at timestamp with time zone,
  proved_at timestamp with time zone,
  elsewhere jsonb,
  constraint isolation_pk PRIMARY KEY (system_id),
  constraint log_ons_are_looked_for_within_half_a_minute CHECK (((every_seconds >= 0) AND (every_seconds <= 30))),
  constraint proof_is_a_list_of_checks CHECK ((jsonb_typeof(proof) = 'array'::text)),
  constraint proof_says_when CHECK (((proof_state IS NULL) = (proof_at IS NULL))),
  constraint proof_state_is_known CHECK ((proof_state = ANY (ARRAY['proved'::text, 'failed'::text, 'unknown'::text]))),
  constraint isolation_is_of_a_system FOREIGN KEY (system_id) REFERENCES system(id),
  constraint isolation_is_set_by_an_identity FOREIGN KEY (set_by) REFERENCES identity(id)
);
comment on table isolation is 'Who reaches a system beside nobody. gateways: addresses and networks; empty: the known ones. exemptions: account@address. every_seconds: how often log-ons are looked for; 0: never.';
comment on column isolation.proved_at is 'When every check passed last. Set, and a check fails: the isolation is lost.';
comment on column isolation.elsewhere is 'What came of trying to reach it from elsewhere than a gateway: outcome, evidence, at.';

create table key_node (
  node text not null,
  ring text not null,
  state text not null,
  loaded integer not null,
  sealing integer not null,
  seen_at timestamp with time zone not null default clock_timestamp(),
  constraint key_node_pk PRIMARY KEY (node, ring)
);
comment on table key_node is 'Which generation a running node can open up to, and seals under. A generation takes over once every node seen lately has it.';

create table key_ring (
  name text not null,
  sealed_at timestamp with time zone,
  sealed_because text,
  last_generation integer not null default 1,
  constraint key_ring_pk PRIMARY KEY (name),
  constraint key_ring_is_known CHECK ((name = ANY (ARRAY['records'::text, 'vault'::text]))),
  constraint only_the_vault_is_sealed CHECK (((sealed_at IS NULL) OR (name = 'vault'::text))),
  constraint sealed_key_ring_says_why CHECK (((sealed_at IS NULL) = (sealed_because IS NULL)))
);
comment on table key_ring is 'records: what Reeve signs, stamps and signs people in with; open while it runs. vault: what secrets and recordings are under; sealed_at says since when nothing of it opens, by order. last_generation: no number is given twice, also not that of one that was given up.';

create table lease (
  id uuid not null,
  template_id uuid not null,
  system_id uuid not null,
  identity_id uuid not null,
  grant_ids uuid[] not null,
  account text not null,
  sealed_password bytea,
  state text not null,
  asked_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  latest_at timestamp with time zone not null,
  made_at timestamp with time zone,
  taken_at timestamp with time zone,
  ending_because text,
  ending_at timestamp with time zone,
  ended_at timestamp with time zone,
  problem text,
  claimed_until timestamp with time zone,
  constraint lease_pk PRIMARY KEY (id),
  constraint lease_account_is_one_leases UNIQUE (system_id, account),
  constraint lease_ended_when_its_user_was_gone CHECK (((state = 'ended'::text) = (ended_at IS NOT NULL))),
  constraint lease_ends CHECK (((ends_at > asked_at) AND (ends_at <= latest_at))),
  constraint lease_ends_for_a_reason CHECK (((state = ANY (ARRAY['ending'::text, 'ended'::text])) = (ending_because IS NOT NULL))),
  constraint lease_password_is_taken_once CHECK (((sealed_password IS NULL) OR (taken_at IS NULL))),
  constraint lease_rests_on_grants CHECK ((cardinality(grant_ids) > 0)),
  constraint lease_state_is_known CHECK ((state = ANY (ARRAY['asked'::text, 'live'::text, 'ending'::text, 'ended'::text]))),
  constraint lease_is_of_a_template FOREIGN KEY (template_id) REFERENCES lease_template(id),
  constraint lease_is_of_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint lease_is_on_a_system FOREIGN KEY (system_id) REFERENCES system(id)
);
comment on table lease is 'A database user that is there for a time. Written before the user is made; ended only when the target was seen without it.';
comment on column lease.claimed_until is 'Some worker has its user in hand until then; no second one makes or drops it meanwhile.';
CREATE INDEX lease_by_grant ON public.lease USING gin (grant_ids);
CREATE INDEX lease_by_identity ON public.lease USING btree (identity_id, asked_at);
CREATE INDEX lease_to_look_after ON public.lease USING btree (ends_at) WHERE (state <> 'ended'::text);

create table lease_template (
  id uuid not null,
  name text not null,
  system_id uuid not null,
  entitlement_id uuid not null,
  entitlements text[] not null,
  prefix text not null,
  default_seconds integer not null,
  longest_seconds integer not null,
  heir text,
  owner_id uuid not null,
  made_at timestamp with time zone not null,
  removed_at timestamp with time zone,
  constraint lease_template_pk PRIMARY KEY (id),
  constraint lease_template_gives_something CHECK (((cardinality(entitlements) >= 1) AND (cardinality(entitlements) <= 50))),
  constraint lease_template_lasts_some_time CHECK (((default_seconds >= 60) AND (longest_seconds >= default_seconds) AND (longest_seconds <= 604800))),
  constraint lease_template_name_is_a_name CHECK ((name ~ '^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$'::text)),
  constraint lease_template_prefix_says_what_it_is CHECK ((prefix ~ '^[a-z][a-z0-9_]{2,19}_$'::text)),
  constraint lease_template_is_of_a_system FOREIGN KEY (system_id) REFERENCES system(id),
  constraint lease_template_is_opened_by_an_entitlement FOREIGN KEY (entitlement_id) REFERENCES entitlement(id),
  constraint lease_template_owner_is_an_identity FOREIGN KEY (owner_id) REFERENCES identity(id)
);
comment on table lease_template is 'What a database user of a lease is like: what it holds, how it is called, how long it may last. Asking for one is an entitlement.';
CREATE UNIQUE INDEX lease_template_name_is_one_templates ON public.lease_template USING btree (name) WHERE (removed_at IS NULL);
CREATE UNIQUE INDEX lease_template_prefix_is_one_templates ON public.lease_template USING btree (system_id, prefix) WHERE (removed_at IS NULL);

create table lifecycle_receipt (
  id uuid not null,
  identity_id uuid not null,
  what text not null,
  because text not null,
  run_id uuid,
  effective_at timestamp with time zone not null,
  at timestamp with time zone not null,
  constraint lifecycle_receipt_pk PRIMARY KEY (id),
  constraint receipt_says_what_happened CHECK ((what = ANY (ARRAY['joined'::text, 'moved'::text, 'left'::text, 'returned'::text, 'away'::text, 'back'::text]))),
  constraint receipt_says_why CHECK ((btrim(because) <> ''::text)),
  constraint receipt_is_about_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint receipt_is_of_a_run FOREIGN KEY (run_id) REFERENCES feed_run(id)
);
comment on table lifecycle_receipt is 'What followed for one person from joining, moving, leaving or coming back. effective_at is when it became true, at is when Reeve acted on it.';
CREATE INDEX lifecycle_receipt_by_identity ON public.lifecycle_receipt USING btree (identity_id, id);
CREATE INDEX lifecycle_receipt_by_run ON public.lifecycle_receipt USING btree (run_id) WHERE (run_id IS NOT NULL);

create table lookout (
  system_id uuid not null,
  node text,
  claimed_until timestamp with time zone,
  mark text,
  looked_at timestamp with time zone,
  next_at timestamp with time zone,
  problem text,
  blind_since timestamp with time zone,
  left_out text[] not null default '{}'::text[],
  constraint lookout_pk PRIMARY KEY (system_id),
  constraint blind_lookout_says_why CHECK (((blind_since IS NULL) = (problem IS NULL))),
  constraint lookout_is_claimed_by_a_node CHECK (((node IS NULL) = (claimed_until IS NULL))),
  constraint lookout_is_of_an_isolated_system FOREIGN KEY (system_id) REFERENCES isolation(system_id)
);
comment on table lookout is 'How far log-ons of a system were read, and by which node. blind_since: nothing could be read since.';

create table mail (
  id uuid not null,
  event_id uuid not null,
  identity_id uuid not null,
  template text not null,
  state text not null default 'waiting'::text,
  because text,
  attempts smallint not null default 0,
  wanted_at timestamp with time zone not null,
  settled_at timestamp with time zone,
  held_until timestamp with time zone,
  digest_id uuid,
  constraint mail_pkey PRIMARY KEY (id),
  constraint mail_tells_somebody_once UNIQUE (event_id, identity_id),
  constraint mail_goes_out_with_another CHECK ((digest_id <> id)),
  constraint mail_is_settled_at_a_time CHECK (((state = 'waiting'::text) = (settled_at IS NULL))),
  constraint mail_not_sent_says_why CHECK (((state <> 'not_sent'::text) OR (because IS NOT NULL))),
  constraint mail_of_a_digest_was_kept_back CHECK (((digest_id IS NULL) OR (held_until IS NOT NULL))),
  constraint mail_state_is_known CHECK ((state = ANY (ARRAY['waiting'::text, 'sent'::text, 'not_sent'::text]))),
  constraint mail_goes_out_with_a_mail FOREIGN KEY (digest_id) REFERENCES mail(id),
  constraint mail_is_for_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id)
);
comment on table mail is 'One row a person told of one event. Holds neither address nor text: both are read when it is sent, so that erasing a person leaves nothing behind here.';
comment on column mail.held_until is 'Kept back until then, to go out in a digest.';
comment on column mail.digest_id is 'The mail it goes out with; it is settled as that one is.';
CREATE INDEX mail_by_time ON public.mail USING btree (wanted_at DESC, id DESC);
CREATE INDEX mail_held ON public.mail USING btree (held_until, identity_id) WHERE ((state = 'waiting'::text) AND (held_until IS NOT NULL) AND (digest_id IS NULL));
CREATE INDEX mail_not_sent ON public.mail USING btree (wanted_at DESC, id DESC) WHERE (state <> 'sent'::text);
CREATE INDEX mail_of_digest ON public.mail USING btree (digest_id) WHERE (digest_id IS NOT NULL);

create table mail_template_version (
  template text not null,
  number integer not null,
  subject text,
  body text,
  made_at timestamp with time zone not null,
  made_by text not null,
  constraint mail_template_version_pkey PRIMARY KEY (template, number),
  constraint mail_template_body_has_its_link CHECK ((body ~~ '%{link}%'::text)),
  constraint mail_template_subject_is_one_line CHECK ((subject !~ '[[:cntrl:]]'::text)),
  constraint mail_template_version_counts_from_one CHECK ((number >= 1)),
  constraint mail_template_version_is_whole CHECK (((subject IS NULL) = (body IS NULL)))
);
comment on table mail_template_version is 'What a house wrote in place of a shipped text, version by version; the highest is in force. Without subject and body it is the shipped text again.';

create table maintenance_window (
  id uuid not null,
  system_id uuid not null,
  starts_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  repeat_days integer,
  because text not null,
  cancelled_at timestamp with time zone,
  recorded_from timestamp with time zone not null default reeve_now(),
  constraint maintenance_window_pk PRIMARY KEY (id),
  constraint maintenance_window_ends_after_it_starts CHECK ((ends_at > starts_at)),
  constraint maintenance_window_is_a_week_at_most CHECK ((ends_at <= (starts_at + '7 days'::interval))),
  constraint maintenance_window_repeats_after_its_end CHECK (((repeat_days IS NULL) OR (((repeat_days >= 1) AND (repeat_days <= 366)) AND (ends_at <= (starts_at + make_interval(days => repeat_days)))))),
  constraint maintenance_window_says_why CHECK ((btrim(because) <> ''::text)),
  constraint maintenance_window_is_of_a_system FOREIGN KEY (system_id) REFERENCES system(id)
);
comment on table maintenance_window is 'While one is open, nothing is written to its system: what is wanted waits, as last wanted, until it is over. repeat_days: again after so many days, always.';
CREATE INDEX maintenance_window_by_system ON public.maintenance_window USING btree (system_id, ends_at) WHERE (cancelled_at IS NULL);

create table mass_change (
  id uuid not null,
  kind text not null,
  key text not null,
  title text not null,
  state text not null,
  held_because jsonb not null default '[]'::jsonb,
  items integer not null,
  applied_to integer not null default 0,
  released_to integer not null default 0,
  planned_at timestamp with time zone not null,
  planned_by text not null,
  settled_at timestamp with time zone,
  accepted_by uuid,
  accepted_at timestamp with time zone,
  accepted_because text,
  constraint mass_change_pk PRIMARY KEY (id),
  constraint held_mass_change_changes_nothing CHECK (((state <> ALL (ARRAY['held'::text, 'declined'::text, 'superseded'::text])) OR (accepted_by IS NOT NULL) OR (released_to = 0))),
  constraint held_mass_change_says_why CHECK (((state <> 'held'::text) OR (jsonb_array_length(held_because) > 0))),
  constraint mass_change_applies_what_was_released CHECK ((((applied_to >= 0) AND (applied_to <= released_to)) AND (released_to <= items))),
  constraint mass_change_is_accepted_by_somebody CHECK ((num_nulls(accepted_by, accepted_at, accepted_because) = ANY (ARRAY[0, 3]))),
  constraint mass_change_is_settled_with_a_time CHECK (((state = ANY (ARRAY['held'::text, 'applying'::text, 'canary'::text])) = (settled_at IS NULL))),
  constraint mass_change_over_a_limit_is_released_by_somebody CHECK (((jsonb_array_length(held_because) = 0) OR (released_to = 0) OR (accepted_by IS NOT NULL))),
  constraint mass_change_state_is_known CHECK ((state = ANY (ARRAY['held'::text, 'applying'::text, 'canary'::text, 'applied'::text, 'declined'::text, 'superseded'::text, 'undoing'::text, 'undone'::text]))),
  constraint mass_change_acceptor_is_an_identity FOREIGN KEY (accepted_by) REFERENCES identity(id)
);
comment on table mass_change is 'One effect on many at once. held: over a limit, nothing of it is applied. canary: the first items are applied and the rest waits for a person.';
CREATE INDEX mass_change_by_kind ON public.mass_change USING btree (kind, id);
CREATE UNIQUE INDEX mass_change_is_open_once ON public.mass_change USING btree (kind, key) WHERE (state = ANY (ARRAY['held'::text, 'applying'::text, 'canary'::text]));

create table mass_change_item (
  mass_change_id uuid not null,
  position integer not null,
  effect text not null,
  system_id uuid,
  identity_id uuid,
  what text not null,
  data jsonb not null,
  state text not null default 'waiting'::text,
  problem text,
  constraint mass_change_item_pk PRIMARY KEY (mass_change_id, "position"),
  constraint mass_change_item_effect_is_known CHECK ((effect = ANY (ARRAY['create'::text, 'update'::text, 'delete'::text]))),
  constraint mass_change_item_left_out_says_why CHECK (((state = ANY (ARRAY['skipped'::text, 'not_undone'::text])) = (problem IS NOT NULL))),
  constraint mass_change_item_state_is_known CHECK ((state = ANY (ARRAY['waiting'::text, 'done'::text, 'skipped'::text, 'undone'::text, 'not_undone'::text]))),
  constraint mass_change_item_is_of_a_plan FOREIGN KEY (mass_change_id) REFERENCES mass_change(id)
);
comment on table mass_change_item is 'The plan, in the order it is applied; position is from 1 without gaps.';
CREATE INDEX mass_change_item_by_identity ON public.mass_change_item USING btree (identity_id, mass_change_id) WHERE (identity_id IS NOT NULL);

create table migration (
  number integer not null,
  name text not null,
  checksum text not null,
  applied_at timestamp with time zone not null default now(),
  constraint migration_pkey PRIMARY KEY (number)
);
comment on table migration is 'Which migrations this database has had, each with the SHA-256 of its file.';

create table mining_outlier (
  run_id uuid not null,
  rank integer not null,
  identity_id uuid not null,
  score double precision not null,
  because jsonb not null,
  constraint mining_outlier_pk PRIMARY KEY (run_id, rank),
  constraint mining_outlier_says_why CHECK ((jsonb_typeof(because) = 'array'::text)),
  constraint mining_outlier_is_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint mining_outlier_is_of_a_run FOREIGN KEY (run_id) REFERENCES mining_run(id)
);
comment on table mining_outlier is 'Who held what others like them do not, the most unusual first, with what it is.';

create table mining_run (
  id uuid not null,
  asked_by uuid not null,
  asked_at timestamp with time zone not null,
  parameters jsonb not null,
  state text not null default 'waiting'::text,
  progress integer not null default 0,
  doing text,
  started_at timestamp with time zone,
  settled_at timestamp with time zone,
  problem text,
  people integer,
  entitlements integer,
  assignments integer,
  covered integer,
  at_least integer,
  constraint mining_run_pk PRIMARY KEY (id),
  constraint failed_mining_run_says_why CHECK (((state = 'failed'::text) = (problem IS NOT NULL))),
  constraint mining_run_is_settled_with_a_time CHECK (((state = ANY (ARRAY['waiting'::text, 'running'::text])) = (settled_at IS NULL))),
  constraint mining_run_parameters_are_an_object CHECK ((jsonb_typeof(parameters) = 'object'::text)),
  constraint mining_run_progress_is_a_percentage CHECK (((progress >= 0) AND (progress <= 100))),
  constraint mining_run_state_is_known CHECK ((state = ANY (ARRAY['waiting'::text, 'running'::text, 'done'::text, 'failed'::text, 'cancelled'::text]))),
  constraint mining_run_that_is_done_says_what_of CHECK (((state <> 'done'::text) OR (num_nulls(people, entitlements, assignments, covered) = 0))),
  constraint mining_run_is_asked_for_by_an_identity FOREIGN KEY (asked_by) REFERENCES identity(id)
);
comment on table mining_run is 'One look for roles in who holds what directly. covered: assignments that the candidates found in access give, of all there are. at_least: how few roles an exact cover must have.';

create table network_sweep (
  id uuid not null,
  ranges text[] not null,
  ports integer[] not null,
  state text not null default 'waiting'::text,
  problem text,
  addresses integer not null,
  asked_at timestamp with time zone not null default reeve_now(),
  ended_at timestamp with time zone,
  constraint network_sweep_pk PRIMARY KEY (id),
  constraint ended_network_sweep_says_when CHECK (((state = 'waiting'::text) = (ended_at IS NULL))),
  constraint network_sweep_is_small CHECK (((addresses >= 1) AND (addresses <= 4096))),
  constraint network_sweep_state_is_known CHECK ((state = ANY (ARRAY['waiting'::text, 'done'::text, 'failed'::text])))
);

create table node (
  id uuid not null,
  name text not null,
  roles text[] not null,
  version text not null,
  state text not null default 'serving'::text,
  live_sessions integer not null default 0,
  started_at timestamp with time zone not null,
  seen_at timestamp with time zone not null,
  drain_asked_at timestamp with time zone,
  drain_asked_by uuid,
  ended_at timestamp with time zone,
  constraint node_pk PRIMARY KEY (id),
  constraint drain_says_who_asked CHECK (((drain_asked_at IS NULL) = (drain_asked_by IS NULL))),
  constraint node_has_a_role CHECK (((cardinality(roles) > 0) AND (roles <@ ARRAY['api'::text, 'worker'::text, 'gateway'::text]))),
  constraint node_has_sessions_or_none CHECK ((live_sessions >= 0)),
  constraint node_state_is_known CHECK ((state = ANY (ARRAY['serving'::text, 'draining'::text, 'drained'::text, 'stopped'::text, 'lost'::text]))),
  constraint node_that_ended_says_when CHECK (((ended_at IS NOT NULL) = (state = ANY (ARRAY['stopped'::text, 'lost'::text])))),
  constraint drain_is_asked_by_an_identity FOREIGN KEY (drain_asked_by) REFERENCES identity(id)
);
comment on table node is 'One row a process of Reeve. It says every second that it lives, by the database''s clock, so that clocks of machines need not agree.';
comment on column node.drain_asked_at is 'Somebody in charge wants it to take no more sessions; it does so within a second.';
CREATE INDEX node_that_lives ON public.node USING btree (seen_at) WHERE (ended_at IS NULL);

create table notice_preference (
  identity_id uuid not null,
  delivery text not null,
  quiet_from text,
  quiet_to text,
  changed_at timestamp with time zone not null,
  constraint notice_preference_pkey PRIMARY KEY (identity_id),
  constraint notice_preference_delivery_is_known CHECK ((delivery = ANY (ARRAY['at_once'::text, 'hourly'::text, 'daily'::text]))),
  constraint quiet_hours_are_times_of_day CHECK (((quiet_from ~ '^([01]\d|2[0-3]):[0-5]\d$'::text) AND (quiet_to ~ '^([01]\d|2[0-3]):[0-5]\d$'::text))),
  constraint quiet_hours_begin_and_end CHECK ((((quiet_from IS NULL) = (quiet_to IS NULL)) AND (quiet_from <> quiet_to))),
  constraint notice_preference_is_of_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id)
);
comment on table notice_preference is 'When somebody wants mails. Quiet hours are by the clock of their site. Without a row: at once, always.';

create table outside_logon (
  id uuid not null,
  system_id uuid not null,
  account_name text not null,
  at timestamp with time zone not null,
  from_address text not null,
  how text not null,
  told_at timestamp with time zone not null,
  exempt boolean not null default false,
  constraint outside_logon_pk PRIMARY KEY (id),
  constraint outside_logon_is_told_once UNIQUE (system_id, account_name, at, how),
  constraint outside_logon_is_on_a_system FOREIGN KEY (system_id) REFERENCES system(id)
);
comment on table outside_logon is 'A log-on to a privileged account that the target recorded and no session of Reeve explains.';
comment on column outside_logon.exempt is 'It may be without Reeve: by a declared exemption.';

create table owner_reminder (
  identity_id uuid not null,
  about text not null,
  due_at timestamp with time zone not null,
  days_before integer not null,
  sent_at timestamp with time zone not null,
  constraint owner_reminder_pk PRIMARY KEY (identity_id, about, due_at, days_before),
  constraint owner_reminder_is_about_something_known CHECK ((about = ANY (ARRAY['end'::text, 'handover'::text]))),
  constraint owner_reminder_is_some_days_before CHECK ((days_before > 0)),
  constraint owner_reminder_is_about_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id)
);
comment on table owner_reminder is 'Of which end and how many days before it whoever answers was reminded, so that nobody is reminded twice.';

create table owner_terms (
  one_row boolean not null default true,
  longest_renewal_days integer not null,
  handover_days integer not null,
  remind_days integer[] not null,
  constraint owner_terms_pk PRIMARY KEY (one_row),
  constraint handover_has_some_time CHECK (((handover_days >= 1) AND (handover_days <= 365))),
  constraint owner_terms_are_one_row CHECK (one_row),
  constraint reminders_are_some_days_before CHECK (((cardinality(remind_days) <= 10) AND (0 < ALL (remind_days)))),
  constraint renewal_is_for_some_time CHECK (((longest_renewal_days >= 1) AND (longest_renewal_days <= 3660)))
);
comment on table owner_terms is 'How long a renewal may be, how long a handover waits, and when reminders go out. No row: the defaults.';

create table passkey (
  id uuid not null,
  identity_id uuid not null,
  credential_id text not null,
  public_key bytea not null,
  counter bigint not null,
  transports text[] not null default '{}'::text[],
  name text not null,
  created_at timestamp with time zone not null default reeve_now(),
  last_used_at timestamp with time zone,
  constraint passkey_pk PRIMARY KEY (id),
  constraint passkey_credential_is_one_passkeys UNIQUE (credential_id),
  constraint passkey_is_an_identitys FOREIGN KEY (identity_id) REFERENCES identity(id)
);
CREATE INDEX passkey_by_identity ON public.passkey USING btree (identity_id);

create table people_source (
  id uuid not null,
  name text not null,
  kind text not null,
  time_zone text not null,
  mapping jsonb not null,
  limits jsonb not null,
  recorded_from timestamp with time zone not null default reeve_now(),
  terms jsonb not null,
  put_by uuid,
  drop_file text,
  read_system_id uuid,
  read_place jsonb,
  read_every_minutes integer,
  constraint people_source_pk PRIMARY KEY (id),
  constraint people_source_name_is_one_sources UNIQUE (name),
  constraint people_source_is_read_in_one_place CHECK ((num_nonnulls(read_system_id, drop_file) <= 1)),
  constraint people_source_is_read_never_or_at_most_once_a_minute CHECK (((read_every_minutes >= 0) AND (read_every_minutes <= 100000))),
  constraint people_source_kind_is_known CHECK ((kind = ANY (ARRAY['hr_csv'::text, 'scim'::text]))),
  constraint people_source_limits_are_an_object CHECK ((jsonb_typeof(limits) = 'object'::text)),
  constraint people_source_mapping_is_an_object CHECK ((jsonb_typeof(mapping) = 'object'::text)),
  constraint people_source_name_is_plain CHECK ((name ~ '^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$'::text)),
  constraint people_source_place_is_an_object CHECK ((jsonb_typeof(read_place) = 'object'::text)),
  constraint people_source_says_where_it_is_read_and_when CHECK ((num_nulls(read_system_id, read_place, read_every_minutes) = ANY (ARRAY[0, 3]))),
  constraint people_source_terms_are_an_object CHECK ((jsonb_typeof(terms) = 'object'::text)),
  constraint people_source_that_is_pushed_has_no_file CHECK (((drop_file IS NULL) OR (kind = 'hr_csv'::text))),
  constraint people_source_that_is_pushed_is_not_read CHECK (((read_system_id IS NULL) OR (kind = 'hr_csv'::text))),
  constraint people_source_is_read_from_a_system FOREIGN KEY (read_system_id) REFERENCES system(id),
  constraint people_source_was_put_by_an_identity FOREIGN KEY (put_by) REFERENCES identity(id)
);
comment on table people_source is 'Where people come from. time_zone is that of its dates: a first day begins, and a last day ends, at midnight there.';
comment on column people_source.terms is 'How it stands beside other sources: whether it decides who joins and leaves, its rank and that of single facts, and how its rows are met with people others know.';
comment on column people_source.put_by is 'Who said last how it is read: a delivery that then changes their own row waits for somebody else.';
comment on column people_source.read_place is 'Where its rows are on that system, as the connector of its kind writes it. 0 minutes: only when asked.';
CREATE TRIGGER keep_history BEFORE DELETE OR UPDATE ON public.people_source FOR EACH ROW EXECUTE FUNCTION keep_history();

create table people_source_history (
  recorded_to timestamp with time zone not null,
  id uuid not null,
  name text not null,
  kind text not null,
  time_zone text not null,
  mapping jsonb not null,
  limits jsonb not null,
  recorded_from timestamp with time zone not null,
  terms jsonb,
  put_by uuid,
  drop_file text,
  read_system_id uuid,
  read_place jsonb,
  read_every_minutes integer,
  constraint people_source_history_ends_after_it_begins CHECK ((recorded_to >= recorded_from))
);
comment on table people_source_history is 'What people_source said before: each row as it was recorded from recorded_from until recorded_to. Written by trigger only.';
CREATE INDEX people_source_history_by_id ON public.people_source_history USING btree (id, recorded_from);

create table policy_dry_run (
  id uuid not null,
  version_id uuid not null,
  against_id uuid,
  shipped_number integer,
  made_at timestamp with time zone not null default reeve_now(),
  made_by text not null,
  replayed integer not null,
  changed integer not null,
  outcome jsonb not null,
  constraint policy_dry_run_pkey PRIMARY KEY (id),
  constraint policy_dry_run_changes_no_more_than_it_replays CHECK (((changed >= 0) AND (changed <= replayed))),
  constraint policy_dry_run_is_against_a_version FOREIGN KEY (against_id) REFERENCES policy_version(id),
  constraint policy_dry_run_is_of_a_version FOREIGN KEY (version_id) REFERENCES policy_version(id)
);
comment on table policy_dry_run is 'What a draft would have changed, as replayed before it could be published. Kept with it.';
comment on column policy_dry_run.against_id is 'The custom version in force then; null where none was.';
CREATE INDEX policy_dry_run_by_version ON public.policy_dry_run USING btree (version_id, made_at DESC);

create table policy_version (
  id uuid not null,
  origin text not null,
  number integer not null,
  text text not null,
  note text not null default ''::text,
  state text not null,
  created_at timestamp with time zone not null default reeve_now(),
  created_by text not null,
  published_at timestamp with time zone,
  published_by text,
  retired_at timestamp with time zone,
  constraint policy_version_pkey PRIMARY KEY (id),
  constraint policy_version_number_is_one_versions UNIQUE (origin, number),
  constraint policy_version_is_published_unless_draft CHECK (((state = 'draft'::text) = (published_at IS NULL))),
  constraint policy_version_is_retired_at_a_time CHECK (((state = 'retired'::text) = (retired_at IS NOT NULL))),
  constraint policy_version_number_counts_from_one CHECK ((number >= 1)),
  constraint policy_version_origin_is_known CHECK ((origin = ANY (ARRAY['shipped'::text, 'custom'::text]))),
  constraint policy_version_publisher_is_named CHECK (((published_at IS NULL) = (published_by IS NULL))),
  constraint policy_version_retires_after_it_was_published CHECK ((retired_at >= published_at)),
  constraint policy_version_state_is_known CHECK ((state = ANY (ARRAY['draft'::text, 'active'::text, 'retired'::text]))),
  constraint shipped_policies_are_no_draft CHECK (((origin = 'custom'::text) OR (state <> 'draft'::text)))
);
comment on table policy_version is 'Every text of Cedar policies that ever was in force or was drafted. Origin shipped comes with Reeve, custom is the customer''s one set.';
comment on column policy_version.created_by is 'Principal as kind:id.';
CREATE UNIQUE INDEX exactly_one_active_policy_version_an_origin ON public.policy_version USING btree (origin) WHERE (state = 'active'::text);
CREATE TRIGGER mark_change AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.policy_version FOR EACH STATEMENT EXECUTE FUNCTION mark_change('access');
CREATE TRIGGER policy_text_does_not_change BEFORE DELETE OR UPDATE ON public.policy_version FOR EACH ROW EXECUTE FUNCTION policy_text_does_not_change();

create table privilege_look (
  id uuid not null,
  system_id uuid not null,
  state text not null default 'waiting'::text,
  problem text,
  counts jsonb,
  left_out jsonb not null default '[]'::jsonb,
  asked_at timestamp with time zone not null default reeve_now(),
  ended_at timestamp with time zone,
  whole boolean not null default false,
  spared integer,
  constraint privilege_look_pk PRIMARY KEY (id),
  constraint ended_privilege_look_says_when CHECK (((state = 'waiting'::text) = (ended_at IS NULL))),
  constraint failed_privilege_look_says_why CHECK (((state <> 'failed'::text) OR (problem IS NOT NULL))),
  constraint privilege_look_state_is_known CHECK ((state = ANY (ARRAY['waiting'::text, 'done'::text, 'failed'::text]))),
  constraint what_was_left_out_is_a_list CHECK ((jsonb_typeof(left_out) = 'array'::text)),
  constraint privilege_look_is_at_a_system FOREIGN KEY (system_id) REFERENCES system(id)
);
comment on table privilege_look is 'A closer look at a system for privilege, as it was asked for and how it went.';
comment on column privilege_look.whole is 'Asked for: looked at everything, or to be. Without it, what did not change since the last look may be left out.';
comment on column privilege_look.spared is 'Files that were not read again, since they were as before.';
CREATE INDEX privilege_look_by_system ON public.privilege_look USING btree (system_id, asked_at);
CREATE UNIQUE INDEX privilege_look_waits_once ON public.privilege_look USING btree (system_id) WHERE (state = 'waiting'::text);

create table privilege_schedule (
  system_id uuid not null,
  every_seconds integer not null,
  next_at timestamp with time zone,
  masters text[] not null default '{}'::text[],
  memory text,
  whole_every_seconds integer not null default 604800,
  whole_at timestamp with time zone,
  constraint privilege_schedule_pk PRIMARY KEY (system_id),
  constraint looks_are_never_or_at_most_once_in_ten_minutes CHECK (((every_seconds = 0) OR (every_seconds >= 600))),
  constraint whole_looks_are_not_rarer_than_once_a_year CHECK (((whole_every_seconds >= 0) AND (whole_every_seconds <= 31536000))),
  constraint privilege_schedule_is_of_a_system FOREIGN KEY (system_id) REFERENCES system(id)
);
comment on table privilege_schedule is 'When a system is looked at again, and who was found to be everybody there. 0 seconds: never by itself.';
comment on column privilege_schedule.memory is 'What the connector wants to know again at the next look: which files it read, and what was found there. Never a secret.';
comment on column privilege_schedule.whole_every_seconds is 'How long a look may go by what was remembered before everything is looked at again. 0: it never may.';
comment on column privilege_schedule.whole_at is 'When everything was looked at last.';

create table provision_claim (
  system_id uuid not null,
  identity_id uuid not null,
  claimed_until timestamp with time zone,
  creating text,
  constraint provision_claim_pk PRIMARY KEY (system_id, identity_id),
  constraint provision_claim_is_about_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint provision_claim_is_on_a_system FOREIGN KEY (system_id) REFERENCES system(id)
);
comment on table provision_claim is 'Which person a worker is at on which system, so that no two are at one at once. A row is there while one is, or while an account may have been made that the graph does not know yet.';
comment on column provision_claim.claimed_until is 'By the clock of the database. Kept up while a worker is at it; one that died is over soon.';
comment on column provision_claim.creating is 'The account name about to be created: written before the target is called, so that after a crash the account found there is known to be ours.';

create table provision_task (
  id uuid not null,
  grant_id uuid not null,
  entitlement_id uuid not null,
  identity_id uuid not null,
  system_id uuid not null,
  account_id uuid,
  wanted text not null,
  state text not null default 'waiting'::text,
  tries integer not null default 0,
  problem text,
  decided_at timestamp with time zone not null,
  settled_at timestamp with time zone,
  lane smallint not null generated always as ((get_byte(uuid_send(identity_id), 15) % 4)) stored,
  not_before timestamp with time zone,
  constraint provision_task_pk PRIMARY KEY (id),
  constraint provision_task_is_one_for_grant_and_entitlement UNIQUE (grant_id, entitlement_id),
  constraint provision_task_state_is_known CHECK ((state = ANY (ARRAY['waiting'::text, 'done'::text, 'manual'::text, 'stuck'::text]))),
  constraint provision_task_wants_presence_or_absence CHECK ((wanted = ANY (ARRAY['present'::text, 'absent'::text]))),
  constraint settled_task_says_when CHECK (((state = 'waiting'::text) = (settled_at IS NULL))),
  constraint provision_task_is_about_an_account FOREIGN KEY (account_id) REFERENCES account(id),
  constraint provision_task_is_for_an_entitlement FOREIGN KEY (entitlement_id) REFERENCES entitlement(id),
  constraint provision_task_is_for_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint provision_task_is_of_a_grant FOREIGN KEY (grant_id) REFERENCES access_grant(id),
  constraint provision_task_is_on_a_system FOREIGN KEY (system_id) REFERENCES system(id)
);
comment on table provision_task is 'Level, not edge: a task says what is wanted now. One that changes its mind while a target is away is carried out once, as last wanted.';
comment on column provision_task.lane is 'What a system is to be told of one person is always in the same lane, so that it is told in order.';
comment on column provision_task.not_before is 'A task that was put off, or failed, is not looked at before then. By the clock of the database.';
CREATE INDEX provision_task_by_identity_and_system ON public.provision_task USING btree (identity_id, system_id);
CREATE INDEX provision_task_by_lane ON public.provision_task USING btree (system_id, lane, wanted, decided_at, id) WHERE (state = 'waiting'::text);
CREATE INDEX provision_task_still_open ON public.provision_task USING btree (decided_at) WHERE (state = ANY (ARRAY['waiting'::text, 'stuck'::text]));

create table reading_mark (
  system_id uuid not null,
  mark text,
  read_as text not null,
  moved_at timestamp with time zone not null,
  constraint reading_mark_pk PRIMARY KEY (system_id),
  constraint reading_mark_is_of_a_system FOREIGN KEY (system_id) REFERENCES system(id)
);
comment on table reading_mark is 'Where the next reading of changes goes on, moved only with what was read up to it. read_as: which machine the last trusted reading came from.';

create table reading_schedule (
  system_id uuid not null,
  read_every_seconds integer,
  read_changes_every_seconds integer not null default 60,
  max_loss_percent integer not null default 50,
  max_loss_free integer not null default 0,
  next_read_at timestamp with time zone,
  next_changes_at timestamp with time zone,
  changes_problem text,
  claimed_for text,
  claimed_by uuid,
  claimed_until timestamp with time zone,
  constraint reading_schedule_pk PRIMARY KEY (system_id),
  constraint changes_are_read_never_or_at_most_once_a_minute CHECK (((read_changes_every_seconds = 0) OR (read_changes_every_seconds >= 60))),
  constraint free_loss_is_not_negative CHECK ((max_loss_free >= 0)),
  constraint loss_percent_is_a_percentage CHECK (((max_loss_percent >= 0) AND (max_loss_percent <= 100))),
  constraint reading_claim_is_known CHECK ((claimed_for = ANY (ARRAY['whole'::text, 'changes'::text]))),
  constraint reading_claim_is_somebodys CHECK ((num_nulls(claimed_for, claimed_by, claimed_until) = ANY (ARRAY[0, 3]))),
  constraint system_is_read_never_or_at_most_once_a_minute CHECK (((read_every_seconds = 0) OR (read_every_seconds >= 60))),
  constraint reading_schedule_is_of_a_system FOREIGN KEY (system_id) REFERENCES system(id)
);
comment on table reading_schedule is 'When a system is read, how much a reading may take away, and who reads it now. 0 seconds: never by itself; null: as fits what the system can tell.';
CREATE INDEX reading_claim ON public.reading_schedule USING btree (claimed_until) WHERE (claimed_until IS NOT NULL);

create table receipt_item (
  receipt_id uuid not null,
  what text not null,
  subject_id uuid not null,
  name text not null,
  due_at timestamp with time zone,
  done_at timestamp with time zone,
  proven_at timestamp with time zone,
  problem text,
  constraint receipt_item_pk PRIMARY KEY (receipt_id, what, subject_id),
  constraint receipt_item_is_known CHECK ((what = ANY (ARRAY['grant_started'::text, 'grant_blocked'::text, 'grant_kept'::text, 'grant_ended'::text, 'grant_ends_later'::text, 'account_locked'::text, 'account_opened'::text, 'account_left_as_is'::text, 'account_needs_owner'::text, 'session_ended'::text, 'sign_ins_ended'::text, 'vendor_suspended'::text, 'handed_over'::text, 'entitlement_needs_owner'::text, 'system_needs_owner'::text]))),
  constraint receipt_item_is_proven_after_it_is_done CHECK (((proven_at IS NULL) OR (done_at IS NOT NULL))),
  constraint receipt_item_is_on_a_receipt FOREIGN KEY (receipt_id) REFERENCES lifecycle_receipt(id)
);
comment on table receipt_item is 'One consequence: due, done, and proven by reading it back where a target is involved.';
CREATE INDEX receipt_item_by_subject ON public.receipt_item USING btree (subject_id);

create table reconcile_account (
  system_id uuid not null,
  secret_id uuid not null,
  set_at timestamp with time zone not null default reeve_now(),
  constraint reconcile_account_pk PRIMARY KEY (system_id),
  constraint reconcile_account_has_a_secret FOREIGN KEY (secret_id) REFERENCES secret(id),
  constraint reconcile_account_is_of_a_system FOREIGN KEY (system_id) REFERENCES system(id)
);
comment on table reconcile_account is 'A second account of Reeve''s on a system, by which the credential of its connection is repaired when that one is refused.';

create table recording_class (
  id uuid not null,
  name text not null,
  place integer not null,
  protocol text,
  system_ids uuid[] not null default '{}'::uuid[],
  days integer,
  counts_from timestamp with time zone not null,
  constraint recording_class_pk PRIMARY KEY (id),
  constraint recording_class_name_is_one_classs UNIQUE (name),
  constraint recording_class_name_is_a_word CHECK ((name ~ '^[a-z0-9][a-z0-9._-]{0,49}$'::text)),
  constraint recording_is_kept_for_a_day CHECK (((days >= 1) AND (days <= 36500)))
);
comment on table recording_class is 'Which recordings are kept how long after their session ended; the first that fits counts, by place. What fits none is kept for good. days null: for good.';
comment on column recording_class.counts_from is 'It purges nothing before: seven days after any class was changed.';

create table recording_hold (
  id uuid not null,
  scope text not null,
  session_id uuid,
  identity_id uuid,
  system_id uuid,
  class_id uuid,
  reason text not null,
  placed_by uuid not null,
  placed_at timestamp with time zone not null,
  lift_asked_by uuid,
  lift_asked_at timestamp with time zone,
  lift_because text,
  lifted_by uuid,
  lifted_at timestamp with time zone,
  constraint recording_hold_pk PRIMARY KEY (id),
  constraint asked_lift_says_who_and_why CHECK ((num_nonnulls(lift_asked_by, lift_asked_at, lift_because) = ANY (ARRAY[0, 3]))),
  constraint hold_is_lifted_by_another CHECK (((lifted_by IS NULL) OR ((lift_asked_by IS NOT NULL) AND (lifted_by <> lift_asked_by)))),
  constraint lifted_hold_says_who CHECK (((lifted_at IS NULL) = (lifted_by IS NULL))),
  constraint recording_hold_names_what_it_is_on CHECK (((num_nonnulls(session_id, identity_id, system_id, class_id) = 1) AND ((scope = 'session'::text) = (session_id IS NOT NULL)) AND ((scope = 'identity'::text) = (identity_id IS NOT NULL)) AND ((scope = 'system'::text) = (system_id IS NOT NULL)) AND ((scope = 'class'::text) = (class_id IS NOT NULL)))),
  constraint recording_hold_says_why CHECK ((btrim(reason) <> ''::text)),
  constraint recording_hold_is_lifted_by_an_identity FOREIGN KEY (lifted_by) REFERENCES identity(id),
  constraint recording_hold_is_on_a_class FOREIGN KEY (class_id) REFERENCES recording_class(id),
  constraint recording_hold_is_on_a_session FOREIGN KEY (session_id) REFERENCES session(id),
  constraint recording_hold_is_on_a_system FOREIGN KEY (system_id) REFERENCES system(id),
  constraint recording_hold_is_on_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint recording_hold_is_placed_by_an_identity FOREIGN KEY (placed_by) REFERENCES identity(id)
);
comment on table recording_hold is 'Recordings of something are not purged until it is lifted, which one asks for and another does.';
CREATE INDEX recording_hold_that_holds ON public.recording_hold USING btree (scope) WHERE (lifted_at IS NULL);

create table recording_purge (
  id uuid not null,
  state text not null,
  counted integer not null,
  purged integer not null default 0,
  as_of timestamp with time zone not null,
  judged_by uuid,
  because text,
  constraint recording_purge_pk PRIMARY KEY (id),
  constraint recording_purge_state_is_known CHECK ((state = ANY (ARRAY['held'::text, 'going'::text, 'done'::text, 'declined'::text]))),
  constraint recording_purge_takes_no_more_than_it_said CHECK ((purged <= counted)),
  constraint recording_purge_is_judged_by_an_identity FOREIGN KEY (judged_by) REFERENCES identity(id)
);
comment on table recording_purge is 'A run that takes recordings away. held: of so many that somebody has to say yes.';
CREATE UNIQUE INDEX recording_purge_is_one_at_a_time ON public.recording_purge USING btree ((true)) WHERE (state = ANY (ARRAY['held'::text, 'going'::text]));

create table rename_case (
  id uuid not null,
  system_id uuid not null,
  gone_id uuid not null,
  came_id uuid not null,
  because text not null,
  state text not null default 'open'::text,
  found_at timestamp with time zone not null,
  answered_at timestamp with time zone,
  answered_by uuid,
  constraint rename_case_pk PRIMARY KEY (id),
  constraint rename_case_is_told_once UNIQUE (gone_id, came_id),
  constraint answered_rename_case_says_who_and_when CHECK ((((state = 'open'::text) = (answered_at IS NULL)) AND ((state = 'open'::text) = (answered_by IS NULL)))),
  constraint rename_case_is_of_two CHECK ((gone_id <> came_id)),
  constraint rename_case_state_is_known CHECK ((state = ANY (ARRAY['open'::text, 'same'::text, 'another'::text]))),
  constraint rename_case_has_what_came FOREIGN KEY (came_id) REFERENCES entitlement(id),
  constraint rename_case_has_what_went FOREIGN KEY (gone_id) REFERENCES entitlement(id),
  constraint rename_case_is_answered_by_an_identity FOREIGN KEY (answered_by) REFERENCES identity(id),
  constraint rename_case_is_on_a_system FOREIGN KEY (system_id) REFERENCES system(id)
);
comment on table rename_case is 'Was X, is Y? Something went with the reading in which something like it came, on a target that has no name for what stays.';
CREATE INDEX rename_case_still_open ON public.rename_case USING btree (system_id) WHERE (state = 'open'::text);

create table request (
  id uuid not null,
  number bigint not null generated always as identity,
  requester_id uuid not null,
  beneficiary_id uuid not null,
  reason text not null,
  ticket text,
  state text not null default 'pending'::text,
  ended_because text,
  policy_number integer not null,
  submitted_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  decided_at timestamp with time zone,
  order_id uuid,
  starts_at timestamp with time zone,
  constraint request_pkey PRIMARY KEY (id),
  constraint request_number_is_one_requests UNIQUE (number),
  constraint request_expires_after_it_was_submitted CHECK ((expires_at > submitted_at)),
  constraint request_is_over_at_a_time CHECK (((state = 'pending'::text) = (decided_at IS NULL))),
  constraint request_says_why CHECK ((btrim(reason) <> ''::text)),
  constraint request_starts_after_it_was_submitted CHECK ((starts_at > submitted_at)),
  constraint request_state_is_known CHECK ((state = ANY (ARRAY['pending'::text, 'approved'::text, 'denied'::text, 'withdrawn'::text, 'expired'::text]))),
  constraint request_is_an_identitys FOREIGN KEY (requester_id) REFERENCES identity(id),
  constraint request_is_for_an_identity FOREIGN KEY (beneficiary_id) REFERENCES identity(id),
  constraint request_is_of_an_order FOREIGN KEY (order_id) REFERENCES request_order(id),
  constraint request_keeps_its_approval_policy FOREIGN KEY (policy_number) REFERENCES approval_policy(number)
);
comment on table request is 'Somebody asks for access, for themselves or for another. Goes from pending to exactly one end.';
comment on column request.order_id is 'The cart it was sent with; null: it was asked for by itself.';
comment on column request.starts_at is 'When what it gives begins, where that was to be later than its approval.';
CREATE INDEX pending_request_by_expiry ON public.request USING btree (expires_at) WHERE (state = 'pending'::text);
CREATE INDEX request_by_beneficiary ON public.request USING btree (beneficiary_id, id);
CREATE INDEX request_by_order ON public.request USING btree (order_id, id) WHERE (order_id IS NOT NULL);
CREATE INDEX request_by_requester ON public.request USING btree (requester_id, id);

create table request_line (
  id uuid not null,
  request_id uuid not null,
  n smallint not null,
  beneficiary_id uuid not null,
  entitlement_id uuid,
  role_id uuid,
  seconds integer,
  until timestamp with time zone,
  extends_grant_id uuid,
  risk text not null,
  privileged boolean not null,
  sod jsonb not null default '[]'::jsonb,
  state text not null default 'pending'::text,
  because text,
  grant_id uuid,
  effect text not null default 'none'::text,
  takes_grant_id uuid,
  rule smallint,
  by_eligibility_id uuid,
  constraint request_line_pkey PRIMARY KEY (id),
  constraint request_line_is_there_once UNIQUE (request_id, n),
  constraint activation_gives_access CHECK (((by_eligibility_id IS NULL) OR (takes_grant_id IS NULL))),
  constraint request_line_effect_is_known CHECK ((effect = ANY (ARRAY['none'::text, 'pending'::text, 'effective'::text, 'withdrawing'::text, 'withdrawn'::text]))),
  constraint request_line_ends_one_way CHECK ((num_nonnulls(seconds, until) <= 1)),
  constraint request_line_gives_or_takes CHECK (((takes_grant_id IS NULL) OR ((extends_grant_id IS NULL) AND (seconds IS NULL) AND (until IS NULL)))),
  constraint request_line_granted_names_its_grant CHECK (((state = 'granted'::text) = (grant_id IS NOT NULL))),
  constraint request_line_is_one_entitlement_or_one_role CHECK ((num_nonnulls(entitlement_id, role_id) = 1)),
  constraint request_line_lasts_some_time CHECK ((seconds > 0)),
  constraint request_line_refused_says_why CHECK (((state <> 'refused'::text) OR (because IS NOT NULL))),
  constraint request_line_removed_names_what_it_took CHECK (((state <> 'removed'::text) OR (takes_grant_id IS NOT NULL))),
  constraint request_line_risk_is_known CHECK ((risk = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text, 'critical'::text]))),
  constraint request_line_rule_is_a_place CHECK ((rule >= 0)),
  constraint request_line_sod_is_a_list CHECK ((jsonb_typeof(sod) = 'array'::text)),
  constraint request_line_state_is_known CHECK ((state = ANY (ARRAY['pending'::text, 'scheduled'::text, 'granted'::text, 'removed'::text, 'refused'::text, 'not_granted'::text, 'withdrawn'::text]))),
  constraint request_line_eligibility_is_one FOREIGN KEY (by_eligibility_id) REFERENCES eligibility(entitlement_id),
  constraint request_line_extends_a_grant FOREIGN KEY (extends_grant_id) REFERENCES access_grant(id),
  constraint request_line_gave_a_grant FOREIGN KEY (grant_id) REFERENCES access_grant(id),
  constraint request_line_is_a_role FOREIGN KEY (role_id) REFERENCES role(id),
  constraint request_line_is_an_entitlement FOREIGN KEY (entitlement_id) REFERENCES entitlement(id),
  constraint request_line_is_of_a_request FOREIGN KEY (request_id) REFERENCES request(id),
  constraint request_line_takes_a_grant FOREIGN KEY (takes_grant_id) REFERENCES access_grant(id)
);
comment on table request_line is 'One thing asked for: an entitlement or a role, for so long or until then; neither is without an end.';
comment on column request_line.sod is 'Conflicts of duties as they were when last judged, for those who decide.';
comment on column request_line.state is 'scheduled: approved, and given when its time comes. removed: the grant it was about ended by it. refused: what was asked for was no longer to be had when it was to be given. not_granted: the request ended another way. withdrawn: whoever asked took this line back.';
comment on column request_line.effect is 'How far the target agrees: from the events of provisioning.';
comment on column request_line.takes_grant_id is 'The grant that is to end; null: the line asks for access.';
comment on column request_line.rule is 'The rule of its request''s approval policy that decided when it was asked for, counted from one; 0: none held. Null: it takes away, or is from before that was kept.';
comment on column request_line.by_eligibility_id is 'The eligibility that it activates; null: it asks for something of its own.';
CREATE UNIQUE INDEX grant_is_asked_away_once ON public.request_line USING btree (takes_grant_id) WHERE (state = ANY (ARRAY['pending'::text, 'scheduled'::text]));
CREATE UNIQUE INDEX request_line_by_grant ON public.request_line USING btree (grant_id) WHERE (grant_id IS NOT NULL);
CREATE INDEX request_line_by_taken_grant ON public.request_line USING btree (takes_grant_id) WHERE (takes_grant_id IS NOT NULL);
CREATE UNIQUE INDEX request_line_is_asked_once ON public.request_line USING btree (beneficiary_id, COALESCE(entitlement_id, role_id)) WHERE ((state = ANY (ARRAY['pending'::text, 'scheduled'::text])) AND (takes_grant_id IS NULL));
CREATE INDEX scheduled_request_line_of_its_request ON public.request_line USING btree (request_id) WHERE (state = 'scheduled'::text);

create table request_note (
  id uuid not null,
  request_id uuid not null,
  line_id uuid,
  at timestamp with time zone not null,
  kind text not null,
  actor text not null,
  detail jsonb not null default '{}'::jsonb,
  constraint request_note_pkey PRIMARY KEY (id),
  constraint request_note_detail_is_an_object CHECK ((jsonb_typeof(detail) = 'object'::text)),
  constraint request_note_is_of_a_line FOREIGN KEY (line_id) REFERENCES request_line(id),
  constraint request_note_is_of_a_request FOREIGN KEY (request_id) REFERENCES request(id)
);
comment on table request_note is 'The timeline people read. The id of a note that follows from an event is that event''s, so that it is noted once.';
comment on column request_note.actor is 'Principal as kind:id.';
CREATE INDEX request_note_in_order ON public.request_note USING btree (request_id, at, id);

create table request_order (
  id uuid not null,
  number bigint not null generated always as identity,
  requester_id uuid not null,
  state text not null default 'draft'::text,
  reason text,
  ticket text,
  starts_at timestamp with time zone,
  made_at timestamp with time zone not null,
  changed_at timestamp with time zone not null,
  sent_at timestamp with time zone,
  exceptions_asked_at timestamp with time zone,
  constraint request_order_pk PRIMARY KEY (id),
  constraint request_order_number_is_one_orders UNIQUE (number),
  constraint request_order_reason_says_something CHECK ((btrim(reason) <> ''::text)),
  constraint request_order_state_is_known CHECK ((state = ANY (ARRAY['draft'::text, 'sent'::text, 'discarded'::text]))),
  constraint sent_request_order_says_since_when CHECK (((state <> 'sent'::text) OR (sent_at IS NOT NULL))),
  constraint request_order_is_an_identitys FOREIGN KEY (requester_id) REFERENCES identity(id)
);
comment on table request_order is 'A cart, and what was sent of it. draft: something is still in the cart, also after some of it was sent. sent: nothing is left in it.';
comment on column request_order.exceptions_asked_at is 'When exceptions from rules of duties were last asked for: not again within the hour.';
CREATE INDEX request_order_by_requester ON public.request_order USING btree (requester_id, id);

create table request_order_item (
  id uuid not null,
  order_id uuid not null,
  entitlement_id uuid,
  role_id uuid,
  seconds integer,
  until timestamp with time zone,
  n integer not null generated always as identity,
  eligible boolean not null default false,
  constraint request_order_item_pk PRIMARY KEY (id),
  constraint request_order_item_ends_one_way CHECK ((num_nonnulls(seconds, until) <= 1)),
  constraint request_order_item_is_one_entitlement_or_one_role CHECK ((num_nonnulls(entitlement_id, role_id) = 1)),
  constraint request_order_item_lasts_some_time CHECK ((seconds > 0)),
  constraint request_order_item_is_a_role FOREIGN KEY (role_id) REFERENCES role(id),
  constraint request_order_item_is_an_entitlement FOREIGN KEY (entitlement_id) REFERENCES entitlement(id),
  constraint request_order_item_is_of_an_order FOREIGN KEY (order_id) REFERENCES request_order(id)
);
comment on table request_order_item is 'What a cart asks for, for each of its people.';
comment on column request_order_item.eligible is 'Being eligible for it is asked for, and not it.';
CREATE UNIQUE INDEX request_order_item_is_in_it_once ON public.request_order_item USING btree (order_id, COALESCE(entitlement_id, role_id), eligible);

create table request_order_person (
  order_id uuid not null,
  identity_id uuid not null,
  n integer not null generated always as identity,
  constraint request_order_person_pk PRIMARY KEY (order_id, identity_id),
  constraint request_order_person_is_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint request_order_person_is_of_an_order FOREIGN KEY (order_id) REFERENCES request_order(id)
);
comment on table request_order_person is 'Whom a cart is for, in the order they were added.';

create table request_rules (
  id uuid not null,
  system_id uuid not null,
  account_id uuid,
  read_only boolean not null,
  no_web_sockets boolean not null,
  deny_paths text[] not null,
  deny_headers text[] not null,
  changed_at timestamp with time zone not null,
  changed_by uuid not null,
  constraint request_rules_pk PRIMARY KEY (id),
  constraint request_rules_are_one UNIQUE NULLS NOT DISTINCT (system_id, account_id),
  constraint request_rules_are_of_a_system FOREIGN KEY (system_id) REFERENCES system(id),
  constraint request_rules_are_of_an_account FOREIGN KEY (account_id) REFERENCES account(id)
);
comment on table request_rules is 'What requests may not be in web sessions on a system; an account''s own hold besides.';

create table review_policy (
  number integer not null,
  policy jsonb not null,
  reason text not null,
  made_by uuid not null,
  made_at timestamp with time zone not null,
  constraint review_policy_pk PRIMARY KEY (number),
  constraint review_policy_counts_from_one CHECK ((number > 0)),
  constraint review_policy_is_an_object CHECK ((jsonb_typeof(policy) = 'object'::text)),
  constraint review_policy_says_why CHECK ((btrim(reason) <> ''::text)),
  constraint review_policy_is_made_by_an_identity FOREIGN KEY (made_by) REFERENCES identity(id)
);
comment on table review_policy is 'Which events open reviews, who reviews, how long, and how often grants come due. The highest number is in force; without one nothing opens by itself.';

create table review_wanted (
  id uuid not null,
  opened_by text not null,
  grant_id uuid,
  account_id uuid,
  entitlement_id uuid,
  identity_id uuid not null,
  because text not null,
  noted_at timestamp with time zone not null,
  campaign_id uuid,
  constraint review_wanted_pk PRIMARY KEY (id),
  constraint review_wanted_is_about_one_thing CHECK (((grant_id IS NULL) = (num_nulls(account_id, entitlement_id) = 0))),
  constraint review_wanted_opened_by_is_known CHECK ((opened_by = ANY (ARRAY['mover'::text, 'drift'::text, 'risk'::text, 'risk_jump'::text, 'out_of_band_grant'::text, 'clock'::text]))),
  constraint review_wanted_is_about_a_grant FOREIGN KEY (grant_id) REFERENCES access_grant(id),
  constraint review_wanted_is_about_an_account FOREIGN KEY (account_id) REFERENCES account(id),
  constraint review_wanted_is_about_an_entitlement FOREIGN KEY (entitlement_id) REFERENCES entitlement(id),
  constraint review_wanted_is_about_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint review_wanted_is_in_a_campaign FOREIGN KEY (campaign_id) REFERENCES campaign(id)
);
comment on table review_wanted is 'What an event or a clock wants reviewed; without a campaign it waits to be collected with others into one.';
CREATE UNIQUE INDEX review_wanted_holding_waits_once ON public.review_wanted USING btree (opened_by, account_id, entitlement_id) WHERE ((campaign_id IS NULL) AND (grant_id IS NULL));
CREATE INDEX review_wanted_in_campaign ON public.review_wanted USING btree (campaign_id, grant_id);
CREATE UNIQUE INDEX review_wanted_waits_once ON public.review_wanted USING btree (opened_by, grant_id) WHERE ((campaign_id IS NULL) AND (grant_id IS NOT NULL));

create table rewrap_part (
  ring text not null,
  generation integer not null,
  part text not null,
  rows_done bigint not null default 0,
  rows_left bigint,
  finished_at timestamp with time zone,
  constraint rewrap_part_pk PRIMARY KEY (ring, generation, part),
  constraint rewrap_part_is_of_a_generation FOREIGN KEY (ring, generation) REFERENCES ring_key(ring, generation)
);
comment on table rewrap_part is 'How far data keys were put under a generation, by kind of thing. What is left at the end did not open: rows_left.';

create table ring_key (
  ring text not null,
  generation integer not null,
  state text not null,
  handed_on bytea,
  made_at timestamp with time zone not null,
  constraint ring_key_pk PRIMARY KEY (ring, generation),
  constraint ring_key_generations_count_from_one CHECK ((generation >= 1)),
  constraint ring_key_is_handed_on_until_it_seals CHECK (((handed_on IS NULL) OR (state = ANY (ARRAY['prepared'::text, 'announced'::text])))),
  constraint ring_key_state_is_known CHECK ((state = ANY (ARRAY['prepared'::text, 'announced'::text, 'current'::text, 'opening'::text]))),
  constraint ring_key_is_of_a_ring FOREIGN KEY (ring) REFERENCES key_ring(name)
);
comment on table ring_key is 'Generations of a ring''s key. current seals and opens. opening: opens what is still under it. announced: takes over once every node that runs has it. prepared: of a root key that is prepared.';
comment on column ring_key.handed_on is 'The key under the generation before it, for nodes that run and cannot ask for shares; gone once it seals.';
CREATE UNIQUE INDEX one_ring_key_comes_next ON public.ring_key USING btree (ring) WHERE (state = ANY (ARRAY['prepared'::text, 'announced'::text]));
CREATE UNIQUE INDEX one_ring_key_is_current ON public.ring_key USING btree (ring) WHERE (state = 'current'::text);

create table ring_key_wrap (
  ring text not null,
  generation integer not null,
  root_key text not null,
  wrapped bytea not null,
  constraint ring_key_wrap_pk PRIMARY KEY (ring, generation, root_key),
  constraint ring_key_wrap_is_by_a_root_key FOREIGN KEY (ring, root_key) REFERENCES root_key(ring, id),
  constraint ring_key_wrap_is_of_a_generation FOREIGN KEY (ring, generation) REFERENCES ring_key(ring, generation)
);
comment on table ring_key_wrap is 'Each generation, wrapped by the root key and bound to ring, generation and root key. What a former root key wrapped is deleted when another takes over.';

create table risk_due (
  id bigint not null generated always as identity,
  identity_id uuid,
  account_id uuid,
  constraint risk_due_pk PRIMARY KEY (id),
  constraint risk_due_is_of_one_subject CHECK ((num_nonnulls(identity_id, account_id) = 1))
);
comment on table risk_due is 'Whose risk may be another since something changed: somebody''s, or that of an account and of who owns it. Named again for each change; gone when they were looked at.';

create table risk_policy (
  number integer not null,
  policy jsonb not null,
  reason text not null,
  made_by uuid not null,
  made_at timestamp with time zone not null,
  constraint risk_policy_pk PRIMARY KEY (number),
  constraint risk_policy_counts_from_one CHECK ((number > 0)),
  constraint risk_policy_is_an_object CHECK ((jsonb_typeof(policy) = 'object'::text)),
  constraint risk_policy_says_why CHECK ((btrim(reason) <> ''::text)),
  constraint risk_policy_is_made_by_an_identity FOREIGN KEY (made_by) REFERENCES identity(id)
);
comment on table risk_policy is 'From which score on somebody is of which level, and what is a jump; the newest is in force.';

create table role (
  id uuid not null,
  name text not null,
  description text,
  owner_id uuid,
  risk text not null default 'medium'::text,
  requestable boolean not null default false,
  max_seconds integer,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone,
  recorded_from timestamp with time zone not null default reeve_now(),
  constraint role_pkey PRIMARY KEY (id),
  constraint requestable_role_has_owner_and_description CHECK (((NOT requestable) OR ((owner_id IS NOT NULL) AND (description IS NOT NULL) AND (btrim(description) <> ''::text)))),
  constraint role_does_not_end_before_it_begins CHECK ((valid_to >= valid_from)),
  constraint role_has_a_name CHECK ((btrim(name) <> ''::text)),
  constraint role_lasts_some_time CHECK ((max_seconds > 0)),
  constraint role_risk_is_known CHECK ((risk = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text, 'critical'::text]))),
  constraint role_owner_is_an_identity FOREIGN KEY (owner_id) REFERENCES identity(id)
);
comment on table role is 'A named bundle of entitlements and other roles, given as one grant.';
CREATE UNIQUE INDEX role_name_is_one_roles_while_present ON public.role USING btree (lower(name)) WHERE (valid_to IS NULL);
CREATE TRIGGER keep_history BEFORE DELETE OR UPDATE ON public.role FOR EACH ROW EXECUTE FUNCTION keep_history();
CREATE TRIGGER refuse_delete BEFORE DELETE ON public.role FOR EACH STATEMENT EXECUTE FUNCTION refuse_graph_delete();

create table role_binding (
  role_id uuid not null,
  template_id uuid not null,
  chosen jsonb not null,
  made_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint role_binding_pk PRIMARY KEY (role_id),
  constraint role_binding_chooses_by_name CHECK ((jsonb_typeof(chosen) = 'object'::text)),
  constraint role_binding_does_not_end_before_it_is_made CHECK ((ended_at >= made_at)),
  constraint role_binding_is_of_another_role CHECK ((role_id <> template_id)),
  constraint role_binding_is_a_role FOREIGN KEY (role_id) REFERENCES role(id),
  constraint role_binding_is_of_a_role FOREIGN KEY (template_id) REFERENCES role(id)
);
comment on table role_binding is 'The role a template is for one choice of values. It follows the template.';
CREATE UNIQUE INDEX role_binding_is_one_for_its_values ON public.role_binding USING btree (template_id, chosen) WHERE (ended_at IS NULL);
CREATE TRIGGER note_delete AFTER DELETE ON public.role_binding REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();
CREATE TRIGGER note_insert AFTER INSERT ON public.role_binding REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();
CREATE TRIGGER note_update AFTER UPDATE ON public.role_binding REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();

create table role_content (
  id uuid not null,
  role_id uuid not null,
  entitlement_id uuid,
  child_role_id uuid,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone,
  recorded_from timestamp with time zone not null default reeve_now(),
  constraint role_content_pkey PRIMARY KEY (id),
  constraint role_content_does_not_end_before_it_begins CHECK ((valid_to >= valid_from)),
  constraint role_content_is_one_entitlement_or_one_role CHECK ((num_nonnulls(entitlement_id, child_role_id) = 1)),
  constraint role_does_not_contain_itself CHECK ((child_role_id <> role_id)),
  constraint role_content_is_a_role FOREIGN KEY (child_role_id) REFERENCES role(id),
  constraint role_content_is_an_entitlement FOREIGN KEY (entitlement_id) REFERENCES entitlement(id),
  constraint role_content_is_in_a_role FOREIGN KEY (role_id) REFERENCES role(id)
);
comment on table role_content is 'What a role is made of. Longer circles of roles are refused by set_role_content with their path.';
CREATE INDEX role_content_by_child_role ON public.role_content USING btree (child_role_id) WHERE (child_role_id IS NOT NULL);
CREATE INDEX role_content_by_entitlement ON public.role_content USING btree (entitlement_id) WHERE (entitlement_id IS NOT NULL);
CREATE INDEX role_content_by_role ON public.role_content USING btree (role_id);
CREATE UNIQUE INDEX role_content_is_there_once ON public.role_content USING btree (role_id, COALESCE(entitlement_id, child_role_id)) WHERE (valid_to IS NULL);
CREATE TRIGGER keep_history BEFORE DELETE OR UPDATE ON public.role_content FOR EACH ROW EXECUTE FUNCTION keep_history();
CREATE TRIGGER mark_change AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.role_content FOR EACH STATEMENT EXECUTE FUNCTION mark_change('access');
CREATE TRIGGER note_insert AFTER INSERT ON public.role_content REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();
CREATE TRIGGER note_update AFTER UPDATE ON public.role_content REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();
CREATE TRIGGER refuse_delete BEFORE DELETE ON public.role_content FOR EACH STATEMENT EXECUTE FUNCTION refuse_graph_delete();
CREATE TRIGGER refuse_template BEFORE INSERT ON public.role_content FOR EACH ROW WHEN ((new.child_role_id IS NOT NULL)) EXECUTE FUNCTION refuse_template();

create table role_content_history (
  recorded_to timestamp with time zone not null,
  id uuid not null,
  role_id uuid not null,
  entitlement_id uuid,
  child_role_id uuid,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone,
  recorded_from timestamp with time zone not null,
  constraint role_content_history_ends_after_it_begins CHECK ((recorded_to >= recorded_from))
);
comment on table role_content_history is 'What role_content said before: each row as it was recorded from recorded_from until recorded_to. Written by trigger only.';
CREATE INDEX role_content_history_by_child_role ON public.role_content_history USING btree (child_role_id, recorded_to) WHERE (child_role_id IS NOT NULL);
CREATE INDEX role_content_history_by_entitlement ON public.role_content_history USING btree (entitlement_id, recorded_to) WHERE (entitlement_id IS NOT NULL);
CREATE INDEX role_content_history_by_id ON public.role_content_history USING btree (id, recorded_from);
CREATE INDEX role_content_history_by_role ON public.role_content_history USING btree (role_id, recorded_to);

create table role_dates_looked (
  alone boolean not null default true,
  at timestamp with time zone not null,
  constraint role_dates_looked_pk PRIMARY KEY (alone),
  constraint role_dates_are_looked_at_in_one_place CHECK (alone)
);
comment on table role_dates_looked is 'Up to when beginnings and ends of what roles are made of have been followed.';

create table role_except_person (
  role_id uuid not null,
  identity_id uuid not null,
  constraint role_except_person_pk PRIMARY KEY (role_id, identity_id),
  constraint role_except_person_is_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint role_except_person_is_of_a_role FOREIGN KEY (role_id) REFERENCES role(id)
);
comment on table role_except_person is 'Who is never given a role by a rule, as the published version of the role says.';
CREATE TRIGGER note_delete AFTER DELETE ON public.role_except_person REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();
CREATE TRIGGER note_insert AFTER INSERT ON public.role_except_person REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();
CREATE TRIGGER note_update AFTER UPDATE ON public.role_except_person REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();

create table role_exclusion (
  role_id uuid not null,
  other_role_id uuid not null,
  at text not null,
  rule_id uuid not null,
  constraint role_exclusion_pk PRIMARY KEY (role_id, other_role_id, at),
  constraint role_excludes_another_than_itself CHECK ((role_id <> other_role_id)),
  constraint role_exclusion_holds_at_a_known_time CHECK ((at = ANY (ARRAY['held'::text, 'same_session'::text]))),
  constraint role_exclusion_is_kept_by_a_rule FOREIGN KEY (rule_id) REFERENCES sod_rule(id),
  constraint role_exclusion_is_of_a_role FOREIGN KEY (role_id) REFERENCES role(id),
  constraint role_exclusion_is_of_another_role FOREIGN KEY (other_role_id) REFERENCES role(id)
);
comment on table role_exclusion is 'Which rule of separated duties keeps apart the roles that a published version keeps apart.';

create table role_history (
  recorded_to timestamp with time zone not null,
  id uuid not null,
  name text not null,
  description text,
  owner_id uuid,
  risk text not null,
  requestable boolean not null,
  max_seconds integer,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone,
  recorded_from timestamp with time zone not null,
  constraint role_history_ends_after_it_begins CHECK ((recorded_to >= recorded_from))
);
comment on table role_history is 'What role said before: each row as it was recorded from recorded_from until recorded_to. Written by trigger only.';
CREATE INDEX role_history_by_id ON public.role_history USING btree (id, recorded_from);

create table role_impact (
  version_id uuid not null,
  revision integer not null,
  state text not null default 'waiting'::text,
  asked_at timestamp with time zone not null,
  progress integer not null default 0,
  problem text,
  as_of timestamp with time zone,
  snapshot text,
  server_started timestamp with time zone,
  good_until timestamp with time zone,
  numbers jsonb,
  constraint role_impact_pk PRIMARY KEY (version_id),
  constraint role_impact_progress_is_a_percentage CHECK (((progress >= 0) AND (progress <= 100))),
  constraint role_impact_state_is_known CHECK ((state = ANY (ARRAY['waiting'::text, 'running'::text, 'done'::text, 'failed'::text]))),
  constraint role_impact_that_failed_says_why CHECK (((state = 'failed'::text) = (problem IS NOT NULL))),
  constraint role_impact_that_is_done_says_of_what CHECK (((state <> 'done'::text) OR (num_nulls(as_of, snapshot, server_started, numbers) = 0))),
  constraint role_impact_is_of_a_version FOREIGN KEY (version_id) REFERENCES role_version(id)
);
comment on table role_impact is 'What would follow from publishing a version, as of one state of the data. snapshot: the transactions it saw. good_until: the first instant at which time alone changes the answer.';

create table role_impact_person (
  version_id uuid not null,
  position integer not null,
  identity_id uuid not null,
  gains uuid[] not null,
  loses uuid[] not null,
  privileged uuid[] not null,
  new_conflicts jsonb not null,
  cleared_conflicts jsonb not null,
  constraint role_impact_person_pk PRIMARY KEY (version_id, "position"),
  constraint role_impact_names_somebody_once UNIQUE (version_id, identity_id),
  constraint role_impact_person_is_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint role_impact_person_is_in_a_report FOREIGN KEY (version_id) REFERENCES role_impact(version_id) ON DELETE CASCADE
);
comment on table role_impact_person is 'Whose access would change. privileged: systems on which they would have privileged access for the first time.';

create table role_parameter (
  role_id uuid not null,
  position integer not null,
  name text not null,
  allowed_values text[],
  constraint role_parameter_pk PRIMARY KEY (role_id, name),
  constraint role_parameter_has_its_place UNIQUE (role_id, "position"),
  constraint role_parameter_allows_something CHECK (((allowed_values IS NULL) OR (cardinality(allowed_values) > 0))),
  constraint role_parameter_name_can_stand_in_a_pattern CHECK ((name ~ '^[a-z][a-z0-9_]*$'::text)),
  constraint role_parameter_is_of_a_role FOREIGN KEY (role_id) REFERENCES role(id)
);
comment on table role_parameter is 'What has to be said to have a role that is a template. allowed_values null: any text.';
CREATE TRIGGER note_delete AFTER DELETE ON public.role_parameter REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();
CREATE TRIGGER note_insert AFTER INSERT ON public.role_parameter REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();
CREATE TRIGGER note_update AFTER UPDATE ON public.role_parameter REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();

create table role_pattern (
  role_id uuid not null,
  position integer not null,
  system_id uuid not null,
  pattern text not null,
  valid_from timestamp with time zone,
  valid_to timestamp with time zone,
  constraint role_pattern_pk PRIMARY KEY (role_id, "position"),
  constraint role_pattern_is_once_a_system UNIQUE (role_id, system_id, pattern),
  constraint role_pattern_says_something CHECK ((btrim(pattern) <> ''::text)),
  constraint role_pattern_is_of_a_role FOREIGN KEY (role_id) REFERENCES role(id),
  constraint role_pattern_is_on_a_system FOREIGN KEY (system_id) REFERENCES system(id)
);
comment on table role_pattern is 'Entitlements a template gives by the native id or name that a pattern makes of the values, as its published version says.';
CREATE TRIGGER note_delete AFTER DELETE ON public.role_pattern REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();
CREATE TRIGGER note_insert AFTER INSERT ON public.role_pattern REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();
CREATE TRIGGER note_update AFTER UPDATE ON public.role_pattern REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();

create table role_version (
  id uuid not null,
  role_id uuid not null,
  number integer not null,
  state text not null default 'draft'::text,
  kind text not null,
  content jsonb not null,
  reason text not null,
  revision integer not null default 1,
  made_by uuid not null,
  made_at timestamp with time zone not null,
  edited_by uuid[] not null,
  asked_by uuid,
  asked_at timestamp with time zone,
  settled_by uuid,
  settled_at timestamp with time zone,
  settled_because text,
  constraint role_version_pk PRIMARY KEY (id),
  constraint role_version_number_is_one_versions UNIQUE (role_id, number),
  constraint awaiting_role_version_was_asked_for CHECK (((state <> 'awaiting'::text) OR (num_nulls(asked_by, asked_at) = 0))),
  constraint published_role_version_has_four_eyes CHECK (((state <> ALL (ARRAY['published'::text, 'superseded'::text])) OR (NOT (settled_by = ANY (edited_by))))),
  constraint role_version_content_is_an_object CHECK ((jsonb_typeof(content) = 'object'::text)),
  constraint role_version_kind_is_known CHECK ((kind = ANY (ARRAY['business'::text, 'it'::text]))),
  constraint role_version_number_counts_from_one CHECK (((number > 0) AND (revision > 0))),
  constraint role_version_says_why CHECK ((btrim(reason) <> ''::text)),
  constraint role_version_state_is_known CHECK ((state = ANY (ARRAY['draft'::text, 'awaiting'::text, 'published'::text, 'superseded'::text, 'withdrawn'::text]))),
  constraint settled_role_version_says_who_and_when CHECK ((((state = ANY (ARRAY['draft'::text, 'awaiting'::text])) = (settled_at IS NULL)) AND ((settled_at IS NULL) = (settled_by IS NULL)))),
  constraint role_version_is_asked_for_by_an_identity FOREIGN KEY (asked_by) REFERENCES identity(id),
  constraint role_version_is_made_by_an_identity FOREIGN KEY (made_by) REFERENCES identity(id),
  constraint role_version_is_of_a_role FOREIGN KEY (role_id) REFERENCES role(id),
  constraint role_version_is_settled_by_an_identity FOREIGN KEY (settled_by) REFERENCES identity(id)
);
comment on table role_version is 'What a role is to be made of, or was. revision: how often the draft was said anew; a report is of one revision. edited_by: everybody who wrote on it; none of them publishes it.';
CREATE UNIQUE INDEX role_version_is_in_force_once ON public.role_version USING btree (role_id) WHERE (state = 'published'::text);
CREATE UNIQUE INDEX role_version_is_open_once ON public.role_version USING btree (role_id) WHERE (state = ANY (ARRAY['draft'::text, 'awaiting'::text]));

create table root_key (
  ring text not null,
  id text not null,
  place text not null,
  settings jsonb not null,
  state text not null,
  made_at timestamp with time zone not null,
  current_since timestamp with time zone,
  constraint root_key_pk PRIMARY KEY (ring, id),
  constraint root_key_id_tells_nothing_of_it CHECK ((id ~ '^[0-9a-f]{16}$'::text)),
  constraint root_key_of_records_asks_nobody CHECK (((ring <> 'records'::text) OR (place <> 'shamir'::text))),
  constraint root_key_place_is_known CHECK ((place = ANY (ARRAY['file'::text, 'shamir'::text, 'pkcs11'::text, 'aws_kms'::text]))),
  constraint root_key_settings_are_an_object CHECK ((jsonb_typeof(settings) = 'object'::text)),
  constraint root_key_state_is_known CHECK ((state = ANY (ARRAY['prepared'::text, 'current'::text, 'former'::text]))),
  constraint root_key_is_of_a_ring FOREIGN KEY (ring) REFERENCES key_ring(name)
);
comment on table root_key is 'Where the root key of a ring is kept; never the key. id is a digest. prepared: it wraps the ring already and takes over once every share is with its holder.';
comment on column root_key.settings is 'file: its name in the folder of root_key_file. shamir: threshold and the digests of the shares. pkcs11: nothing, the configuration names the token. aws_kms: nothing, the configuration names the key.';
CREATE UNIQUE INDEX one_root_key_is_current ON public.root_key USING btree (ring) WHERE (state = 'current'::text);
CREATE UNIQUE INDEX one_root_key_is_prepared ON public.root_key USING btree (ring) WHERE (state = 'prepared'::text);

create table root_key_share (
  ring text not null,
  root_key text not null,
  place integer not null,
  holder_id uuid not null,
  sealed bytea,
  taken_at timestamp with time zone,
  constraint root_key_share_pk PRIMARY KEY (ring, root_key, place),
  constraint root_key_share_is_kept_until_taken CHECK (((sealed IS NULL) = (taken_at IS NOT NULL))),
  constraint root_key_share_is_for_somebody FOREIGN KEY (holder_id) REFERENCES identity(id),
  constraint root_key_share_is_of_a_root_key FOREIGN KEY (ring, root_key) REFERENCES root_key(ring, id)
);
comment on table root_key_share is 'Who is to have which share of a root key. It is kept, sealed, until its holder took it, once; then only they have it.';

create table rotation (
  id uuid not null,
  account_id uuid not null,
  secret_id uuid not null,
  because text not null,
  state text not null default 'planned'::text,
  version integer,
  tries integer not null default 0,
  problem text,
  planned_at timestamp with time zone not null default reeve_now(),
  ended_at timestamp with time zone,
  cause text not null default 'asked'::text,
  back_version integer,
  run_id uuid,
  wave integer,
  through text not null default 'connection'::text,
  constraint rotation_pk PRIMARY KEY (id),
  constraint ended_rotation_is_done_failed_or_cancelled CHECK (((ended_at IS NOT NULL) = (state = ANY (ARRAY['done'::text, 'failed'::text, 'cancelled'::text])))),
  constraint rotation_cause_is_known CHECK ((cause = ANY (ARRAY['asked'::text, 'created'::text, 'age'::text, 'use'::text, 'checkout'::text, 'leaver'::text, 'incident'::text, 'drift'::text, 'wave'::text]))),
  constraint rotation_goes_through_an_account_of_reeve CHECK ((through = ANY (ARRAY['connection'::text, 'reconcile'::text]))),
  constraint rotation_of_a_run_has_a_wave CHECK (((run_id IS NULL) = (wave IS NULL))),
  constraint rotation_state_is_known CHECK ((state = ANY (ARRAY['planned'::text, 'sealed'::text, 'applied'::text, 'promoted'::text, 'returning'::text, 'returned'::text, 'done'::text, 'failed'::text, 'cancelled'::text]))),
  constraint rotation_that_goes_back_names_what_to CHECK (((state <> 'returned'::text) OR (back_version IS NOT NULL))),
  constraint rotation_wave_counts_from_zero CHECK ((wave >= 0)),
  constraint rotation_with_a_value_names_its_version CHECK (((state = ANY (ARRAY['planned'::text, 'failed'::text, 'cancelled'::text])) OR (version IS NOT NULL))),
  constraint rotation_is_of_a_secret FOREIGN KEY (secret_id) REFERENCES secret(id),
  constraint rotation_is_of_an_account FOREIGN KEY (account_id) REFERENCES account(id),
  constraint rotation_run_is_a_run FOREIGN KEY (run_id) REFERENCES rotation_run(id)
);
comment on table rotation is 'planned: to be done. sealed: the new value is in the vault, pending. applied: set on the target. promoted: logged in with it, it is the current one; dependants follow. done: the old one is refused. returning, returned: a dependant could not follow, all of it goes back. failed: the problem says what is as it was. cancelled: before anything was changed.';
comment on column rotation.back_version is 'The version that holds the old value again, sealed before it was set on the target again.';
comment on column rotation.through is 'Which account of Reeve''s changed the target: that of its connection, or the reconcile account.';
CREATE UNIQUE INDEX account_rotates_once_at_a_time ON public.rotation USING btree (account_id) WHERE (ended_at IS NULL);
CREATE INDEX rotation_by_account ON public.rotation USING btree (account_id, planned_at);
CREATE INDEX rotation_by_run ON public.rotation USING btree (run_id, wave) WHERE (run_id IS NOT NULL);
CREATE INDEX rotation_that_is_open ON public.rotation USING btree (planned_at) WHERE (ended_at IS NULL);

create table rotation_dependant (
  rotation_id uuid not null,
  dependant_id uuid not null,
  position integer not null,
  state text not null default 'waiting'::text,
  problem text,
  at timestamp with time zone not null default reeve_now(),
  constraint rotation_dependant_pk PRIMARY KEY (rotation_id, dependant_id),
  constraint rotation_dependant_state_is_known CHECK ((state = ANY (ARRAY['waiting'::text, 'updated'::text, 'refused'::text, 'returned'::text, 'stale'::text]))),
  constraint rotation_dependant_is_a_dependant FOREIGN KEY (dependant_id) REFERENCES credential_dependant(id),
  constraint rotation_dependant_is_of_a_rotation FOREIGN KEY (rotation_id) REFERENCES rotation(id) ON DELETE CASCADE
);
comment on table rotation_dependant is 'How a rotation fares with each dependant. stale: it could be neither updated nor put back, and holds a value that is not the current one.';

create table rotation_policy (
  id uuid not null,
  system_id uuid,
  account_id uuid,
  max_age_days integer,
  max_uses integer,
  after_checkout boolean not null default true,
  after_leaver boolean not null default true,
  check_every_hours integer not null default 24,
  on_drift text not null default 'repair'::text,
  generator jsonb not null default '{}'::jsonb,
  time_window jsonb,
  set_at timestamp with time zone not null default reeve_now(),
  constraint rotation_policy_pk PRIMARY KEY (id),
  constraint rotation_policy_age_is_some_days CHECK (((max_age_days >= 1) AND (max_age_days <= 3650))),
  constraint rotation_policy_answers_drift CHECK ((on_drift = ANY (ARRAY['repair'::text, 'report'::text]))),
  constraint rotation_policy_checks_within_a_month CHECK (((check_every_hours >= 1) AND (check_every_hours <= 720))),
  constraint rotation_policy_generator_is_an_object CHECK ((jsonb_typeof(generator) = 'object'::text)),
  constraint rotation_policy_is_of_one_thing CHECK (((system_id IS NULL) OR (account_id IS NULL))),
  constraint rotation_policy_uses_are_some CHECK (((max_uses >= 1) AND (max_uses <= 100000))),
  constraint rotation_policy_window_is_an_object CHECK ((jsonb_typeof(time_window) = 'object'::text)),
  constraint rotation_policy_is_of_a_system FOREIGN KEY (system_id) REFERENCES system(id),
  constraint rotation_policy_is_of_an_account FOREIGN KEY (account_id) REFERENCES account(id)
);
comment on table rotation_policy is 'When credentials are rotated and checked, and what new ones are like. Of an account before that of its system before that of the house (neither).';
CREATE UNIQUE INDEX place_has_one_rotation_policy ON public.rotation_policy USING btree (COALESCE(account_id, system_id, '00000000-0000-0000-0000-000000000000'::uuid));

create table rotation_run (
  id uuid not null,
  because text not null,
  incident boolean not null default false,
  state text not null default 'waiting'::text,
  canary integer not null,
  wave_size integer not null,
  may_fail integer not null,
  tolerated integer not null default 0,
  time_window jsonb,
  released_to integer not null default '-1'::integer,
  last_wave integer not null default '-1'::integer,
  planned_whole boolean not null default false,
  planned_by uuid,
  planned_at timestamp with time zone not null default reeve_now(),
  ended_at timestamp with time zone,
  problem text,
  constraint rotation_run_pk PRIMARY KEY (id),
  constraint rotation_run_says_why CHECK ((btrim(because) <> ''::text)),
  constraint rotation_run_state_is_known CHECK ((state = ANY (ARRAY['waiting'::text, 'running'::text, 'stopped'::text, 'done'::text, 'cancelled'::text]))),
  constraint rotation_run_that_ended_is_done_or_cancelled CHECK (((ended_at IS NOT NULL) = (state = ANY (ARRAY['done'::text, 'cancelled'::text])))),
  constraint rotation_run_waves_have_some CHECK ((((wave_size >= 1) AND (wave_size <= 1000)) AND ((canary >= 0) AND (canary <= 1000)) AND (may_fail >= 0)))
);
comment on table rotation_run is 'Many rotations at once: planned by the change guard, released wave by wave, the canary first. stopped: more failed than may; a person goes on or cancels.';
comment on column rotation_run.tolerated is 'Failures after which a person let it go on.';

create table rotation_step (
  rotation_id uuid not null,
  position integer not null,
  step text not null,
  outcome text not null,
  detail text,
  tries integer not null default 1,
  at timestamp with time zone not null default reeve_now(),
  constraint rotation_step_pk PRIMARY KEY (rotation_id, "position"),
  constraint rotation_step_is_tried CHECK ((tries > 0)),
  constraint rotation_step_outcome_is_known CHECK ((outcome = ANY (ARRAY['done'::text, 'trouble'::text, 'refused'::text]))),
  constraint rotation_step_is_of_a_rotation FOREIGN KEY (rotation_id) REFERENCES rotation(id) ON DELETE CASCADE
);
comment on table rotation_step is 'What a rotation did, committed with each move. trouble: it is tried again. refused: it was not done, and what followed says why.';

create table scim_client (
  id uuid not null,
  source_id uuid not null,
  identity_id uuid not null,
  scopes text[] not null,
  username_from text not null,
  baseline_until timestamp with time zone not null,
  created_at timestamp with time zone not null default reeve_now(),
  created_by uuid,
  removed_at timestamp with time zone,
  constraint scim_client_pk PRIMARY KEY (id),
  constraint scim_client_has_a_scope CHECK ((cardinality(scopes) > 0)),
  constraint scim_client_scopes_are_known CHECK ((scopes <@ ARRAY['read'::text, 'write'::text, 'users.read'::text, 'users.write'::text, 'groups.read'::text, 'groups.write'::text])),
  constraint scim_client_username_is_from_somewhere CHECK ((username_from = ANY (ARRAY['local_part'::text, 'whole'::text, 'none'::text]))),
  constraint scim_client_is_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint scim_client_pushes_to_a_source FOREIGN KEY (source_id) REFERENCES people_source(id),
  constraint scim_client_was_made_by_an_identity FOREIGN KEY (created_by) REFERENCES identity(id)
);
comment on table scim_client is 'A directory that may push people and groups to a source of its own. It acts as its identity, a service with an owner.';
CREATE UNIQUE INDEX source_has_one_scim_client ON public.scim_client USING btree (source_id) WHERE (removed_at IS NULL);

create table scim_held (
  run_id uuid not null,
  resource_id uuid not null,
  source_id uuid not null,
  type text not null,
  what text not null,
  name_key text collate "C" not null,
  body jsonb,
  members jsonb,
  affected uuid[] not null,
  held_at timestamp with time zone not null default reeve_now(),
  constraint scim_held_pk PRIMARY KEY (run_id, resource_id),
  constraint scim_held_put_has_a_body CHECK (((what = 'delete'::text) OR (body IS NOT NULL))),
  constraint scim_held_type_is_known CHECK ((type = ANY (ARRAY['User'::text, 'Group'::text]))),
  constraint scim_held_what_is_known CHECK ((what = ANY (ARRAY['put'::text, 'delete'::text]))),
  constraint scim_held_is_of_a_source FOREIGN KEY (source_id) REFERENCES people_source(id),
  constraint scim_held_waits_with_a_run FOREIGN KEY (run_id) REFERENCES feed_run(id)
);
comment on table scim_held is 'What a directory pushed over a limit: the resource as it will be once a person accepts the run. affected are the records of the run it changes.';
CREATE INDEX scim_held_by_name ON public.scim_held USING btree (source_id, type, name_key);

create table scim_member (
  group_id uuid not null,
  value text collate "C" not null,
  resource_id uuid,
  display text,
  display_key text collate "C",
  constraint scim_member_pk PRIMARY KEY (group_id, value),
  constraint scim_group_is_not_its_own_member CHECK ((resource_id IS DISTINCT FROM group_id)),
  constraint scim_member_is_a_resource FOREIGN KEY (resource_id) REFERENCES scim_resource(id),
  constraint scim_member_is_in_a_group FOREIGN KEY (group_id) REFERENCES scim_resource(id)
);
comment on table scim_member is 'Who is in a group. A directory may name somebody it never pushed: kept as it was given, and nobody.';
CREATE INDEX scim_member_by_resource ON public.scim_member USING btree (resource_id) WHERE (resource_id IS NOT NULL);
CREATE INDEX scim_member_by_value ON public.scim_member USING btree (value);

create table scim_resource (
  id uuid not null,
  source_id uuid not null,
  type text not null,
  version integer not null default 1,
  created_at timestamp with time zone not null,
  changed_at timestamp with time zone not null,
  deleted_at timestamp with time zone,
  name_key text collate "C" not null,
  external_id text collate "C",
  identity_id uuid,
  body jsonb not null,
  folded jsonb not null,
  constraint scim_resource_pk PRIMARY KEY (id),
  constraint deleted_scim_resource_keeps_no_document CHECK (((deleted_at IS NULL) OR ((body = '{}'::jsonb) AND (folded = '{}'::jsonb)))),
  constraint scim_body_is_an_object CHECK (((jsonb_typeof(body) = 'object'::text) AND (jsonb_typeof(folded) = 'object'::text))),
  constraint scim_group_is_no_identity CHECK (((type = 'User'::text) OR (identity_id IS NULL))),
  constraint scim_resource_changes_after_it_is_made CHECK ((changed_at >= created_at)),
  constraint scim_resource_type_is_known CHECK ((type = ANY (ARRAY['User'::text, 'Group'::text]))),
  constraint scim_resource_version_counts_up CHECK ((version > 0)),
  constraint scim_resource_is_of_a_source FOREIGN KEY (source_id) REFERENCES people_source(id),
  constraint scim_user_is_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id)
);
comment on table scim_resource is 'What a directory last said of a user or group. name_key is the userName or displayName, folded; folded is the document as filters search it. A deleted user keeps only what tells them when they come back.';
CREATE INDEX scim_resource_by_content ON public.scim_resource USING gin (folded jsonb_path_ops) WHERE (deleted_at IS NULL);
CREATE INDEX scim_resource_by_external_id ON public.scim_resource USING btree (source_id, external_id) WHERE (external_id IS NOT NULL);
CREATE INDEX scim_resource_by_name ON public.scim_resource USING btree (source_id, type, name_key, id);
CREATE INDEX scim_resource_in_order ON public.scim_resource USING btree (source_id, type, id) WHERE (deleted_at IS NULL);
CREATE UNIQUE INDEX scim_user_is_one_resource ON public.scim_resource USING btree (identity_id, source_id) WHERE (deleted_at IS NULL);
CREATE UNIQUE INDEX scim_user_name_is_one_users ON public.scim_resource USING btree (source_id, name_key) WHERE ((type = 'User'::text) AND (deleted_at IS NULL));

create table scim_token (
  id uuid not null,
  client_id uuid not null,
  token_hash bytea not null,
  created_at timestamp with time zone not null default reeve_now(),
  created_by uuid,
  ends_at timestamp with time zone not null,
  last_used_at timestamp with time zone,
  constraint scim_token_pk PRIMARY KEY (id),
  constraint scim_token_is_one_tokens UNIQUE (token_hash),
  constraint scim_token_does_not_end_before_it_begins CHECK ((ends_at >= created_at)),
  constraint scim_token_is_a_clients FOREIGN KEY (client_id) REFERENCES scim_client(id),
  constraint scim_token_was_made_by_an_identity FOREIGN KEY (created_by) REFERENCES identity(id)
);
comment on table scim_token is 'Only hashes. While a token is rotated, two are live.';
CREATE INDEX scim_token_by_client ON public.scim_token USING btree (client_id);

create table secret (
  id uuid not null,
  name text not null,
  kind text not null,
  purpose text not null,
  account_id uuid,
  system_id uuid,
  owner_id uuid,
  description text,
  current_version integer,
  longest_checkout_seconds integer not null default 3600,
  created_at timestamp with time zone not null default reeve_now(),
  changed_at timestamp with time zone not null default reeve_now(),
  removed_at timestamp with time zone,
  folder_id uuid,
  max_versions integer not null default 10,
  cas_required boolean not null default false,
  delete_after_seconds integer,
  labels jsonb not null default '{}'::jsonb,
  facts jsonb not null default '{}'::jsonb,
  expires_at timestamp with time zone,
  constraint secret_pk PRIMARY KEY (id),
  constraint secret_checkout_lasts_some_time CHECK (((longest_checkout_seconds >= 60) AND (longest_checkout_seconds <= 86400))),
  constraint secret_facts_are_an_object CHECK ((jsonb_typeof(facts) = 'object'::text)),
  constraint secret_in_a_folder_is_free CHECK (((folder_id IS NULL) OR (purpose = 'free'::text))),
  constraint secret_keeps_some_versions CHECK (((max_versions >= 1) AND (max_versions <= 1000))),
  constraint secret_kind_is_known CHECK ((kind = ANY (ARRAY['ssh_ca'::text, 'password'::text, 'ssh_key'::text, 'api_key'::text, 'key_value'::text, 'database_credential'::text, 'tls_key'::text, 'totp_seed'::text, 'file'::text]))),
  constraint secret_labels_are_an_object CHECK ((jsonb_typeof(labels) = 'object'::text)),
  constraint secret_name_is_a_path CHECK ((name ~ '^[a-z0-9._@-]+(/[A-Za-z0-9._@$ -]+)*$'::text)),
  constraint secret_of_a_connection_names_its_system CHECK (((purpose <> 'connection'::text) OR (system_id IS NOT NULL))),
  constraint secret_of_an_account_names_it CHECK (((purpose = 'account'::text) = (account_id IS NOT NULL))),
  constraint secret_purpose_is_known CHECK ((purpose = ANY (ARRAY['authority'::text, 'account'::text, 'connection'::text, 'free'::text]))),
  constraint secret_versions_live_some_time CHECK ((delete_after_seconds > 0)),
  constraint secret_account_is_an_account FOREIGN KEY (account_id) REFERENCES account(id),
  constraint secret_folder_is_a_folder FOREIGN KEY (folder_id) REFERENCES secret_folder(id),
  constraint secret_owner_is_an_identity FOREIGN KEY (owner_id) REFERENCES identity(id),
  constraint secret_system_is_a_system FOREIGN KEY (system_id) REFERENCES system(id)
);
comment on table secret is 'What the vault knows of a secret without opening it. Names and descriptions are searchable, values never.';
comment on column secret.facts is 'What of the value may be known by who does not see it: of a TLS key its subject, names and issuer.';
CREATE UNIQUE INDEX account_has_one_secret ON public.secret USING btree (account_id) WHERE ((account_id IS NOT NULL) AND (removed_at IS NULL));
CREATE INDEX secret_by_folder ON public.secret USING btree (folder_id, name text_pattern_ops) WHERE ((removed_at IS NULL) AND (folder_id IS NOT NULL));
CREATE UNIQUE INDEX secret_name_is_one_secrets ON public.secret USING btree (name) WHERE (removed_at IS NULL);
CREATE INDEX secret_that_will_expire ON public.secret USING btree (expires_at) WHERE ((removed_at IS NULL) AND (expires_at IS NOT NULL));
CREATE TRIGGER mark_change AFTER INSERT OR DELETE OR UPDATE ON public.secret FOR EACH ROW EXECUTE FUNCTION mark_change_of_part('secrets', 'id');
CREATE TRIGGER mark_truncate AFTER TRUNCATE ON public.secret FOR EACH STATEMENT EXECUTE FUNCTION mark_change('secrets');

create table secret_checkout (
  id uuid not null,
  secret_id uuid not null,
  version integer not null,
  identity_id uuid not null,
  reason text,
  started_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  ended_because text,
  ticket text,
  shared boolean not null default false,
  extended integer not null default 0,
  showing text not null default 'reveal'::text,
  rotate_after boolean not null default true,
  ask_id uuid,
  constraint secret_checkout_pk PRIMARY KEY (id),
  constraint checkout_was_agreed_to_once UNIQUE (ask_id),
  constraint checkout_ends_after_it_starts CHECK ((ends_at > started_at)),
  constraint checkout_showing_is_known CHECK ((showing = ANY (ARRAY['reveal'::text, 'copy_once'::text]))),
  constraint ended_checkout_says_why CHECK (((ended_at IS NULL) = (ended_because IS NULL))),
  constraint checkout_is_an_identitys FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint checkout_is_of_a_version FOREIGN KEY (secret_id, version) REFERENCES secret_version(secret_id, version),
  constraint checkout_rests_on_an_ask FOREIGN KEY (ask_id) REFERENCES checkout_ask(id)
);
comment on table secret_checkout is 'A value given to a person for a time, exclusively or shared as the terms said when it was taken.';
CREATE INDEX checkout_by_identity ON public.secret_checkout USING btree (identity_id, started_at);
CREATE INDEX checkout_that_will_end ON public.secret_checkout USING btree (ends_at) WHERE (ended_at IS NULL);
CREATE UNIQUE INDEX secret_is_out_once ON public.secret_checkout USING btree (secret_id) WHERE ((ended_at IS NULL) AND (NOT shared));
CREATE UNIQUE INDEX secret_is_out_once_to_each ON public.secret_checkout USING btree (secret_id, identity_id) WHERE (ended_at IS NULL);

create table secret_folder (
  id uuid not null,
  path text not null,
  description text not null,
  owner_id uuid not null,
  read_entitlement_id uuid not null,
  write_entitlement_id uuid not null,
  created_at timestamp with time zone not null default reeve_now(),
  removed_at timestamp with time zone,
  constraint secret_folder_pk PRIMARY KEY (id),
  constraint secret_folder_path_is_a_path CHECK ((path ~ '^[a-z0-9._@-]+(/[A-Za-z0-9._@$ -]+)*$'::text)),
  constraint secret_folder_is_read_by_an_entitlement FOREIGN KEY (read_entitlement_id) REFERENCES entitlement(id),
  constraint secret_folder_is_written_by_an_entitlement FOREIGN KEY (write_entitlement_id) REFERENCES entitlement(id),
  constraint secret_folder_owner_is_an_identity FOREIGN KEY (owner_id) REFERENCES identity(id)
);
comment on table secret_folder is 'A path in the vault. Who may read or write what lies below it holds an entitlement of system reeve, got and lost like any access.';
CREATE UNIQUE INDEX secret_folder_path_is_one_folders ON public.secret_folder USING btree (path) WHERE (removed_at IS NULL);
CREATE TRIGGER mark_change AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.secret_folder FOR EACH STATEMENT EXECUTE FUNCTION mark_change('access');

create table secret_version (
  secret_id uuid not null,
  version integer not null,
  state text not null,
  username text,
  wrapped_key bytea,
  sealed bytea,
  created_at timestamp with time zone not null default reeve_now(),
  deleted_at timestamp with time zone,
  constraint secret_version_pk PRIMARY KEY (secret_id, version),
  constraint destroyed_version_has_no_key_and_no_value CHECK ((((state = 'destroyed'::text) = (wrapped_key IS NULL)) AND ((state = 'destroyed'::text) = (sealed IS NULL)))),
  constraint secret_version_state_is_known CHECK ((state = ANY (ARRAY['pending'::text, 'current'::text, 'previous'::text, 'abandoned'::text, 'destroyed'::text]))),
  constraint secret_versions_count_from_one CHECK ((version > 0)),
  constraint secret_version_is_a_secrets FOREIGN KEY (secret_id) REFERENCES secret(id)
);
comment on table secret_version is 'Each under a data key of its own, bound to secret, version and kind. pending: sealed before the target was changed, not yet proved.';
comment on column secret_version.deleted_at is 'From then on it is not read; it can be brought back until it is destroyed. May lie ahead.';
CREATE UNIQUE INDEX secret_has_one_current_version ON public.secret_version USING btree (secret_id) WHERE (state = 'current'::text);
CREATE UNIQUE INDEX secret_has_one_pending_version ON public.secret_version USING btree (secret_id) WHERE (state = 'pending'::text);
CREATE TRIGGER mark_change AFTER INSERT OR DELETE OR UPDATE ON public.secret_version FOR EACH ROW EXECUTE FUNCTION mark_change_of_part('secrets', 'secret_id');
CREATE TRIGGER mark_truncate AFTER TRUNCATE ON public.secret_version FOR EACH STATEMENT EXECUTE FUNCTION mark_change('secrets');

create table session (
  id uuid not null,
  identity_id uuid not null,
  account_id uuid not null,
  system_id uuid not null,
  grant_ids uuid[] not null,
  protocol text not null,
  state text not null default 'live'::text,
  node text not null,
  client_address text not null,
  client_version text not null,
  started_at timestamp with time zone not null,
  seen_at timestamp with time zone not null,
  must_end_at timestamp with time zone,
  ends_at timestamp with time zone,
  ending_because text,
  ended_at timestamp with time zone,
  ended_because text,
  bytes_in bigint not null default 0,
  bytes_out bigint not null default 0,
  recorded boolean not null,
  recording_head text,
  ending_said text,
  certificate_id uuid,
  holds boolean not null default false,
  observer_seconds integer,
  idle_seconds integer,
  paused_because text,
  recording_behind text,
  recording_purged_at timestamp with time zone,
  recording_purged_class text,
  recording_files_left boolean not null default false,
  password_id uuid,
  ssh_key_id uuid,
  constraint session_pk PRIMARY KEY (id),
  constraint ended_session_says_when_and_why CHECK (((state = 'ended'::text) = ((ended_at IS NOT NULL) AND (ended_because IS NOT NULL)))),
  constraint ending_in_words_is_an_ending CHECK (((ending_said IS NULL) OR (ending_because IS NOT NULL))),
  constraint files_left_are_of_a_purged_recording CHECK (((NOT recording_files_left) OR (recording_purged_at IS NOT NULL))),
  constraint observed_session_can_be_held CHECK (((observer_seconds IS NULL) OR holds)),
  constraint paused_session_can_be_held CHECK (((paused_because IS NULL) OR holds)),
  constraint purged_recording_is_of_a_session_that_ended CHECK (((recording_purged_at IS NULL) OR (state = 'ended'::text))),
  constraint purged_recording_names_its_class CHECK (((recording_purged_at IS NULL) = (recording_purged_class IS NULL))),
  constraint recording_is_behind_in_a_known_way CHECK ((recording_behind = ANY (ARRAY['unwritable'::text, 'full'::text, 'slow'::text]))),
  constraint session_rests_on_a_grant CHECK ((cardinality(grant_ids) > 0)),
  constraint session_state_is_known CHECK ((state = ANY (ARRAY['live'::text, 'ended'::text]))),
  constraint session_waits_for_a_time CHECK (((observer_seconds > 0) AND (idle_seconds > 0))),
  constraint session_was_proved_by_one_thing CHECK (((certificate_id IS NULL) OR (password_id IS NULL))),
  constraint session_came_by_a_key FOREIGN KEY (ssh_key_id) REFERENCES ssh_key(id),
  constraint session_is_an_identitys FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint session_is_on_a_system FOREIGN KEY (system_id) REFERENCES system(id),
  constraint session_is_on_an_account FOREIGN KEY (account_id) REFERENCES account(id),
  constraint session_was_proved_by_a_certificate FOREIGN KEY (certificate_id) REFERENCES ssh_certificate(id),
  constraint session_was_proved_by_a_password FOREIGN KEY (password_id) REFERENCES gateway_password(id)
);
comment on column session.seen_at is 'Its node says every few seconds that it still lives; another node closes the record of one that fell silent.';
comment on column session.must_end_at is 'The longest time policy allowed it, whatever its grants say.';
comment on column session.ending_said is 'What events say in clear in place of ending_because, where that is in somebody''s own words.';
comment on column session.certificate_id is 'The certificate that proved its person at the gateway; null: a registered key.';
comment on column session.holds is 'Its gateway can let nothing flow for a while, and says so.';
comment on column session.observer_seconds is 'It runs only while somebody who may observes it, and waits so long for one; null: needs nobody.';
comment on column session.paused_because is 'Nothing flows, because somebody in charge said so; null: not paused.';
comment on column session.recording_behind is 'Nothing flows until the store of its recording takes it again, and why; null: it does.';
comment on column session.recording_purged_at is 'Its recording and what it was found by were taken away, as its class says; the row stays. null: they are there.';
comment on column session.recording_files_left is 'It is purged, and its files are still to be taken away.';
comment on column session.password_id is 'The gateway password that proved its person at the gateway; null: something else did.';
comment on column session.ssh_key_id is 'The registered key its person proved; it ends when that is removed.';
CREATE INDEX live_session ON public.session USING btree (node) WHERE (state = 'live'::text);
CREATE INDEX live_session_by_grant ON public.session USING gin (grant_ids) WHERE (state = 'live'::text);
CREATE INDEX recorded_session_by_end ON public.session USING btree (ended_at) WHERE (recorded AND (state = 'ended'::text) AND (recording_purged_at IS NULL));
CREATE INDEX session_by_certificate ON public.session USING btree (certificate_id) WHERE ((certificate_id IS NOT NULL) AND (state = 'live'::text));
CREATE INDEX session_by_identity ON public.session USING btree (identity_id, started_at);
CREATE INDEX session_by_start ON public.session USING btree (started_at, id);
CREATE INDEX session_live_by_key ON public.session USING btree (ssh_key_id) WHERE ((state = 'live'::text) AND (ssh_key_id IS NOT NULL));
CREATE INDEX session_whose_files_are_left ON public.session USING btree (id) WHERE recording_files_left;

create table session_event (
  session_id uuid not null,
  n integer not null,
  at_ms integer not null,
  type text not null,
  class text not null,
  sealed_detail bytea not null,
  words bigint[],
  constraint session_event_pk PRIMARY KEY (session_id, n),
  constraint session_event_is_a_sessions FOREIGN KEY (session_id) REFERENCES session(id)
);
comment on table session_event is 'Commands, files and refusals of a session, in order. Details are sealed: people type secrets into commands.';
comment on column session_event.words is 'Keyed digests of the words of its detail, sorted: what it is found by. Without the key they say which events share words, and no word. null: not indexed yet.';
CREATE INDEX session_event_by_word ON public.session_event USING gin (words);
CREATE INDEX session_event_without_words ON public.session_event USING btree (session_id, n) WHERE (words IS NULL);

create table session_watch (
  id uuid not null,
  session_id uuid not null,
  identity_id uuid not null,
  observes boolean not null,
  began_at timestamp with time zone not null,
  seen_at timestamp with time zone not null,
  left_at timestamp with time zone,
  constraint session_watch_pk PRIMARY KEY (id),
  constraint watch_is_an_identitys FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint watch_is_of_a_session FOREIGN KEY (session_id) REFERENCES session(id)
);
comment on table session_watch is 'Somebody watches a session as it runs. observes: they stand for the observer it needs. seen_at: when they last fetched; whoever fetches nothing has left.';
CREATE INDEX session_watch_that_goes_on ON public.session_watch USING btree (session_id) WHERE (left_at IS NULL);

create table signal (
  id bigint not null generated always as identity,
  kind text not null,
  subject text not null,
  message text not null,
  raised_at timestamp with time zone not null default reeve_now(),
  constraint signal_pk PRIMARY KEY (id),
  constraint signal_kind_is_known CHECK ((kind = ANY (ARRAY['end_session'::text, 'lock_identity'::text, 'lock_account'::text, 'lock_system'::text, 'lock_everything'::text, 'session_changed'::text, 'message_session'::text, 'policy_changed'::text])))
);
comment on table signal is 'What every node must feel at once. A node that missed the notification finds the row by its last seen id.';

create table signin (
  id uuid not null,
  token_hash bytea not null,
  identity_id uuid not null,
  method text not null,
  started_at timestamp with time zone not null default reeve_now(),
  last_seen_at timestamp with time zone not null default reeve_now(),
  ends_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  address text,
  constraint signin_pk PRIMARY KEY (id),
  constraint signin_token_is_one_sign_ins UNIQUE (token_hash),
  constraint signin_ends_after_it_starts CHECK ((ends_at > started_at)),
  constraint signin_method_is_known CHECK ((method = ANY (ARRAY['passkey'::text, 'password_totp'::text]))),
  constraint signin_is_an_identitys FOREIGN KEY (identity_id) REFERENCES identity(id)
);
CREATE INDEX signin_by_identity ON public.signin USING btree (identity_id) WHERE (ended_at IS NULL);

create table signin_challenge (
  id uuid not null,
  purpose text not null,
  challenge text not null,
  identity_id uuid,
  ends_at timestamp with time zone not null,
  constraint signin_challenge_pk PRIMARY KEY (id),
  constraint signin_challenge_purpose_is_known CHECK ((purpose = ANY (ARRAY['register'::text, 'sign_in'::text])))
);
comment on table signin_challenge is 'WebAuthn challenges; deleted when used, so each works once.';

create table signin_failure (
  login_key text not null,
  failures integer not null,
  last_at timestamp with time zone not null,
  closed_until timestamp with time zone,
  constraint signin_failure_pk PRIMARY KEY (login_key)
);
comment on table signin_failure is 'Wrong tries by name in one form (NFKC, lower case, no blanks), whether or not such a person exists.';

create table signin_password (
  identity_id uuid not null,
  hash text not null,
  changed_at timestamp with time zone not null default reeve_now(),
  constraint signin_password_pk PRIMARY KEY (identity_id),
  constraint signin_password_is_argon2id CHECK ((hash ~~ '$argon2id$%'::text)),
  constraint signin_password_is_an_identitys FOREIGN KEY (identity_id) REFERENCES identity(id)
);
comment on table signin_password is 'Argon2id hashes, peppered with the root key.';

create table signin_totp (
  identity_id uuid not null,
  sealed_secret bytea not null,
  confirmed_at timestamp with time zone,
  last_step bigint not null default 0,
  constraint signin_totp_pk PRIMARY KEY (identity_id),
  constraint signin_totp_is_an_identitys FOREIGN KEY (identity_id) REFERENCES identity(id)
);
comment on column signin_totp.last_step is 'The last 30-second step whose code was used: a code works once (RFC 6238 §5.2).';

create table sod_adoption (
  library_id text not null,
  mode text not null,
  owner_id uuid,
  adopted_at timestamp with time zone not null default reeve_now(),
  recorded_from timestamp with time zone not null default reeve_now(),
  constraint sod_adoption_pk PRIMARY KEY (library_id),
  constraint sod_adoption_mode_is_known CHECK ((mode = ANY (ARRAY['record'::text, 'warn'::text, 'enforce'::text]))),
  constraint sod_adoption_owner_is_an_identity FOREIGN KEY (owner_id) REFERENCES identity(id)
);
comment on table sod_adoption is 'Rules of the library that are wanted here. One whose functions are all mapped is a sod_rule; the others are not in force yet.';
CREATE TRIGGER keep_history BEFORE DELETE OR UPDATE ON public.sod_adoption FOR EACH ROW EXECUTE FUNCTION keep_history();

create table sod_adoption_history (
  recorded_to timestamp with time zone not null,
  library_id text not null,
  mode text not null,
  owner_id uuid,
  adopted_at timestamp with time zone not null,
  recorded_from timestamp with time zone not null,
  constraint sod_adoption_history_ends_after_it_begins CHECK ((recorded_to >= recorded_from))
);
comment on table sod_adoption_history is 'What sod_adoption said before: each row as it was recorded from recorded_from until recorded_to. Written by trigger only.';

create table sod_control (
  id uuid not null,
  rule_id uuid not null,
  name text not null,
  owner_id uuid not null,
  every_days integer not null,
  valid_from timestamp with time zone not null default reeve_now(),
  valid_to timestamp with time zone,
  recorded_from timestamp with time zone not null default reeve_now(),
  constraint sod_control_pk PRIMARY KEY (id),
  constraint sod_control_ends_after_it_begins CHECK ((valid_to > valid_from)),
  constraint sod_control_has_a_name CHECK ((btrim(name) <> ''::text)),
  constraint sod_control_runs_every_so_many_days CHECK (((every_days >= 1) AND (every_days <= 366))),
  constraint sod_control_is_of_a_rule FOREIGN KEY (rule_id) REFERENCES sod_rule(id),
  constraint sod_control_owner_is_an_identity FOREIGN KEY (owner_id) REFERENCES identity(id)
);
comment on table sod_control is 'A control that can make up for a conflict with a rule: who sees to it, and every how many days it must have run.';
CREATE INDEX sod_control_by_rule ON public.sod_control USING btree (rule_id);
CREATE TRIGGER keep_history BEFORE DELETE OR UPDATE ON public.sod_control FOR EACH ROW EXECUTE FUNCTION keep_history();

create table sod_control_history (
  recorded_to timestamp with time zone not null,
  id uuid not null,
  rule_id uuid not null,
  name text not null,
  owner_id uuid not null,
  every_days integer not null,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone,
  recorded_from timestamp with time zone not null,
  constraint sod_control_history_ends_after_it_begins CHECK ((recorded_to >= recorded_from))
);
comment on table sod_control_history is 'What sod_control said before: each row as it was recorded from recorded_from until recorded_to. Written by trigger only.';
CREATE INDEX sod_control_history_by_id ON public.sod_control_history USING btree (id, recorded_from);

create table sod_control_run (
  id uuid not null,
  exception_id uuid not null,
  ran_by uuid not null,
  ran_at timestamp with time zone not null,
  result text not null,
  reference text not null,
  note text not null default ''::text,
  recorded_at timestamp with time zone not null default reeve_now(),
  constraint sod_control_run_pk PRIMARY KEY (id),
  constraint sod_control_run_is_not_ahead_of_its_record CHECK ((ran_at <= recorded_at)),
  constraint sod_control_run_passed_or_failed CHECK ((result = ANY (ARRAY['passed'::text, 'failed'::text]))),
  constraint sod_control_run_refers_to_evidence CHECK ((btrim(reference) <> ''::text)),
  constraint sod_control_run_is_for_an_exception FOREIGN KEY (exception_id) REFERENCES sod_exception(id),
  constraint sod_control_run_is_somebodys FOREIGN KEY (ran_by) REFERENCES identity(id)
);
comment on table sod_control_run is 'Evidence that the control behind an exception ran: who ran it, when, what came of it and where to look.';
CREATE INDEX sod_control_run_by_exception ON public.sod_control_run USING btree (exception_id, ran_at DESC);

create table sod_exception (
  id uuid not null,
  rule_id uuid not null,
  identity_id uuid not null,
  reason text not null,
  control text not null,
  control_owner_id uuid,
  approved_by text not null,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone not null,
  lapse_recorded_at timestamp with time zone,
  recorded_from timestamp with time zone not null default reeve_now(),
  control_id uuid,
  evidence_every_days integer,
  evidence_told_at timestamp with time zone,
  constraint sod_exception_pkey PRIMARY KEY (id),
  constraint sod_exception_evidence_is_due_every_so_many_days CHECK (((evidence_every_days >= 1) AND (evidence_every_days <= 366))),
  constraint sod_exception_must_end_after_it_begins CHECK ((valid_to > valid_from)),
  constraint sod_exception_names_a_control CHECK ((btrim(control) <> ''::text)),
  constraint sod_exception_says_why CHECK ((btrim(reason) <> ''::text)),
  constraint sod_exception_control_owner_is_an_identity FOREIGN KEY (control_owner_id) REFERENCES identity(id),
  constraint sod_exception_is_for_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint sod_exception_is_to_a_rule FOREIGN KEY (rule_id) REFERENCES sod_rule(id),
  constraint sod_exception_rests_on_a_control FOREIGN KEY (control_id) REFERENCES sod_control(id)
);
comment on table sod_exception is 'A conflict tolerated for one identity, with the control that makes up for it, until a date. When it lapses the conflict is open again.';
comment on column sod_exception.lapse_recorded_at is 'When its end was announced; verdicts do not wait for that.';
comment on column sod_exception.evidence_every_days is 'Its control must have run within so many days; null: nobody asked for evidence.';
comment on column sod_exception.evidence_told_at is 'When it was last told that a run is overdue.';
CREATE INDEX sod_exception_by_end ON public.sod_exception USING btree (valid_to) WHERE (lapse_recorded_at IS NULL);
CREATE INDEX sod_exception_by_identity ON public.sod_exception USING btree (identity_id, rule_id);
CREATE TRIGGER keep_history BEFORE DELETE OR UPDATE ON public.sod_exception FOR EACH ROW EXECUTE FUNCTION keep_history();
CREATE TRIGGER note_insert AFTER INSERT ON public.sod_exception REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();
CREATE TRIGGER note_update AFTER UPDATE ON public.sod_exception REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();

create table sod_exception_history (
  recorded_to timestamp with time zone not null,
  id uuid not null,
  rule_id uuid not null,
  identity_id uuid not null,
  reason text not null,
  control text not null,
  control_owner_id uuid,
  approved_by text not null,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone not null,
  lapse_recorded_at timestamp with time zone,
  recorded_from timestamp with time zone not null,
  control_id uuid,
  evidence_every_days integer,
  evidence_told_at timestamp with time zone,
  constraint sod_exception_history_ends_after_it_begins CHECK ((recorded_to >= recorded_from))
);
comment on table sod_exception_history is 'What sod_exception said before: each row as it was recorded from recorded_from until recorded_to. Written by trigger only.';
CREATE INDEX sod_exception_history_by_id ON public.sod_exception_history USING btree (id, recorded_from);

create table sod_exception_warning (
  exception_id uuid not null,
  days_before integer not null,
  warned_at timestamp with time zone not null,
  constraint sod_exception_warning_is_once PRIMARY KEY (exception_id, days_before),
  constraint sod_exception_warning_comes_before CHECK ((days_before > 0)),
  constraint sod_exception_warning_is_of_an_exception FOREIGN KEY (exception_id) REFERENCES sod_exception(id)
);
comment on table sod_exception_warning is 'Days before the end of an exception that its owners were warned of, each once.';

create table sod_function_mapping (
  function_key text not null,
  entitlement_id uuid not null,
  recorded_from timestamp with time zone not null default reeve_now(),
  constraint sod_function_mapping_pk PRIMARY KEY (function_key, entitlement_id),
  constraint sod_function_mapping_names_a_function CHECK ((btrim(function_key) <> ''::text)),
  constraint sod_function_mapping_is_to_an_entitlement FOREIGN KEY (entitlement_id) REFERENCES entitlement(id)
);
comment on table sod_function_mapping is 'What a function of the shipped library is here: one mapping for all rules that name it.';
CREATE INDEX sod_function_mapping_by_entitlement ON public.sod_function_mapping USING btree (entitlement_id);
CREATE TRIGGER keep_history BEFORE DELETE OR UPDATE ON public.sod_function_mapping FOR EACH ROW EXECUTE FUNCTION keep_history();

create table sod_function_mapping_history (
  recorded_to timestamp with time zone not null,
  function_key text not null,
  entitlement_id uuid not null,
  recorded_from timestamp with time zone not null,
  constraint sod_function_mapping_history_ends_after_it_begins CHECK ((recorded_to >= recorded_from))
);
comment on table sod_function_mapping_history is 'What sod_function_mapping said before: each row as it was recorded from recorded_from until recorded_to. Written by trigger only.';

create table sod_rule (
  id uuid not null,
  name text not null,
  description text not null default ''::text,
  severity text not null,
  mode text not null default 'record'::text,
  system_ids uuid[],
  owner_id uuid,
  valid_from timestamp with time zone not null default reeve_now(),
  valid_to timestamp with time zone,
  recorded_from timestamp with time zone not null default reeve_now(),
  risk text not null default ''::text,
  counts text not null default 'held'::text,
  window_seconds integer,
  org_units text[],
  person_condition text,
  library_id text,
  acts text[],
  constraint sod_rule_pkey PRIMARY KEY (id),
  constraint sod_rule_about_acts_is_always_enforced CHECK (((counts <> 'act'::text) OR (mode = 'enforce'::text))),
  constraint sod_rule_about_acts_names_two CHECK ((((counts = 'act'::text) = (acts IS NOT NULL)) AND ((acts IS NULL) OR (cardinality(acts) >= 2)))),
  constraint sod_rule_counts_in_a_known_way CHECK ((counts = ANY (ARRAY['held'::text, 'same_session'::text, 'same_window'::text, 'act'::text]))),
  constraint sod_rule_ends_after_it_begins CHECK ((valid_to > valid_from)),
  constraint sod_rule_has_a_name CHECK ((btrim(name) <> ''::text)),
  constraint sod_rule_mode_is_known CHECK ((mode = ANY (ARRAY['record'::text, 'warn'::text, 'enforce'::text]))),
  constraint sod_rule_of_a_window_says_how_long CHECK (((counts = 'same_window'::text) = (window_seconds IS NOT NULL))),
  constraint sod_rule_person_condition_says_something CHECK ((btrim(person_condition) <> ''::text)),
  constraint sod_rule_scope_names_a_system CHECK ((cardinality(system_ids) > 0)),
  constraint sod_rule_scope_names_an_org_unit CHECK ((cardinality(org_units) > 0)),
  constraint sod_rule_severity_is_known CHECK ((severity = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text, 'critical'::text]))),
  constraint sod_rule_window_is_some_time CHECK (((window_seconds >= 1) AND (window_seconds <= 31622400))),
  constraint sod_rule_owner_is_an_identity FOREIGN KEY (owner_id) REFERENCES identity(id)
);
comment on table sod_rule is 'Duties no one identity may combine: two or more functions, each a set of entitlements. A conflict is one entitlement of each, at the same time.';
comment on column sod_rule.system_ids is 'Where the rule applies; null is everywhere.';
comment on column sod_rule.risk is 'What could be done by whoever has all sides.';
comment on column sod_rule.counts is 'held: the sides must not be held together. same_session, same_window: they may be held, and not be used in one session or within window_seconds. act: what is done is refused to whoever would do both to one thing, by the decision point, always.';
comment on column sod_rule.org_units is 'Only people of these units, and of units below them (written unit/below), count; null is everybody.';
comment on column sod_rule.person_condition is 'Only people of whom this CEL expression is true count; null is everybody.';
comment on column sod_rule.library_id is 'The rule of the shipped library it was made from.';
comment on column sod_rule.acts is 'What one person does not do both of to one thing, where it counts acts; no entitlement fills it.';
CREATE UNIQUE INDEX sod_rule_is_adopted_once ON public.sod_rule USING btree (library_id) WHERE ((library_id IS NOT NULL) AND (valid_to IS NULL));
CREATE UNIQUE INDEX sod_rule_name_is_one_rules_while_it_lasts ON public.sod_rule USING btree (lower(name)) WHERE (valid_to IS NULL);
CREATE TRIGGER keep_history BEFORE DELETE OR UPDATE ON public.sod_rule FOR EACH ROW EXECUTE FUNCTION keep_history();
CREATE TRIGGER note_insert AFTER INSERT ON public.sod_rule REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();
CREATE TRIGGER note_update AFTER UPDATE ON public.sod_rule REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();

create table sod_rule_function (
  rule_id uuid not null,
  position integer not null,
  name text not null,
  entitlement_id uuid not null,
  recorded_from timestamp with time zone not null default reeve_now(),
  constraint sod_rule_function_pkey PRIMARY KEY (rule_id, "position", entitlement_id),
  constraint sod_function_has_a_name CHECK ((btrim(name) <> ''::text)),
  constraint sod_function_position_counts_from_one CHECK (("position" >= 1)),
  constraint sod_function_holds_an_entitlement FOREIGN KEY (entitlement_id) REFERENCES entitlement(id),
  constraint sod_function_is_of_a_rule FOREIGN KEY (rule_id) REFERENCES sod_rule(id)
);
comment on table sod_rule_function is 'One row an entitlement of one side of a rule. An entitlement gone at its source stays here and shows as gone.';
CREATE INDEX sod_rule_function_by_entitlement ON public.sod_rule_function USING btree (entitlement_id);
CREATE TRIGGER keep_history BEFORE DELETE OR UPDATE ON public.sod_rule_function FOR EACH ROW EXECUTE FUNCTION keep_history();
CREATE TRIGGER note_delete AFTER DELETE ON public.sod_rule_function REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();
CREATE TRIGGER note_insert AFTER INSERT ON public.sod_rule_function REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();
CREATE TRIGGER note_update AFTER UPDATE ON public.sod_rule_function REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();

create table sod_rule_function_history (
  recorded_to timestamp with time zone not null,
  rule_id uuid not null,
  position integer not null,
  name text not null,
  entitlement_id uuid not null,
  recorded_from timestamp with time zone not null,
  constraint sod_rule_function_history_ends_after_it_begins CHECK ((recorded_to >= recorded_from))
);
comment on table sod_rule_function_history is 'What sod_rule_function said before: each row as it was recorded from recorded_from until recorded_to. Written by trigger only.';

create table sod_rule_history (
  recorded_to timestamp with time zone not null,
  id uuid not null,
  name text not null,
  description text not null,
  severity text not null,
  mode text not null,
  system_ids uuid[],
  owner_id uuid,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone,
  recorded_from timestamp with time zone not null,
  risk text,
  counts text,
  window_seconds integer,
  org_units text[],
  person_condition text,
  library_id text,
  acts text[],
  constraint sod_rule_history_ends_after_it_begins CHECK ((recorded_to >= recorded_from))
);
comment on table sod_rule_history is 'What sod_rule said before: each row as it was recorded from recorded_from until recorded_to. Written by trigger only.';
CREATE INDEX sod_rule_history_by_id ON public.sod_rule_history USING btree (id, recorded_from);

create table sod_violation (
  id uuid not null,
  rule_id uuid not null,
  identity_id uuid not null,
  opened_at timestamp with time zone not null,
  cleared_at timestamp with time zone,
  cleared_because text,
  exercised text not null default 'unknown'::text,
  last_exercised_at timestamp with time zone,
  sides jsonb not null,
  looked_at timestamp with time zone not null,
  constraint sod_violation_pk PRIMARY KEY (id),
  constraint cleared_sod_violation_says_why CHECK (((cleared_at IS NULL) = (cleared_because IS NULL))),
  constraint sod_violation_does_not_end_before_it_begins CHECK ((cleared_at >= opened_at)),
  constraint sod_violation_exercise_is_known CHECK ((exercised = ANY (ARRAY['both'::text, 'one'::text, 'none'::text, 'unknown'::text]))),
  constraint sod_violation_is_cleared_for_a_known_reason CHECK ((cleared_because = ANY (ARRAY['resolved'::text, 'excepted'::text, 'rule_retired'::text]))),
  constraint sod_violation_sides_are_a_list CHECK ((jsonb_typeof(sides) = 'array'::text)),
  constraint sod_violation_is_an_identitys FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint sod_violation_is_of_a_rule FOREIGN KEY (rule_id) REFERENCES sod_rule(id)
);
comment on table sod_violation is 'A conflict of duties of one identity with one rule, from when it was found until it was gone, excepted or its rule was retired. Found again later it is a new row.';
comment on column sod_violation.exercised is 'How many of the sides were used lately: both (all of them), one (some, the others known not to be), none, or unknown where a target does not tell. Never none where it is unknown.';
comment on column sod_violation.sides is 'Each side in the order of the rule: function, and lastUsedAt or null where that is not known.';
CREATE INDEX sod_violation_by_attention ON public.sod_violation USING btree (array_position(ARRAY['both'::text, 'one'::text, 'unknown'::text, 'none'::text], exercised), last_exercised_at DESC NULLS LAST, id) WHERE (cleared_at IS NULL);
CREATE INDEX sod_violation_by_clearing ON public.sod_violation USING btree (cleared_at DESC, id) WHERE (cleared_at IS NOT NULL);
CREATE INDEX sod_violation_by_identity ON public.sod_violation USING btree (identity_id) WHERE (cleared_at IS NULL);
CREATE UNIQUE INDEX sod_violation_is_open_once ON public.sod_violation USING btree (rule_id, identity_id) WHERE (cleared_at IS NULL);

create table sod_warning_terms (
  one_row boolean not null default true,
  warn_days integer[] not null,
  constraint sod_warning_terms_pk PRIMARY KEY (one_row),
  constraint sod_warning_terms_are_few_days CHECK ((cardinality(warn_days) <= 10)),
  constraint sod_warning_terms_are_one_row CHECK (one_row)
);
comment on table sod_warning_terms is 'How many days before an exception ends its owners are warned; without a row the shipped days.';

create table source_aside (
  source_id uuid not null,
  external_id text not null,
  identity_id uuid not null,
  digest bytea not null,
  status text not null,
  starts_on date,
  ends_on date,
  state text not null,
  due_at timestamp with time zone,
  present boolean not null,
  since timestamp with time zone not null,
  run_id uuid not null,
  record jsonb not null,
  constraint source_aside_pk PRIMARY KEY (source_id, external_id),
  constraint source_aside_is_an_object CHECK ((jsonb_typeof(record) = 'object'::text)),
  constraint source_aside_is_about_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint source_aside_is_of_a_source FOREIGN KEY (source_id) REFERENCES people_source(id),
  constraint source_aside_was_put_by_a_run FOREIGN KEY (run_id) REFERENCES feed_run(id)
);
comment on table source_aside is 'A second row of one source about somebody it has already: known to be them, and not read, until the first is in a delivery no longer.';
CREATE INDEX source_aside_by_identity ON public.source_aside USING btree (identity_id, source_id);

create table source_case (
  id uuid not null,
  source_id uuid not null,
  external_id text not null,
  display_name text not null,
  state text not null,
  candidates jsonb not null,
  opened_at timestamp with time zone not null,
  resolved_at timestamp with time zone,
  resolved_by uuid,
  identity_id uuid,
  constraint source_case_pk PRIMARY KEY (id),
  constraint source_case_is_one_a_row UNIQUE (source_id, external_id),
  constraint linked_source_case_names_whom CHECK (((state = 'linked'::text) = (identity_id IS NOT NULL))),
  constraint source_case_candidates_are_a_list CHECK ((jsonb_typeof(candidates) = 'array'::text)),
  constraint source_case_is_answered_by_somebody CHECK (((state <> ALL (ARRAY['linked'::text, 'nobody'::text])) OR (resolved_by IS NOT NULL))),
  constraint source_case_is_resolved_with_a_time CHECK (((state = 'open'::text) = (resolved_at IS NULL))),
  constraint source_case_state_is_known CHECK ((state = ANY (ARRAY['open'::text, 'linked'::text, 'nobody'::text, 'closed'::text]))),
  constraint source_case_answer_is_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint source_case_is_of_a_source FOREIGN KEY (source_id) REFERENCES people_source(id),
  constraint source_case_resolver_is_an_identity FOREIGN KEY (resolved_by) REFERENCES identity(id)
);
comment on table source_case is 'A row of which a person has to say who it is, with who it may be. linked: that person, from the next delivery on. nobody: none of them.';
CREATE INDEX open_source_case ON public.source_case USING btree (source_id, id) WHERE (state = 'open'::text);

create table source_drop (
  source_id uuid not null,
  mark text not null,
  looked_at timestamp with time zone not null,
  run_id uuid,
  problem text,
  constraint source_drop_pk PRIMARY KEY (source_id),
  constraint source_drop_came_to_a_run_or_a_problem CHECK ((num_nonnulls(run_id, problem) = 1)),
  constraint source_drop_is_a_sources FOREIGN KEY (source_id) REFERENCES people_source(id),
  constraint source_drop_run_is_a_run FOREIGN KEY (run_id) REFERENCES feed_run(id)
);
comment on table source_drop is 'The file of a source that was looked at last. mark changes whenever the file does, so that each is delivered once.';

create table source_reading (
  source_id uuid not null,
  next_at timestamp with time zone,
  looked_at timestamp with time zone,
  run_id uuid,
  problem text,
  rows bigint,
  claimed_by uuid,
  claimed_until timestamp with time zone,
  constraint source_reading_pk PRIMARY KEY (source_id),
  constraint source_reading_came_to_a_run_or_a_problem CHECK (((looked_at IS NULL) OR (num_nonnulls(run_id, problem) > 0))),
  constraint source_reading_claim_is_somebodys CHECK ((num_nulls(claimed_by, claimed_until) = ANY (ARRAY[0, 2]))),
  constraint source_reading_is_a_sources FOREIGN KEY (source_id) REFERENCES people_source(id),
  constraint source_reading_run_is_a_run FOREIGN KEY (run_id) REFERENCES feed_run(id)
);
comment on table source_reading is 'When a source is read next, what the last reading came to, and who reads it now. One reading at a time.';

create table source_record (
  source_id uuid not null,
  external_id text not null,
  identity_id uuid not null,
  digest bytea not null,
  status text not null,
  starts_on date,
  ends_on date,
  state text not null,
  due_at timestamp with time zone,
  present boolean not null default true,
  since timestamp with time zone not null,
  run_id uuid not null,
  record jsonb not null,
  constraint source_record_pk PRIMARY KEY (source_id, external_id),
  constraint identity_is_once_in_a_source UNIQUE (identity_id, source_id),
  constraint source_record_is_an_object CHECK ((jsonb_typeof(record) = 'object'::text)),
  constraint source_record_state_is_known CHECK ((state = ANY (ARRAY['pre_hire'::text, 'active'::text, 'leave'::text, 'suspended'::text, 'leaver'::text]))),
  constraint source_record_status_is_known CHECK ((status = ANY (ARRAY['pre_hire'::text, 'active'::text, 'leave'::text, 'leaver'::text]))),
  constraint source_record_is_about_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint source_record_is_of_a_source FOREIGN KEY (source_id) REFERENCES people_source(id),
  constraint source_record_was_put_by_a_run FOREIGN KEY (run_id) REFERENCES feed_run(id)
);
comment on table source_record is 'Which row of a source an identity is, and what it says; an identity has one for each source that knows it. digest tells an unchanged row without looking further; due_at is when its dates next change the state.';
CREATE INDEX source_record_due ON public.source_record USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE TRIGGER follow_record_on_update AFTER UPDATE OF identity_id ON public.source_record FOR EACH ROW WHEN ((new.identity_id IS DISTINCT FROM old.identity_id)) EXECUTE FUNCTION follow_source_record();
CREATE TRIGGER refuse_merged_on_insert AFTER INSERT ON public.source_record REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION refuse_merged_identities();
CREATE TRIGGER refuse_merged_on_update AFTER UPDATE ON public.source_record REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION refuse_merged_identities();

create table source_taken_back (
  source_id uuid not null,
  external_id text not null,
  identity_id uuid not null,
  constraint source_taken_back_pk PRIMARY KEY (source_id, external_id),
  constraint source_taken_back_is_about_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint source_taken_back_is_of_a_source FOREIGN KEY (source_id) REFERENCES people_source(id)
);
comment on table source_taken_back is 'Whom a delivery made that was taken back. The source does not know the key any more; should it say it again, it is that identity and not a second one.';
CREATE INDEX source_taken_back_by_identity ON public.source_taken_back USING btree (identity_id);

create table ssh_authority (
  id uuid not null,
  purpose text not null,
  generation integer not null,
  secret_id uuid not null,
  public_key text not null,
  fingerprint text not null,
  made_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint ssh_authority_pk PRIMARY KEY (id),
  constraint ssh_authority_generation_is_one UNIQUE (purpose, generation),
  constraint ssh_authority_purpose_is_known CHECK ((purpose = ANY (ARRAY['user'::text, 'host'::text]))),
  constraint ssh_authority_key_is_a_secret FOREIGN KEY (secret_id) REFERENCES secret(id)
);
comment on table ssh_authority is 'A key that signs certificates, of people or of hosts. The newest of a purpose signs, where it is trusted; one before is trusted until its certificates are over.';

create table ssh_certificate (
  id uuid not null,
  serial bigint not null,
  kind text not null,
  authority_id uuid not null,
  system_id uuid,
  identity_id uuid,
  account_ids uuid[] not null default '{}'::uuid[],
  grant_ids uuid[] not null default '{}'::uuid[],
  principals text[] not null,
  key_id text not null,
  key_fingerprint text not null,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone not null,
  issued_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  revoked_because text,
  person_address text,
  constraint ssh_certificate_pk PRIMARY KEY (id),
  constraint ssh_certificate_serial_is_one UNIQUE (serial),
  constraint ssh_certificate_for_the_gateway_lasts_a_day_at_most CHECK (((kind <> 'gateway'::text) OR ((valid_to - valid_from) <= '25:00:00'::interval))),
  constraint ssh_certificate_for_the_gateway_opens_nothing_by_itself CHECK (((kind <> 'gateway'::text) OR ((cardinality(grant_ids) = 0) AND (cardinality(account_ids) = 0)))),
  constraint ssh_certificate_is_revoked_with_a_reason CHECK (((revoked_at IS NULL) = (revoked_because IS NULL))),
  constraint ssh_certificate_is_valid_some_time CHECK ((valid_to > valid_from)),
  constraint ssh_certificate_kind_is_known CHECK ((kind = ANY (ARRAY['user'::text, 'host'::text, 'proof'::text, 'gateway'::text]))),
  constraint ssh_certificate_names_a_system_unless_for_the_gateway CHECK (((kind = 'gateway'::text) = (system_id IS NULL))),
  constraint ssh_certificate_names_principals CHECK ((cardinality(principals) > 0)),
  constraint ssh_certificate_of_a_person_lasts_minutes CHECK (((kind = ANY (ARRAY['host'::text, 'gateway'::text])) OR ((valid_to - valid_from) <= '01:10:00'::interval))),
  constraint ssh_certificate_of_a_person_rests_on_grants CHECK ((((kind = ANY (ARRAY['user'::text, 'gateway'::text])) = (identity_id IS NOT NULL)) AND ((kind <> 'user'::text) OR (cardinality(grant_ids) > 0)))),
  constraint ssh_certificate_of_somebody_elsewhere_is_for_the_gateway CHECK (((person_address IS NULL) OR (kind = 'gateway'::text))),
  constraint ssh_certificate_is_for_a_system FOREIGN KEY (system_id) REFERENCES system(id),
  constraint ssh_certificate_is_of_an_authority FOREIGN KEY (authority_id) REFERENCES ssh_authority(id),
  constraint ssh_certificate_is_of_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id)
);
comment on table ssh_certificate is 'Every certificate that was signed. The key it is for is its holder''s; Reeve keeps its fingerprint.';
comment on column ssh_certificate.system_id is 'Null for one that proves somebody at the gateway: it opens no system, and what it may open is decided for each session.';
comment on column ssh_certificate.person_address is 'Where its holder is, for whom Reeve itself comes to the gateway; null: whoever holds the key comes themselves.';
CREATE INDEX ssh_certificate_by_end ON public.ssh_certificate USING btree (authority_id, valid_to);
CREATE INDEX ssh_certificate_by_grant ON public.ssh_certificate USING gin (grant_ids);
CREATE INDEX ssh_certificate_by_identity ON public.ssh_certificate USING btree (identity_id, issued_at);

create table ssh_gateway (
  address text not null,
  port integer not null,
  host_key text not null,
  announced_at timestamp with time zone not null,
  constraint ssh_gateway_pk PRIMARY KEY (address, port),
  constraint ssh_gateway_address_is_one CHECK ((address ~ '^[A-Za-z0-9:][A-Za-z0-9.:-]{0,252}$'::text)),
  constraint ssh_gateway_port_is_a_port CHECK (((port >= 1) AND (port <= 65535)))
);
comment on table ssh_gateway is 'Where people reach a gateway, and the host key it shows there. Each says so when it starts.';

create table ssh_host (
  system_id uuid not null,
  names text[] not null,
  state text not null,
  problem text,
  asked_by uuid,
  asked_at timestamp with time zone not null,
  authority_id uuid,
  certificate_id uuid,
  valid_to timestamp with time zone,
  proved_at timestamp with time zone,
  constraint ssh_host_pk PRIMARY KEY (system_id),
  constraint certified_ssh_host_has_a_certificate CHECK (((state <> 'certified'::text) OR (certificate_id IS NOT NULL))),
  constraint ssh_host_has_names CHECK (((cardinality(names) >= 1) AND (cardinality(names) <= 20))),
  constraint ssh_host_is_certified_whole CHECK ((((certificate_id IS NULL) = (valid_to IS NULL)) AND ((certificate_id IS NULL) = (authority_id IS NULL)) AND ((certificate_id IS NULL) = (proved_at IS NULL)))),
  constraint ssh_host_state_is_known CHECK ((state = ANY (ARRAY['asked'::text, 'certified'::text, 'failed'::text]))),
  constraint ssh_host_certificate_is_on_record FOREIGN KEY (certificate_id) REFERENCES ssh_certificate(id),
  constraint ssh_host_is_a_system FOREIGN KEY (system_id) REFERENCES system(id),
  constraint ssh_host_is_certified_by_an_authority FOREIGN KEY (authority_id) REFERENCES ssh_authority(id)
);
comment on table ssh_host is 'A host that shows a certificate of the host authority for its names to whoever connects; proved by connecting. Renewed before it ends.';

create table ssh_key (
  id uuid not null,
  identity_id uuid not null,
  fingerprint text not null,
  public_key text not null,
  name text not null,
  created_at timestamp with time zone not null default reeve_now(),
  last_used_at timestamp with time zone,
  removed_at timestamp with time zone,
  ends_at timestamp with time zone not null,
  constraint ssh_key_pk PRIMARY KEY (id),
  constraint ssh_key_fingerprint_is_sha256 CHECK ((fingerprint ~ '^SHA256:[A-Za-z0-9+/]{43}$'::text)),
  constraint ssh_key_is_an_identitys FOREIGN KEY (identity_id) REFERENCES identity(id)
);
comment on table ssh_key is 'Public keys people prove themselves with at the SSH gateway. A key proves one identity at a time.';
comment on column ssh_key.ends_at is 'From then on it proves nobody.';
CREATE INDEX ssh_key_by_identity ON public.ssh_key USING btree (identity_id) WHERE (removed_at IS NULL);
CREATE UNIQUE INDEX ssh_key_proves_one_identity ON public.ssh_key USING btree (fingerprint) WHERE (removed_at IS NULL);

create table ssh_key_sighting (
  system_id uuid not null,
  account_name text not null,
  fingerprint text not null,
  how text not null,
  place text not null,
  comment text not null,
  options text[] not null,
  first_seen_at timestamp with time zone not null,
  last_seen_at timestamp with time zone not null,
  constraint ssh_key_sighting_pk PRIMARY KEY (system_id, account_name, fingerprint, how, place),
  constraint ssh_key_is_held_or_opens CHECK ((how = ANY (ARRAY['opens'::text, 'holds'::text]))),
  constraint ssh_key_is_named_by_its_fingerprint CHECK ((fingerprint ~~ 'SHA256:%'::text)),
  constraint ssh_key_sighting_is_on_a_system FOREIGN KEY (system_id) REFERENCES system(id)
);
comment on table ssh_key_sighting is 'Which key opens which account, and who holds its private half, by fingerprint. Rows are replaced by each look.';
CREATE INDEX ssh_key_sighting_by_key ON public.ssh_key_sighting USING btree (fingerprint);

create table ssh_login (
  id uuid not null,
  code_mac text not null,
  identity_id uuid,
  key_id uuid,
  account text not null,
  system text not null,
  client_address text not null,
  client_version text not null,
  node text not null,
  asked_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  state text not null default 'waiting'::text,
  found_by uuid,
  found_from text,
  decided_at timestamp with time zone,
  decided_by uuid,
  method text,
  number_mac text,
  number_tries integer not null default 0,
  constraint ssh_login_pk PRIMARY KEY (id),
  constraint ssh_login_is_agreed_to_by_its_person CHECK (((decided_by IS NULL) OR (identity_id IS NULL) OR (decided_by = identity_id))),
  constraint ssh_login_is_proved_somehow CHECK (((state = ANY (ARRAY['agreed'::text, 'used'::text])) <= ((decided_by IS NOT NULL) AND (method IS NOT NULL)))),
  constraint ssh_login_is_short CHECK (((ends_at > asked_at) AND (ends_at <= (asked_at + '00:05:00'::interval)))),
  constraint ssh_login_key_has_its_person CHECK (((key_id IS NULL) OR (identity_id IS NOT NULL))),
  constraint ssh_login_method_is_known CHECK ((method = ANY (ARRAY['browser'::text, 'code'::text]))),
  constraint ssh_login_number_is_tried_thrice CHECK (((number_tries >= 0) AND (number_tries <= 3))),
  constraint ssh_login_state_is_known CHECK ((state = ANY (ARRAY['waiting'::text, 'agreed'::text, 'used'::text, 'denied'::text, 'over'::text]))),
  constraint ssh_login_is_by_a_key FOREIGN KEY (key_id) REFERENCES ssh_key(id),
  constraint ssh_login_is_of_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint ssh_login_was_decided_by_an_identity FOREIGN KEY (decided_by) REFERENCES identity(id),
  constraint ssh_login_was_found_by_an_identity FOREIGN KEY (found_by) REFERENCES identity(id)
);
comment on table ssh_login is 'Logins at the SSH gateway that wait, or waited, for their person to agree; each is of one connection.';
comment on column ssh_login.code_mac is 'Keyed digest of the code the person types in the console.';
comment on column ssh_login.identity_id is 'Who proved their key; null: whoever finds it by its code, for themself.';
comment on column ssh_login.found_by is 'Who typed its code; nobody else can after them.';
comment on column ssh_login.number_mac is 'Keyed digest of the number that has to be typed at the client, because the browser is elsewhere.';
CREATE INDEX ssh_login_asked ON public.ssh_login USING btree (asked_at);
CREATE INDEX ssh_login_ends ON public.ssh_login USING btree (ends_at);
CREATE INDEX ssh_login_of_identity ON public.ssh_login USING btree (identity_id, asked_at);
CREATE UNIQUE INDEX ssh_login_waits_by_its_code ON public.ssh_login USING btree (code_mac) WHERE (state = 'waiting'::text);

create table ssh_login_policy (
  one boolean not null default true,
  registered_key text not null default 'step_up'::text,
  without_key boolean not null default true,
  typed_code boolean not null default false,
  remember_minutes integer not null default 0,
  key_days integer not null default 365,
  changed_at timestamp with time zone not null default reeve_now(),
  changed_by uuid,
  constraint ssh_login_policy_pk PRIMARY KEY (one),
  constraint ssh_login_policy_is_one CHECK (one),
  constraint ssh_login_policy_keys_end CHECK (((key_days >= 1) AND (key_days <= 3650))),
  constraint ssh_login_policy_remembers_hours_at_most CHECK (((remember_minutes >= 0) AND (remember_minutes <= 720))),
  constraint ssh_login_policy_takes_keys_so CHECK ((registered_key = ANY (ARRAY['step_up'::text, 'alone'::text, 'refused'::text]))),
  constraint ssh_login_policy_changed_by_an_identity FOREIGN KEY (changed_by) REFERENCES identity(id)
);
comment on table ssh_login_policy is 'How people may sign in to the SSH gateway, besides certificates.';
comment on column ssh_login_policy.typed_code is 'A one-time code may be typed in place of the browser.';
comment on column ssh_login_policy.remember_minutes is 'For so long one agreement counts for the same key from the same address; 0: for one connection.';

create table ssh_revocations (
  one boolean not null default true,
  number bigint not null default 0,
  changed_at timestamp with time zone not null default reeve_now(),
  constraint ssh_revocations_pk PRIMARY KEY (one),
  constraint ssh_revocations_are_one_list CHECK (one)
);
comment on table ssh_revocations is 'The number of the revocation list; it grows with every certificate that is revoked.';

create table ssh_terms (
  system_id uuid not null,
  forward_to text[] not null default '{}'::text[],
  listen_on integer[] not null default '{}'::integer[],
  files text not null default 'both'::text,
  denied_paths text[] not null default '{}'::text[],
  changed_at timestamp with time zone not null,
  changed_by uuid not null,
  capture jsonb not null default '[]'::jsonb,
  agent boolean not null default false,
  constraint ssh_terms_pk PRIMARY KEY (system_id),
  constraint ssh_terms_deny_few_paths CHECK ((cardinality(denied_paths) <= 100)),
  constraint ssh_terms_keep_few_kinds_of_files CHECK (((jsonb_typeof(capture) = 'array'::text) AND (jsonb_array_length(capture) <= 20))),
  constraint ssh_terms_listen_on_plain_ports CHECK (((1024 <= ALL (listen_on)) AND (65535 >= ALL (listen_on)))),
  constraint ssh_terms_name_few_addresses CHECK (((cardinality(forward_to) <= 100) AND (cardinality(listen_on) <= 20))),
  constraint ssh_terms_say_which_way_files_go CHECK ((files = ANY (ARRAY['both'::text, 'from_target'::text, 'to_target'::text, 'none'::text]))),
  constraint ssh_terms_are_of_a_system FOREIGN KEY (system_id) REFERENCES system(id)
);
comment on table ssh_terms is 'What sessions on a system may do besides terminal and commands: addresses and ports to forward, files and which way. No row: no forwards, files both ways.';
comment on column ssh_terms.capture is 'Which files are kept with the recording, the first that fits: of which account (null: any), which way, which path, how many bytes of one, and what becomes of a larger one.';
comment on column ssh_terms.agent is 'Whether programs on the system may list the keys of the person''s own agent and have it sign (ssh -A).';

create table ssh_trust (
  system_id uuid not null,
  scope text not null,
  state text not null,
  problem text,
  longest_seconds integer not null default 900,
  extensions text[] not null default ARRAY['permit-pty'::text],
  source_address boolean not null default false,
  trusts uuid[] not null default '{}'::uuid[],
  revoked_number bigint not null default 0,
  host_key text,
  asked_by uuid,
  asked_at timestamp with time zone not null,
  set_up_at timestamp with time zone,
  checked_at timestamp with time zone,
  behind_since timestamp with time zone,
  constraint ssh_trust_pk PRIMARY KEY (system_id),
  constraint ssh_trust_scope_is_one_systems UNIQUE (scope),
  constraint ssh_trust_extensions_are_known CHECK ((extensions <@ ARRAY['permit-pty'::text, 'permit-user-rc'::text, 'permit-port-forwarding'::text, 'permit-agent-forwarding'::text, 'permit-X11-forwarding'::text])),
  constraint ssh_trust_lasts_minutes CHECK (((longest_seconds >= 60) AND (longest_seconds <= 3600))),
  constraint ssh_trust_scope_is_a_name CHECK (((scope ~ '^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$'::text) AND (length(scope) <= 120))),
  constraint ssh_trust_state_is_known CHECK ((state = ANY (ARRAY['asked'::text, 'set_up'::text, 'failed'::text]))),
  constraint ssh_trust_is_of_a_system FOREIGN KEY (system_id) REFERENCES system(id)
);
comment on table ssh_trust is 'A system whose sshd trusts certificates. `scope` stands in every principal, so that a certificate for one system opens no other; it stays when the system is renamed.';

create table staged_piece (
  reading_id uuid not null,
  number integer not null,
  accounts jsonb,
  entitlements jsonb,
  holdings jsonb,
  nesting jsonb,
  constraint staged_piece_pk PRIMARY KEY (reading_id, number),
  constraint staged_pieces_are_counted_from_one CHECK ((number >= 1)),
  constraint staged_piece_is_of_a_reading FOREIGN KEY (reading_id) REFERENCES staged_reading(id) ON DELETE CASCADE
);
comment on table staged_piece is 'What came with one piece, kept in the transaction that says how far the reading is. Read once, when the reading is whole, then gone.';

create table staged_reading (
  id uuid not null,
  system_id uuid not null,
  began_at timestamp with time zone not null,
  pieces integer not null default 0,
  rows bigint not null default 0,
  resume_at text,
  resume_after integer not null default 0,
  whole boolean not null default false,
  mark text,
  read_as text not null,
  constraint staged_reading_pk PRIMARY KEY (id),
  constraint only_a_whole_reading_has_a_mark CHECK (((mark IS NULL) OR whole)),
  constraint staged_reading_goes_on_after_a_piece_it_has CHECK (((resume_after >= 0) AND (resume_after <= pieces))),
  constraint staged_reading_goes_on_from_somewhere CHECK (((resume_at IS NULL) = (resume_after = 0))),
  constraint staged_reading_is_of_a_system FOREIGN KEY (system_id) REFERENCES system(id)
);
comment on table staged_reading is 'A whole reading on its way into the graph. resume_at is where the target goes on after piece resume_after; read_as says which machine answered.';

create table statement_rules (
  id uuid not null,
  system_id uuid not null,
  account_id uuid,
  read_only boolean not null,
  no_ddl boolean not null,
  where_needed boolean not null,
  keep_role boolean not null,
  deny_tables text[] not null,
  changed_at timestamp with time zone not null,
  changed_by uuid not null,
  constraint statement_rules_pk PRIMARY KEY (id),
  constraint statement_rules_are_one UNIQUE NULLS NOT DISTINCT (system_id, account_id),
  constraint statement_rules_are_of_a_system FOREIGN KEY (system_id) REFERENCES system(id),
  constraint statement_rules_are_of_an_account FOREIGN KEY (account_id) REFERENCES account(id)
);
comment on table statement_rules is 'What statements may not be in sessions on a system; an account''s own hold besides.';

create table step_up (
  id uuid not null,
  identity_id uuid not null,
  signin_id uuid,
  action text not null,
  resource_id text not null,
  challenge text,
  tries smallint not null default 0,
  asked_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  method text,
  proved_at timestamp with time zone,
  used_at timestamp with time zone,
  constraint step_up_pk PRIMARY KEY (id),
  constraint step_up_ends_after_it_was_asked CHECK ((ends_at > asked_at)),
  constraint step_up_has_few_tries CHECK (((tries >= 0) AND (tries <= 5))),
  constraint step_up_is_proved_by_a_method CHECK (((method IS NULL) = (proved_at IS NULL))),
  constraint step_up_is_used_once_proved CHECK (((used_at IS NULL) OR (proved_at IS NOT NULL))),
  constraint step_up_method_is_known CHECK ((method = ANY (ARRAY['passkey'::text, 'totp'::text]))),
  constraint step_up_is_by_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id)
);
comment on table step_up is 'A fresh proof that it is really them, asked for one act on one thing by one sign-in; used once.';
comment on column step_up.signin_id is 'The console sign-in or API token that asked; null: neither, as within Reeve.';
comment on column step_up.challenge is 'WebAuthn challenge; null: a one-time code is asked for.';
CREATE INDEX step_up_by_identity ON public.step_up USING btree (identity_id, ends_at) WHERE (used_at IS NULL);

create table subject_key (
  subject_id uuid not null,
  wrapped bytea,
  legal_hold text,
  created_at timestamp with time zone not null,
  erased_at timestamp with time zone,
  constraint subject_key_is_one_per_subject PRIMARY KEY (subject_id),
  constraint subject_key_is_there_until_erased CHECK (((wrapped IS NULL) = (erased_at IS NOT NULL))),
  constraint subject_key_on_legal_hold_is_not_erased CHECK (((legal_hold IS NULL) OR (erased_at IS NULL)))
);
comment on table subject_key is 'The key each subject''s personal fields are sealed under, wrapped by the root key. Erasing it makes them unreadable for ever, while the log still verifies.';

create table suspension (
  id uuid not null,
  identity_id uuid not null,
  handover_id uuid,
  because text not null,
  since timestamp with time zone not null,
  suspended_by uuid,
  ended_at timestamp with time zone,
  constraint suspension_pk PRIMARY KEY (id),
  constraint nobody_suspends_themselves CHECK ((suspended_by <> identity_id)),
  constraint suspension_ends_after_it_begins CHECK ((ended_at >= since)),
  constraint suspension_says_why CHECK ((btrim(because) <> ''::text)),
  constraint suspended_is_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint suspender_is_an_identity FOREIGN KEY (suspended_by) REFERENCES identity(id),
  constraint suspension_is_of_a_handover FOREIGN KEY (handover_id) REFERENCES handover(id)
);
comment on table suspension is 'A reason why an identity is suspended. While one is live no source makes it active; when the last has ended, what its sources say counts again.';
CREATE UNIQUE INDEX handover_suspends_once ON public.suspension USING btree (handover_id) WHERE ((handover_id IS NOT NULL) AND (ended_at IS NULL));
CREATE INDEX suspension_by_identity ON public.suspension USING btree (identity_id) WHERE (ended_at IS NULL);

create table swept_service (
  address inet not null,
  port integer not null,
  service text not null,
  banner text not null,
  first_seen_at timestamp with time zone not null,
  last_seen_at timestamp with time zone not null,
  gone_at timestamp with time zone,
  constraint swept_service_pk PRIMARY KEY (address, port),
  constraint swept_service_port_is_a_port CHECK (((port >= 1) AND (port <= 65535)))
);
comment on table swept_service is 'An administrative service that answered a sweep, and whether it still does. Known: a system of Reeve has that address and port.';

create table system (
  id uuid not null,
  name text not null,
  kind text not null,
  host text not null default ''::text,
  port integer not null default 0,
  settings jsonb not null default '{}'::jsonb,
  pinned text[] not null default '{}'::text[],
  owner_id uuid,
  credential_secret_id uuid,
  last_read_at timestamp with time zone,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone,
  recorded_from timestamp with time zone not null default reeve_now(),
  constraint system_pkey PRIMARY KEY (id),
  constraint system_name_is_one_systems UNIQUE (name),
  constraint system_ends_after_it_begins CHECK ((valid_to > valid_from)),
  constraint system_kind_is_not_blank CHECK ((btrim(kind) <> ''::text)),
  constraint system_name_can_follow_an_at_sign CHECK ((name ~ '^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$'::text)),
  constraint system_port_is_a_port CHECK (((port >= 0) AND (port <= 65535))),
  constraint system_settings_are_an_object CHECK ((jsonb_typeof(settings) = 'object'::text)),
  constraint system_owner_is_an_identity FOREIGN KEY (owner_id) REFERENCES identity(id)
);
comment on table system is 'A target Reeve reads and changes, and Reeve itself (kind reeve). credential_secret_id names the vault''s secret it is reached with; never a secret here.';
comment on column system.last_read_at is 'When the last whole, trusted reading of it began: every live row read from it was still so then.';
CREATE TRIGGER catalogue_follows_system AFTER UPDATE ON public.system FOR EACH ROW WHEN ((old.name IS DISTINCT FROM new.name)) EXECUTE FUNCTION catalogue_follow_system();
CREATE TRIGGER keep_history BEFORE DELETE OR UPDATE ON public.system FOR EACH ROW EXECUTE FUNCTION keep_history();
CREATE TRIGGER refuse_delete BEFORE DELETE ON public.system FOR EACH STATEMENT EXECUTE FUNCTION refuse_graph_delete();

create table system_history (
  recorded_to timestamp with time zone not null,
  id uuid not null,
  name text not null,
  kind text not null,
  host text not null,
  port integer not null,
  settings jsonb not null,
  pinned text[] not null,
  owner_id uuid,
  credential_secret_id uuid,
  last_read_at timestamp with time zone,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone,
  recorded_from timestamp with time zone not null,
  constraint system_history_ends_after_it_begins CHECK ((recorded_to >= recorded_from))
);
comment on table system_history is 'What system said before: each row as it was recorded from recorded_from until recorded_to. Written by trigger only.';
CREATE INDEX system_history_by_id ON public.system_history USING btree (id, recorded_from);

create table system_order (
  system_id uuid not null,
  after_system_id uuid not null,
  recorded_from timestamp with time zone not null default reeve_now(),
  constraint system_order_pk PRIMARY KEY (system_id, after_system_id),
  constraint system_is_not_after_itself CHECK ((system_id <> after_system_id)),
  constraint system_order_is_after_a_system FOREIGN KEY (after_system_id) REFERENCES system(id),
  constraint system_order_is_of_a_system FOREIGN KEY (system_id) REFERENCES system(id)
);
comment on table system_order is 'Somebody gets access on system_id when what they are to have on after_system_id is there: the directory before what asks it.';

create table web_terms (
  system_id uuid not null,
  site text not null,
  credential text not null,
  header text,
  keep_host boolean not null,
  hidden_fields text[] not null,
  changed_at timestamp with time zone not null,
  changed_by uuid not null,
  constraint web_terms_pk PRIMARY KEY (system_id),
  constraint a_site_is_of_one_system UNIQUE (site),
  constraint web_terms_name_a_header_where_one_is_used CHECK (((credential = 'header'::text) = (header IS NOT NULL))),
  constraint web_terms_name_a_site CHECK ((site ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'::text)),
  constraint web_terms_say_how_a_credential_goes CHECK ((credential = ANY (ARRAY['basic'::text, 'bearer'::text, 'header'::text]))),
  constraint web_terms_are_of_a_system FOREIGN KEY (system_id) REFERENCES system(id)
);
comment on table web_terms is 'How systems are served as web applications; one without terms is not.';

create table webhook (
  id uuid not null,
  name text not null,
  kind text not null,
  host text not null,
  sealed_url bytea,
  sealed_secret bytea,
  sealed_old_secret bytea,
  old_secret_until timestamp with time zone,
  version integer not null,
  kinds text[] not null,
  system_ids uuid[],
  owner_ids uuid[],
  state text not null,
  because text,
  since_xid xid8 not null default pg_current_xact_id(),
  failures integer not null default 0,
  quiet_until timestamp with time zone,
  made_at timestamp with time zone not null,
  constraint webhook_pkey PRIMARY KEY (id),
  constraint webhook_has_a_name CHECK ((btrim(name) <> ''::text)),
  constraint webhook_keeps_its_url_until_removed CHECK (((state = 'removed'::text) = (sealed_url IS NULL))),
  constraint webhook_kind_is_known CHECK ((kind = ANY (ARRAY['standard'::text, 'slack'::text, 'mattermost'::text, 'teams'::text]))),
  constraint webhook_of_the_standard_signs CHECK (((state = 'removed'::text) OR ((kind = 'standard'::text) = (sealed_secret IS NOT NULL)))),
  constraint webhook_old_secret_ends CHECK (((sealed_old_secret IS NULL) = (old_secret_until IS NULL))),
  constraint webhook_scope_is_not_empty CHECK (((cardinality(system_ids) > 0) AND (cardinality(owner_ids) > 0))),
  constraint webhook_state_is_known CHECK ((state = ANY (ARRAY['active'::text, 'paused'::text, 'removed'::text]))),
  constraint webhook_version_counts_from_one CHECK ((version >= 1)),
  constraint webhook_wants_something CHECK (((cardinality(kinds) >= 1) AND (cardinality(kinds) <= 100)))
);
comment on table webhook is 'A receiver that subscribed to kinds of events. Its URL and the secret it is signed with are sealed; host is what may be shown. Null scopes let everything through.';
comment on column webhook.since_xid is 'Events of transactions after this one are sent: nobody hears of what happened before they subscribed.';
comment on column webhook.quiet_until is 'While it does not answer nobody waits for it: until then what is due is put off.';
CREATE UNIQUE INDEX webhook_name_is_one_webhooks ON public.webhook USING btree (lower(name)) WHERE (state <> 'removed'::text);

create table webhook_cursor (
  one boolean not null default true,
  xid xid8 not null,
  event_id uuid not null,
  constraint webhook_cursor_pkey PRIMARY KEY (one),
  constraint webhook_cursor_is_one CHECK (one)
);
comment on table webhook_cursor is 'How far the log has been looked through for those who subscribed, in commit order.';

create table webhook_delivery (
  id uuid not null,
  webhook_id uuid not null,
  event_id uuid,
  event_type text not null,
  state text not null default 'waiting'::text,
  because text,
  attempts integer not null default 0,
  wanted_at timestamp with time zone not null,
  gives_up_at timestamp with time zone not null,
  tried_at timestamp with time zone,
  settled_at timestamp with time zone,
  constraint webhook_delivery_pkey PRIMARY KEY (id),
  constraint webhook_hears_of_an_event_once UNIQUE (webhook_id, event_id),
  constraint webhook_delivery_is_settled_at_a_time CHECK (((state = 'waiting'::text) = (settled_at IS NULL))),
  constraint webhook_delivery_not_made_says_why CHECK (((state <> 'not_delivered'::text) OR (because IS NOT NULL))),
  constraint webhook_delivery_state_is_known CHECK ((state = ANY (ARRAY['waiting'::text, 'delivered'::text, 'not_delivered'::text]))),
  constraint webhook_delivery_is_of_a_webhook FOREIGN KEY (webhook_id) REFERENCES webhook(id)
);
comment on table webhook_delivery is 'One event for one receiver; without an event it is a test. Its id is the webhook-id of every try, so that a receiver can tell a repetition.';
CREATE INDEX webhook_delivery_by_time ON public.webhook_delivery USING btree (wanted_at DESC, id DESC);
CREATE INDEX webhook_delivery_open ON public.webhook_delivery USING btree (webhook_id, wanted_at DESC, id DESC) WHERE (state <> 'delivered'::text);

create table webhook_version (
  webhook_id uuid not null,
  version integer not null,
  name text not null,
  host text not null,
  kinds text[] not null,
  system_ids uuid[],
  owner_ids uuid[],
  state text not null,
  made_at timestamp with time zone not null,
  made_by text not null,
  constraint webhook_version_pkey PRIMARY KEY (webhook_id, version),
  constraint webhook_version_is_of_a_webhook FOREIGN KEY (webhook_id) REFERENCES webhook(id)
);
comment on table webhook_version is 'What a webhook subscribed to, version by version; the highest is in force.';

create table workload_authority (
  id uuid not null,
  name text not null,
  certificate text not null,
  fingerprint text not null,
  revocation_lists text,
  lists_changed_at timestamp with time zone,
  made_by uuid not null,
  made_at timestamp with time zone not null,
  removed_at timestamp with time zone,
  constraint workload_authority_pk PRIMARY KEY (id),
  constraint workload_authority_lists_have_a_time CHECK (((revocation_lists IS NULL) = (lists_changed_at IS NULL))),
  constraint workload_authority_was_made_by_an_identity FOREIGN KEY (made_by) REFERENCES identity(id)
);
comment on table workload_authority is 'A certificate authority whose certificates programs prove themselves with: its root, and its revocation lists as they were uploaded last.';
CREATE UNIQUE INDEX workload_authority_is_one ON public.workload_authority USING btree (fingerprint) WHERE (removed_at IS NULL);
CREATE UNIQUE INDEX workload_authority_name_is_one_authoritys ON public.workload_authority USING btree (name) WHERE (removed_at IS NULL);

create table workload_binding (
  id uuid not null,
  issuer_id uuid not null,
  identity_id uuid not null,
  claims jsonb not null,
  scopes text[] not null,
  seconds integer not null,
  made_by uuid not null,
  made_at timestamp with time zone not null,
  removed_at timestamp with time zone,
  constraint workload_binding_pk PRIMARY KEY (id),
  constraint workload_binding_gives_a_short_time CHECK (((seconds >= 60) AND (seconds <= 3600))),
  constraint workload_binding_gives_scopes CHECK ((cardinality(scopes) > 0)),
  constraint workload_binding_names_claims CHECK (((jsonb_typeof(claims) = 'object'::text) AND (claims <> '{}'::jsonb))),
  constraint workload_binding_is_of_an_issuer FOREIGN KEY (issuer_id) REFERENCES workload_issuer(id),
  constraint workload_binding_is_to_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint workload_binding_was_made_by_an_identity FOREIGN KEY (made_by) REFERENCES identity(id)
);
comment on table workload_binding is 'Whose token carries these claims is this identity, for a short time and within these scopes.';
CREATE UNIQUE INDEX workload_binding_is_one ON public.workload_binding USING btree (issuer_id, claims) WHERE (removed_at IS NULL);

create table workload_certificate_rule (
  id uuid not null,
  authority_id uuid not null,
  identity_id uuid not null,
  kind text not null,
  value text not null,
  scopes text[] not null,
  seconds integer not null,
  made_by uuid not null,
  made_at timestamp with time zone not null,
  removed_at timestamp with time zone,
  constraint workload_certificate_rule_pk PRIMARY KEY (id),
  constraint workload_certificate_rule_gives_a_short_time CHECK (((seconds >= 60) AND (seconds <= 3600))),
  constraint workload_certificate_rule_gives_scopes CHECK ((cardinality(scopes) > 0)),
  constraint workload_certificate_rule_kind_is_known CHECK ((kind = ANY (ARRAY['uri'::text, 'dns'::text, 'subject'::text]))),
  constraint workload_certificate_rule_names_something CHECK ((btrim(value) <> ''::text)),
  constraint workload_certificate_rule_is_of_an_authority FOREIGN KEY (authority_id) REFERENCES workload_authority(id),
  constraint workload_certificate_rule_is_to_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint workload_certificate_rule_was_made_by_an_identity FOREIGN KEY (made_by) REFERENCES identity(id)
);
comment on table workload_certificate_rule is 'Whose certificate of that authority carries this name is this identity, for a short time and within these scopes.';
CREATE UNIQUE INDEX workload_certificate_rule_is_one ON public.workload_certificate_rule USING btree (authority_id, kind, value) WHERE (removed_at IS NULL);

create table workload_host (
  id uuid not null,
  system_id uuid not null,
  identity_id uuid not null,
  scopes text[] not null,
  seconds integer not null,
  made_by uuid not null,
  made_at timestamp with time zone not null,
  removed_at timestamp with time zone,
  constraint workload_host_pk PRIMARY KEY (id),
  constraint workload_host_gives_a_short_time CHECK (((seconds >= 60) AND (seconds <= 3600))),
  constraint workload_host_gives_scopes CHECK ((cardinality(scopes) > 0)),
  constraint workload_host_is_a_system FOREIGN KEY (system_id) REFERENCES system(id),
  constraint workload_host_is_to_an_identity FOREIGN KEY (identity_id) REFERENCES identity(id),
  constraint workload_host_was_made_by_an_identity FOREIGN KEY (made_by) REFERENCES identity(id)
);
comment on table workload_host is 'Who signs with a pinned SSH host key of that system is this identity, for a short time and within these scopes.';
CREATE UNIQUE INDEX workload_host_is_one_identity ON public.workload_host USING btree (system_id) WHERE (removed_at IS NULL);

create table workload_issuer (
  id uuid not null,
  name text not null,
  issuer text not null,
  keys_url text not null,
  audience text not null,
  made_by uuid not null,
  made_at timestamp with time zone not null,
  removed_at timestamp with time zone,
  constraint workload_issuer_pk PRIMARY KEY (id),
  constraint workload_issuer_was_made_by_an_identity FOREIGN KEY (made_by) REFERENCES identity(id)
);
comment on table workload_issuer is 'A platform whose tokens programs prove themselves with: its name in them, where its keys are, and whom the tokens must be for.';
CREATE UNIQUE INDEX workload_issuer_is_one ON public.workload_issuer USING btree (issuer) WHERE (removed_at IS NULL);
CREATE UNIQUE INDEX workload_issuer_name_is_one_issuers ON public.workload_issuer USING btree (name) WHERE (removed_at IS NULL);

create table workload_token_used (
  digest bytea not null,
  forget_at timestamp with time zone not null,
  constraint workload_token_used_pk PRIMARY KEY (digest),
  constraint workload_token_digest_is_a_sha256 CHECK ((octet_length(digest) = 32))
);
comment on table workload_token_used is 'Tokens of platforms that were exchanged and challenges that were answered: none is twice. Kept until they are over.';
CREATE INDEX workload_token_used_by_end ON public.workload_token_used USING btree (forget_at);
