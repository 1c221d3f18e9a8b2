-- module: provisioning. What each grant wants of each target, and whether the target was seen to agree.

create table provision_task (
  id uuid not null,
  grant_id uuid not null,
  entitlement_id uuid not null,
  identity_id uuid not null,
  system_id uuid not null,
  account_id uuid,
  creating text,
  wanted text not null,
  state text not null default 'waiting',
  tries integer not null default 0,
  problem text,
  decided_at timestamptz not null,
  settled_at timestamptz,
  claimed_until timestamptz,
  constraint provision_task_pk primary key (id),
  constraint provision_task_is_one_for_grant_and_entitlement unique (grant_id, entitlement_id),
  constraint provision_task_is_of_a_grant foreign key (grant_id) references access_grant (id),
  constraint provision_task_is_for_an_entitlement foreign key (entitlement_id) references entitlement (id),
  constraint provision_task_is_for_an_identity foreign key (identity_id) references identity (id),
  constraint provision_task_is_on_a_system foreign key (system_id) references system (id),
  constraint provision_task_is_about_an_account foreign key (account_id) references account (id),
  constraint provision_task_wants_presence_or_absence check (wanted in ('present', 'absent')),
  constraint provision_task_state_is_known check (state in ('waiting', 'done', 'manual', 'stuck')),
  constraint settled_task_says_when check ((state = 'waiting') = (settled_at is null))
);
comment on table provision_task is 'Level, not edge: a task says what is wanted now. One that changes its mind while a target is away is carried out once, as last wanted.';
comment on column provision_task.creating is 'The account name this task is about to create: written before the target is called, so that after a crash the account found there is known to be ours.';
create index provision_task_still_open on provision_task (decided_at) where state in ('waiting', 'stuck');
create index provision_task_by_identity_and_system on provision_task (identity_id, system_id);
