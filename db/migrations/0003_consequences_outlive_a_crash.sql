-- module: events, operations. Signals between nodes are rows first and notifications second; an unsafe call answered once is answered the same again.

create table signal (
  id bigint generated always as identity,
  kind text not null,
  subject text not null,
  message text not null,
  raised_at timestamptz not null default reeve_now(),
  constraint signal_pk primary key (id),
  constraint signal_kind_is_known check (kind in ('end_session', 'lock_identity', 'policy_changed'))
);
comment on table signal is 'What every node must feel at once. A node that missed the notification finds the row by its last seen id.';

create table answered_call (
  principal text not null,
  operation text not null,
  key text not null,
  input_hash bytea not null,
  response jsonb,
  answered_at timestamptz not null default reeve_now(),
  constraint answered_call_pk primary key (principal, operation, key),
  constraint answered_call_key_is_short check (length(key) between 1 and 255)
);
create index answered_call_by_age on answered_call (answered_at);
comment on table answered_call is 'Idempotency keys of unsafe calls, kept 24 hours. Written in the transaction of the change. response is null where it held a secret.';
