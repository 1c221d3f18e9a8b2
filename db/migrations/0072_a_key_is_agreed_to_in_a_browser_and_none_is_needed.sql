-- module: ssh-logins, devices, sessions. Decision 0071. A registered key proves half of who somebody is; the other half they
-- prove in a browser, where they see who asks for what, or by a one-time code where that may be. Without a key the browser is all.
alter table ssh_key add column ends_at timestamptz;
update ssh_key set ends_at = reeve_now() + interval '365 days';
alter table ssh_key alter column ends_at set not null;
comment on column ssh_key.ends_at is 'From then on it proves nobody.';

create table ssh_login_policy (
  one boolean not null default true,
  registered_key text not null default 'step_up',
  without_key boolean not null default true,
  typed_code boolean not null default false,
  remember_minutes integer not null default 0,
  key_days integer not null default 365,
  changed_at timestamptz not null default reeve_now(),
  changed_by uuid,
  constraint ssh_login_policy_pk primary key (one),
  constraint ssh_login_policy_is_one check (one),
  constraint ssh_login_policy_changed_by_an_identity foreign key (changed_by) references identity (id),
  constraint ssh_login_policy_takes_keys_so check (registered_key in ('step_up', 'alone', 'refused')),
  constraint ssh_login_policy_remembers_hours_at_most check (remember_minutes between 0 and 720),
  constraint ssh_login_policy_keys_end check (key_days between 1 and 3650)
);
comment on table ssh_login_policy is 'How people may sign in to the SSH gateway, besides certificates.';
comment on column ssh_login_policy.typed_code is 'A one-time code may be typed in place of the browser.';
comment on column ssh_login_policy.remember_minutes is 'For so long one agreement counts for the same key from the same address; 0: for one connection.';
insert into ssh_login_policy default values;

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
  asked_at timestamptz not null,
  ends_at timestamptz not null,
  state text not null default 'waiting',
  found_by uuid,
  found_from text,
  decided_at timestamptz,
  decided_by uuid,
  method text,
  number_mac text,
  number_tries integer not null default 0,
  constraint ssh_login_pk primary key (id),
  constraint ssh_login_is_of_an_identity foreign key (identity_id) references identity (id),
  constraint ssh_login_is_by_a_key foreign key (key_id) references ssh_key (id),
  constraint ssh_login_was_found_by_an_identity foreign key (found_by) references identity (id),
  constraint ssh_login_was_decided_by_an_identity foreign key (decided_by) references identity (id),
  constraint ssh_login_state_is_known check (state in ('waiting', 'agreed', 'used', 'denied', 'over')),
  constraint ssh_login_key_has_its_person check ((key_id is null) or (identity_id is not null)),
  constraint ssh_login_is_agreed_to_by_its_person check (decided_by is null or identity_id is null or decided_by = identity_id),
  constraint ssh_login_is_short check (ends_at > asked_at and ends_at <= asked_at + interval '5 minutes'),
  constraint ssh_login_is_proved_somehow check ((state in ('agreed', 'used')) <= (decided_by is not null and method is not null)),
  constraint ssh_login_method_is_known check (method in ('browser', 'code')),
  constraint ssh_login_number_is_tried_thrice check (number_tries between 0 and 3)
);
comment on table ssh_login is 'Logins at the SSH gateway that wait, or waited, for their person to agree; each is of one connection.';
comment on column ssh_login.code_mac is 'Keyed digest of the code the person types in the console.';
comment on column ssh_login.identity_id is 'Who proved their key; null: whoever finds it by its code, for themself.';
comment on column ssh_login.found_by is 'Who typed its code; nobody else can after them.';
comment on column ssh_login.number_mac is 'Keyed digest of the number that has to be typed at the client, because the browser is elsewhere.';
create unique index ssh_login_waits_by_its_code on ssh_login (code_mac) where state = 'waiting';
create index ssh_login_asked on ssh_login (asked_at);
create index ssh_login_of_identity on ssh_login (identity_id, asked_at);
create index ssh_login_ends on ssh_login (ends_at);

alter table session add column ssh_key_id uuid;
alter table session add constraint session_came_by_a_key foreign key (ssh_key_id) references ssh_key (id);
comment on column session.ssh_key_id is 'The registered key its person proved; it ends when that is removed.';
create index session_live_by_key on session (ssh_key_id) where state = 'live' and ssh_key_id is not null;
