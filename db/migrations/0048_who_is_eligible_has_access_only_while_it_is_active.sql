-- module: graph, requests. Decision 0045. Being eligible for something is an entitlement of its own that leads to nothing; what is activated by it is a line of a request and a grant with an end.

create table eligibility (
  entitlement_id uuid not null,
  for_entitlement_id uuid,
  for_role_id uuid,
  constraint eligibility_pk primary key (entitlement_id),
  constraint eligibility_is_an_entitlement foreign key (entitlement_id) references entitlement (id),
  constraint eligibility_is_for_an_entitlement foreign key (for_entitlement_id) references entitlement (id),
  constraint eligibility_is_for_a_role foreign key (for_role_id) references role (id),
  constraint eligibility_is_for_one_thing check (num_nonnulls(for_entitlement_id, for_role_id) = 1),
  constraint eligibility_is_for_something_else check (entitlement_id <> for_entitlement_id)
);
comment on table eligibility is 'Entitlements of Reeve that let somebody activate an entitlement or role for a while, and give nothing by themselves.';
create unique index entitlement_has_one_eligibility on eligibility (for_entitlement_id) where for_entitlement_id is not null;
create unique index role_has_one_eligibility on eligibility (for_role_id) where for_role_id is not null;

create function refuse_eligibility_for_eligibility() returns trigger language plpgsql as $$
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
end $$;
create trigger refuse_eligibility before insert on eligibility for each row execute function refuse_eligibility_for_eligibility();

create function refuse_changed_eligibility() returns trigger language plpgsql as $$
begin
  raise exception 'what an eligibility is for never changes'
    using errcode = 'check_violation', constraint = 'eligibility_stays_for_what_it_is_for', table = tg_table_name;
end $$;
create trigger refuse_change before update or delete on eligibility for each statement execute function refuse_changed_eligibility();

-- No edge leads from an eligibility, whoever writes it: that is what keeps it from giving anything.
create function refuse_edge_from_eligibility() returns trigger language plpgsql as $$
begin
  if exists (select from eligibility where entitlement_id = new.parent_id) then
    raise exception 'being eligible gives nothing'
      using errcode = 'check_violation', constraint = 'eligibility_gives_nothing', table = tg_table_name;
  end if;
  return new;
end $$;
create trigger refuse_edge_from_eligibility before insert or update on entitlement_edge for each row execute function refuse_edge_from_eligibility();

alter table request_line
  add column by_eligibility_id uuid,
  add constraint request_line_eligibility_is_one foreign key (by_eligibility_id) references eligibility (entitlement_id),
  add constraint activation_gives_access check (by_eligibility_id is null or takes_grant_id is null);
comment on column request_line.by_eligibility_id is 'The eligibility that it activates; null: it asks for something of its own.';
create index grant_that_is_active on access_grant (identity_id) where origin = 'jit' and ended_because is null;
