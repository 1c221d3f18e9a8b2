-- module: role_parameters. Decision 0043. A role may have parameters; it is then given to nobody itself, only its bindings are: a role for each choice of values, made of what its patterns name with these values.

create table role_parameter (
  role_id uuid not null,
  position integer not null,
  name text not null,
  allowed_values text[],
  constraint role_parameter_pk primary key (role_id, name),
  constraint role_parameter_has_its_place unique (role_id, position),
  constraint role_parameter_is_of_a_role foreign key (role_id) references role (id),
  constraint role_parameter_name_can_stand_in_a_pattern check (name ~ '^[a-z][a-z0-9_]*$'),
  constraint role_parameter_allows_something check (allowed_values is null or cardinality(allowed_values) > 0)
);
comment on table role_parameter is 'What has to be said to have a role that is a template. allowed_values null: any text.';

create table role_pattern (
  role_id uuid not null,
  position integer not null,
  system_id uuid not null,
  pattern text not null,
  valid_from timestamptz,
  valid_to timestamptz,
  constraint role_pattern_pk primary key (role_id, position),
  constraint role_pattern_is_once_a_system unique (role_id, system_id, pattern),
  constraint role_pattern_is_of_a_role foreign key (role_id) references role (id),
  constraint role_pattern_is_on_a_system foreign key (system_id) references system (id),
  constraint role_pattern_says_something check (btrim(pattern) <> '')
);
comment on table role_pattern is 'Entitlements a template gives by the native id or name that a pattern makes of the values, as its published version says.';

create table role_binding (
  role_id uuid not null,
  template_id uuid not null,
  chosen jsonb not null,
  made_at timestamptz not null,
  ended_at timestamptz,
  constraint role_binding_pk primary key (role_id),
  constraint role_binding_is_a_role foreign key (role_id) references role (id),
  constraint role_binding_is_of_a_role foreign key (template_id) references role (id),
  constraint role_binding_is_of_another_role check (role_id <> template_id),
  constraint role_binding_chooses_by_name check (jsonb_typeof(chosen) = 'object'),
  constraint role_binding_does_not_end_before_it_is_made check (ended_at >= made_at)
);
comment on table role_binding is 'The role a template is for one choice of values. It follows the template.';
create unique index role_binding_is_one_for_its_values on role_binding (template_id, chosen) where ended_at is null;

create function refuse_template() returns trigger language plpgsql as $$
begin
  if exists (select from role_parameter p
              where p.role_id = (case when tg_table_name = 'role_content' then to_jsonb(new) ->> 'child_role_id' else to_jsonb(new) ->> 'role_id' end)::uuid) then
    raise exception 'a role with parameters is not given itself'
      using errcode = 'check_violation', constraint = 'template_is_given_by_its_bindings', table = tg_table_name;
  end if;
  return new;
end $$;
create trigger refuse_template before insert on access_grant for each row when (new.role_id is not null) execute function refuse_template();
create trigger refuse_template before insert on role_content for each row when (new.child_role_id is not null) execute function refuse_template();
create trigger refuse_template before insert on birthright_rule for each row when (new.role_id is not null) execute function refuse_template();

do $$
declare
  name text;
begin
  foreach name in array array['role_parameter', 'role_pattern', 'role_binding'] loop
    execute format('create trigger note_insert after insert on %I referencing new table as changed for each statement execute function note_data_change()', name);
    execute format('create trigger note_update after update on %I referencing new table as changed for each statement execute function note_data_change()', name);
    execute format('create trigger note_delete after delete on %I referencing old table as changed for each statement execute function note_data_change()', name);
  end loop;
end $$;
