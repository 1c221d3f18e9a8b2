-- module: isolation, discovery. Decision 0065. A system is closed to everybody but the gateways, that is proved, and log-ons that did not come through Reeve are told.

create table isolation (
  system_id uuid not null,
  gateways text[] not null,
  exemptions text[] not null,
  every_seconds integer not null,
  set_at timestamptz not null,
  set_by uuid not null,
  proof_state text,
  proof jsonb not null default '[]',
  proof_asked_at timestamptz,
  proof_at timestamptz,
  proved_at timestamptz,
  elsewhere jsonb,
  constraint isolation_pk primary key (system_id),
  constraint isolation_is_of_a_system foreign key (system_id) references system (id),
  constraint isolation_is_set_by_an_identity foreign key (set_by) references identity (id),
  constraint log_ons_are_looked_for_within_half_a_minute check (every_seconds between 0 and 30),
  constraint proof_state_is_known check (proof_state in ('proved', 'failed', 'unknown')),
  constraint proof_says_when check ((proof_state is null) = (proof_at is null)),
  constraint proof_is_a_list_of_checks check (jsonb_typeof(proof) = 'array')
);
comment on table isolation is 'Who reaches a system beside nobody. gateways: addresses and networks; empty: the known ones. exemptions: account@address. every_seconds: how often log-ons are looked for; 0: never.';
comment on column isolation.proved_at is 'When every check passed last. Set, and a check fails: the isolation is lost.';
comment on column isolation.elsewhere is 'What came of trying to reach it from elsewhere than a gateway: outcome, evidence, at.';

create table lookout (
  system_id uuid not null,
  node text,
  claimed_until timestamptz,
  mark text,
  looked_at timestamptz,
  next_at timestamptz,
  problem text,
  blind_since timestamptz,
  left_out text[] not null default '{}',
  constraint lookout_pk primary key (system_id),
  constraint lookout_is_of_an_isolated_system foreign key (system_id) references isolation (system_id),
  constraint lookout_is_claimed_by_a_node check ((node is null) = (claimed_until is null)),
  constraint blind_lookout_says_why check ((blind_since is null) = (problem is null))
);
comment on table lookout is 'How far log-ons of a system were read, and by which node. blind_since: nothing could be read since.';

alter table outside_logon add column exempt boolean not null default false;
comment on column outside_logon.exempt is 'It may be without Reeve: by a declared exemption.';

alter table finding drop constraint finding_source_is_known;
alter table finding add constraint finding_source_is_known check (source in ('reading', 'look', 'keys', 'lookout'));
