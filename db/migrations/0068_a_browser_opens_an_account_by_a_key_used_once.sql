-- module: browser-sessions. Decision 0066. Somebody asks in the console for one account, and their browser opens it with a key
-- that is good for this one sign-in, once, within a minute. Reeve then comes to the gateway in their name.
create table browser_session (
  id uuid not null,
  identity_id uuid not null,
  signin_id uuid not null,
  account_id uuid not null,
  system_id uuid not null,
  key_hash bytea not null,
  address text not null,
  asked_at timestamptz not null,
  ends_at timestamptz not null,
  used_at timestamptz,
  ended_because text,
  certificate_id uuid,
  constraint browser_session_pk primary key (id),
  constraint browser_session_is_of_an_identity foreign key (identity_id) references identity (id),
  constraint browser_session_is_of_a_sign_in foreign key (signin_id) references signin (id),
  constraint browser_session_is_on_an_account foreign key (account_id) references account (id),
  constraint browser_session_is_on_a_system foreign key (system_id) references system (id),
  constraint browser_session_came_by_a_certificate foreign key (certificate_id) references ssh_certificate (id),
  constraint browser_session_key_is_one unique (key_hash),
  constraint browser_session_key_is_used_within_a_minute check (ends_at > asked_at and ends_at <= asked_at + interval '1 minute'),
  constraint browser_session_is_used_or_ended_unused check (used_at is null or ended_because is null)
);
comment on table browser_session is 'Accounts that were opened from a browser: asked for, and the key to them, as a digest, used once.';
comment on column browser_session.ended_because is 'Why its key is good for nothing, though it was not used.';
create index browser_session_by_identity on browser_session (identity_id, asked_at);

alter table ssh_certificate add column person_address text;
alter table ssh_certificate add constraint ssh_certificate_of_somebody_elsewhere_is_for_the_gateway
  check (person_address is null or kind = 'gateway');
comment on column ssh_certificate.person_address is 'Where its holder is, for whom Reeve itself comes to the gateway; null: whoever holds the key comes themselves.';
