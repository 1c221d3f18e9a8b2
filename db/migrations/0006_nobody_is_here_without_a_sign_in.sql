-- module: signin, devices. Who may prove to be whom, and the sign-ins, tokens and keys that are live. Only hashes and sealed values.

create table signin_password (
  identity_id uuid not null,
  hash text not null,
  changed_at timestamptz not null default reeve_now(),
  constraint signin_password_pk primary key (identity_id),
  constraint signin_password_is_an_identitys foreign key (identity_id) references identity (id),
  constraint signin_password_is_argon2id check (hash like '$argon2id$%')
);
comment on table signin_password is 'Argon2id hashes, peppered with the root key.';

create table signin_totp (
  identity_id uuid not null,
  sealed_secret bytea not null,
  confirmed_at timestamptz,
  last_step bigint not null default 0,
  constraint signin_totp_pk primary key (identity_id),
  constraint signin_totp_is_an_identitys foreign key (identity_id) references identity (id)
);
comment on column signin_totp.last_step is 'The last 30-second step whose code was used: a code works once (RFC 6238 §5.2).';

create table passkey (
  id uuid not null,
  identity_id uuid not null,
  credential_id text not null,
  public_key bytea not null,
  counter bigint not null,
  transports text[] not null default '{}',
  name text not null,
  created_at timestamptz not null default reeve_now(),
  last_used_at timestamptz,
  constraint passkey_pk primary key (id),
  constraint passkey_is_an_identitys foreign key (identity_id) references identity (id),
  constraint passkey_credential_is_one_passkeys unique (credential_id)
);
create index passkey_by_identity on passkey (identity_id);

create table signin_challenge (
  id uuid not null,
  purpose text not null,
  challenge text not null,
  identity_id uuid,
  ends_at timestamptz not null,
  constraint signin_challenge_pk primary key (id),
  constraint signin_challenge_purpose_is_known check (purpose in ('register', 'sign_in'))
);
comment on table signin_challenge is 'WebAuthn challenges; deleted when used, so each works once.';

create table enrolment_link (
  token_hash bytea not null,
  purpose text not null,
  identity_id uuid,
  ends_at timestamptz not null,
  used_at timestamptz,
  created_at timestamptz not null default reeve_now(),
  constraint enrolment_link_pk primary key (token_hash),
  constraint enrolment_link_purpose_is_known check (purpose in ('first_administrator', 'enrol')),
  constraint enrolment_link_names_whom_it_enrols check (purpose = 'first_administrator' or identity_id is not null)
);
comment on table enrolment_link is 'One-time links by which the first administrator, and later people, get their first way to sign in.';

create table signin (
  id uuid not null,
  token_hash bytea not null,
  identity_id uuid not null,
  method text not null,
  started_at timestamptz not null default reeve_now(),
  last_seen_at timestamptz not null default reeve_now(),
  ends_at timestamptz not null,
  ended_at timestamptz,
  address text,
  constraint signin_pk primary key (id),
  constraint signin_token_is_one_sign_ins unique (token_hash),
  constraint signin_is_an_identitys foreign key (identity_id) references identity (id),
  constraint signin_method_is_known check (method in ('passkey', 'password_totp')),
  constraint signin_ends_after_it_starts check (ends_at > started_at)
);
create index signin_by_identity on signin (identity_id) where ended_at is null;

create table signin_failure (
  login_key text not null,
  failures integer not null,
  last_at timestamptz not null,
  closed_until timestamptz,
  constraint signin_failure_pk primary key (login_key)
);
comment on table signin_failure is 'Wrong tries by name in one form (NFKC, lower case, no blanks), whether or not such a person exists.';

create table api_token (
  id uuid not null,
  token_hash bytea not null,
  identity_id uuid not null,
  name text not null,
  scopes text[] not null,
  created_at timestamptz not null default reeve_now(),
  ends_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz,
  constraint api_token_pk primary key (id),
  constraint api_token_is_one_tokens unique (token_hash),
  constraint api_token_is_an_identitys foreign key (identity_id) references identity (id),
  constraint api_token_has_a_scope check (cardinality(scopes) > 0),
  constraint api_token_ends check (ends_at > created_at)
);
create index api_token_by_identity on api_token (identity_id) where revoked_at is null;

create table device_login (
  id uuid not null,
  device_hash bytea not null,
  user_code text not null,
  client text not null,
  identity_id uuid,
  decided_at timestamptz,
  approved boolean,
  taken_at timestamptz,
  ends_at timestamptz not null,
  constraint device_login_pk primary key (id),
  constraint device_login_device_is_one_logins unique (device_hash),
  constraint device_login_code_is_one_logins unique (user_code),
  constraint device_login_is_decided_by_someone check ((decided_at is null) = (identity_id is null)),
  constraint device_login_decision_is_yes_or_no check ((decided_at is null) = (approved is null))
);
comment on table device_login is 'A command line waiting to be let in by its person in the console (RFC 8628).';

create table ssh_key (
  id uuid not null,
  identity_id uuid not null,
  fingerprint text not null,
  public_key text not null,
  name text not null,
  created_at timestamptz not null default reeve_now(),
  last_used_at timestamptz,
  removed_at timestamptz,
  constraint ssh_key_pk primary key (id),
  constraint ssh_key_is_an_identitys foreign key (identity_id) references identity (id),
  constraint ssh_key_fingerprint_is_sha256 check (fingerprint ~ '^SHA256:[A-Za-z0-9+/]{43}$')
);
create unique index ssh_key_proves_one_identity on ssh_key (fingerprint) where removed_at is null;
create index ssh_key_by_identity on ssh_key (identity_id) where removed_at is null;
comment on table ssh_key is 'Public keys people prove themselves with at the SSH gateway. A key proves one identity at a time.';
