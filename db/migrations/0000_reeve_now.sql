-- module: kit/db. Time comes from the application, so that a test can move it; rows can keep their past.

create function reeve_now() returns timestamptz
  language sql stable parallel safe
  as $$ select coalesce(nullif(current_setting('reeve.now', true), '')::timestamptz, now()) $$;
comment on function reeve_now() is
  'The instant of the transaction as the application''s clock gave it; the server''s transaction time outside of one.';

create function keep_history() returns trigger
  language plpgsql
  as $$
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
$$;
comment on function keep_history() is
  'Before update or delete: keeps the old row in <table>_history with the end of its recorded period.';

create procedure make_bitemporal(of_table regclass)
  language plpgsql
  as $$
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
$$;
comment on procedure make_bitemporal(regclass) is
  'Gives a table with a recorded_from column its <table>_history and the trigger that fills it. Call it again after adding a column.';
