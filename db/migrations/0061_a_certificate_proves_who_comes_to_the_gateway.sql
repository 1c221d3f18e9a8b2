-- module: ssh-ca, sessions, ssh-terms. Decision 0058. A certificate of its own kind proves somebody at the gateway, a session knows by which it came, and what sessions on a system may do besides is written down.

alter table ssh_certificate
  alter column system_id drop not null,
  drop constraint ssh_certificate_kind_is_known,
  add constraint ssh_certificate_kind_is_known check (kind in ('user', 'host', 'proof', 'gateway')),
  drop constraint ssh_certificate_of_a_person_rests_on_grants,
  add constraint ssh_certificate_of_a_person_rests_on_grants
    check ((kind in ('user', 'gateway')) = (identity_id is not null) and (kind <> 'user' or cardinality(grant_ids) > 0)),
  drop constraint ssh_certificate_of_a_person_lasts_minutes,
  add constraint ssh_certificate_of_a_person_lasts_minutes
    check (kind in ('host', 'gateway') or valid_to - valid_from <= interval '70 minutes'),
  add constraint ssh_certificate_for_the_gateway_lasts_a_day_at_most
    check (kind <> 'gateway' or valid_to - valid_from <= interval '25 hours'),
  add constraint ssh_certificate_names_a_system_unless_for_the_gateway check ((kind = 'gateway') = (system_id is null)),
  add constraint ssh_certificate_for_the_gateway_opens_nothing_by_itself
    check (kind <> 'gateway' or (cardinality(grant_ids) = 0 and cardinality(account_ids) = 0));
comment on column ssh_certificate.system_id is 'Null for one that proves somebody at the gateway: it opens no system, and what it may open is decided for each session.';

alter table session
  add column certificate_id uuid,
  add constraint session_was_proved_by_a_certificate foreign key (certificate_id) references ssh_certificate (id);
comment on column session.certificate_id is 'The certificate that proved its person at the gateway; null: a registered key.';
create index session_by_certificate on session (certificate_id) where certificate_id is not null and state = 'live';

create table ssh_gateway (
  address text not null,
  port integer not null,
  host_key text not null,
  announced_at timestamptz not null,
  constraint ssh_gateway_pk primary key (address, port),
  constraint ssh_gateway_port_is_a_port check (port between 1 and 65535),
  constraint ssh_gateway_address_is_one check (address ~ '^[A-Za-z0-9:][A-Za-z0-9.:-]{0,252}$')
);
comment on table ssh_gateway is 'Where people reach a gateway, and the host key it shows there. Each says so when it starts.';

create table ssh_terms (
  system_id uuid not null,
  forward_to text[] not null default '{}',
  listen_on integer[] not null default '{}',
  files text not null default 'both',
  denied_paths text[] not null default '{}',
  changed_at timestamptz not null,
  changed_by uuid not null,
  constraint ssh_terms_pk primary key (system_id),
  constraint ssh_terms_are_of_a_system foreign key (system_id) references system (id),
  constraint ssh_terms_say_which_way_files_go check (files in ('both', 'from_target', 'to_target', 'none')),
  constraint ssh_terms_name_few_addresses check (cardinality(forward_to) <= 100 and cardinality(listen_on) <= 20),
  constraint ssh_terms_listen_on_plain_ports check (1024 <= all (listen_on) and 65535 >= all (listen_on)),
  constraint ssh_terms_deny_few_paths check (cardinality(denied_paths) <= 100)
);
comment on table ssh_terms is 'What sessions on a system may do besides terminal and commands: addresses and ports to forward, files and which way. No row: no forwards, files both ways.';
