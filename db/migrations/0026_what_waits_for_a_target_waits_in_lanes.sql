-- module: provisioning. What waits for one target is carried out many people at a time, in lanes that do not disturb each other.

create table provision_claim (
  system_id uuid not null,
  identity_id uuid not null,
  claimed_until timestamptz,
  creating text,
  constraint provision_claim_pk primary key (system_id, identity_id),
  constraint provision_claim_is_on_a_system foreign key (system_id) references system (id),
  constraint provision_claim_is_about_an_identity foreign key (identity_id) references identity (id)
);
comment on table provision_claim is 'Which person a worker is at on which system, so that no two are at one at once. A row is there while one is, or while an account may have been made that the graph does not know yet.';
comment on column provision_claim.claimed_until is 'By the clock of the database. Kept up while a worker is at it; one that died is over soon.';
comment on column provision_claim.creating is 'The account name about to be created: written before the target is called, so that after a crash the account found there is known to be ours.';

insert into provision_claim (system_id, identity_id, creating)
select distinct on (system_id, identity_id) system_id, identity_id, creating from provision_task
 where creating is not null and account_id is null order by system_id, identity_id, id;

alter table provision_task
  drop column claimed_until,
  drop column creating,
  add column lane smallint not null generated always as (get_byte(uuid_send(identity_id), 15) % 4) stored,
  add column not_before timestamptz;
comment on column provision_task.lane is 'What a system is to be told of one person is always in the same lane, so that it is told in order.';
comment on column provision_task.not_before is 'A task that was put off, or failed, is not looked at before then. By the clock of the database.';

create index provision_task_by_lane on provision_task (system_id, lane, wanted, decided_at, id) where state = 'waiting';
