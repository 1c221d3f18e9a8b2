-- module: provisioning. What waits for one target is carried out many people at a time, in lanes that do not disturb each other.

alter table provision_task
  add column lane smallint not null generated always as (get_byte(uuid_send(identity_id), 15) % 4) stored,
  add column not_before timestamptz;
comment on column provision_task.lane is 'What a system is to be told of one person is always in the same lane, so that it is told in order.';
comment on column provision_task.not_before is 'A task that was put off, or failed, is not looked at before then. By the clock of the database.';

create index provision_task_by_lane on provision_task (system_id, lane, wanted, decided_at, id) where state = 'waiting';
