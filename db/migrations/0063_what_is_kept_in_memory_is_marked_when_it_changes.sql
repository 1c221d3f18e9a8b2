-- module: kit/db. Decision 0069. What a process keeps in memory of some tables stands for as long as no transaction that changed them has committed since: each such transaction leaves its mark.

create table change_mark (
  topic text not null,
  backend integer not null,
  xid xid8 not null,
  constraint change_mark_is_one_of_a_backend primary key (topic, backend)
) with (fillfactor = 50);
comment on table change_mark is 'The last transaction of each backend that changed a table of the topic. Whoever keeps rows of those tables in memory, and under which snapshot it began to, knows by a visible mark outside that snapshot that something may have changed. A backend writes no row but its own, so that nobody waits for anybody.';
comment on column change_mark.backend is 'Its process id. When the id is used again the row is too: the transaction of before has ended, and the one of now has the younger xid.';

create function mark_change() returns trigger language plpgsql as $$
begin
  insert into change_mark (topic, backend, xid) values (tg_argv[0], pg_backend_pid(), pg_current_xact_id())
    on conflict on constraint change_mark_is_one_of_a_backend do update set xid = excluded.xid
    where change_mark.xid <> excluded.xid;
  return null;
end $$;

create table change_mark_of_part (
  topic text not null,
  part uuid not null,
  backend integer not null,
  xid xid8 not null,
  constraint change_mark_of_part_is_one_of_a_backend primary key (topic, part, backend)
);
comment on table change_mark_of_part is 'As change_mark, of one thing of many of a topic: the last transaction that changed it. Whoever keeps others of them keeps those. A backend writes no row but its own here too: two that change many things in another order would else wait for each other for ever.';
create index change_mark_of_part_by_xid on change_mark_of_part (topic, xid);

-- The column that names the thing is the second argument.
create function mark_change_of_part() returns trigger language plpgsql as $$
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
end $$;

create trigger mark_change after insert or update or delete or truncate on identity for each statement execute function mark_change('access');
create trigger mark_change after insert or update or delete or truncate on identity_facts for each statement execute function mark_change('access');
create trigger mark_change after insert or update or delete or truncate on access_grant for each statement execute function mark_change('access');
create trigger mark_change after insert or update or delete or truncate on role_content for each statement execute function mark_change('access');
create trigger mark_change after insert or update or delete or truncate on entitlement_edge for each statement execute function mark_change('access');
create trigger mark_change after insert or update of id, kind, native_id, valid_from, valid_to or delete or truncate on entitlement for each statement execute function mark_change('access');
create trigger mark_change after insert or update or delete or truncate on access_lock for each statement execute function mark_change('access');
create trigger mark_change after insert or update or delete or truncate on policy_version for each statement execute function mark_change('access');
create trigger mark_change after insert or update or delete or truncate on secret_folder for each statement execute function mark_change('access');
create trigger mark_change after insert or update or delete on secret for each row execute function mark_change_of_part('secrets', 'id');
create trigger mark_change after insert or update or delete on secret_version for each row execute function mark_change_of_part('secrets', 'secret_id');
create trigger mark_truncate after truncate on secret for each statement execute function mark_change('secrets');
create trigger mark_truncate after truncate on secret_version for each statement execute function mark_change('secrets');
create trigger mark_change after insert or update or delete or truncate on checkout_terms for each statement execute function mark_change('secrets');
-- That a token was used is written once a minute and changes nothing about who holds it.
create trigger mark_change after insert or update of id, token_hash, identity_id, scopes, ends_at, revoked_at or delete or truncate on api_token for each statement execute function mark_change('tokens');
