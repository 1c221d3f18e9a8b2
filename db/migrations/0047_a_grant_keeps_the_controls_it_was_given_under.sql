-- module: graph, requests. Decision 0044. A grant keeps what a session that rests on it has to meet. It can only become stricter; a line of a request knows the rule it was asked for under.

create table grant_control (
  grant_id uuid not null,
  kind text not null,
  value integer not null,
  because text not null,
  added_at timestamptz not null,
  constraint grant_control_pk primary key (grant_id, kind, value),
  constraint grant_control_is_of_a_grant foreign key (grant_id) references access_grant (id),
  constraint grant_control_kind_is_known check (kind in ('step_up', 'max_seconds', 'one_session')),
  constraint grant_control_asks_for_something check (value > 0 and (kind <> 'one_session' or value = 1)),
  constraint grant_control_says_why check (btrim(because) <> '')
);
comment on table grant_control is 'What a session has to meet that rests on a grant. Only ever added to; of two of a kind the stricter holds.';
comment on column grant_control.value is 'step_up: seconds since the last sign-in, at most. max_seconds: seconds a session lasts, at most. one_session: 1.';

create function refuse_weaker_controls() returns trigger language plpgsql as $$
begin
  raise exception 'what a grant is under is added to, never changed or taken away'
    using errcode = 'check_violation', constraint = 'grant_controls_only_become_stricter', table = tg_table_name;
end $$;
create trigger refuse_weaker before update or delete on grant_control for each statement execute function refuse_weaker_controls();

alter table request_line
  add column rule smallint,
  add constraint request_line_rule_is_a_place check (rule >= 0);
comment on column request_line.rule is 'The rule of its request''s approval policy that decided when it was asked for, counted from one; 0: none held. Null: it takes away, or is from before that was kept.';
