-- A web application is served by the gateway on a host name of its own, with its credential put in there.
create table web_terms (
  system_id uuid not null,
  site text not null,
  credential text not null,
  header text,
  keep_host boolean not null,
  hidden_fields text[] not null,
  changed_at timestamptz not null,
  changed_by uuid not null,
  constraint web_terms_pk primary key (system_id),
  constraint web_terms_are_of_a_system foreign key (system_id) references system (id),
  constraint web_terms_name_a_site check (site ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  constraint a_site_is_of_one_system unique (site),
  constraint web_terms_say_how_a_credential_goes check (credential in ('basic', 'bearer', 'header')),
  constraint web_terms_name_a_header_where_one_is_used check ((credential = 'header') = (header is not null))
);
comment on table web_terms is 'How systems are served as web applications; one without terms is not.';

-- What requests of web sessions may not be, on a system and for one account of it besides.
create table request_rules (
  id uuid not null,
  system_id uuid not null,
  account_id uuid,
  read_only boolean not null,
  no_web_sockets boolean not null,
  deny_paths text[] not null,
  deny_headers text[] not null,
  changed_at timestamptz not null,
  changed_by uuid not null,
  constraint request_rules_pk primary key (id),
  constraint request_rules_are_of_a_system foreign key (system_id) references system (id),
  constraint request_rules_are_of_an_account foreign key (account_id) references account (id),
  constraint request_rules_are_one unique nulls not distinct (system_id, account_id)
);
comment on table request_rules is 'What requests may not be in web sessions on a system; an account''s own hold besides.';
