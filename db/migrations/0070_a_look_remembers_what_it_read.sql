-- module: discovery. Decision 0068. A look reads only what changed since the last one, and everything at a chosen pace.

alter table privilege_schedule
  add column memory text,
  add column whole_every_seconds integer not null default 604800,
  add column whole_at timestamptz,
  add constraint whole_looks_are_not_rarer_than_once_a_year check (whole_every_seconds between 0 and 31536000);
comment on column privilege_schedule.memory is 'What the connector wants to know again at the next look: which files it read, and what was found there. Never a secret.';
comment on column privilege_schedule.whole_every_seconds is 'How long a look may go by what was remembered before everything is looked at again. 0: it never may.';
comment on column privilege_schedule.whole_at is 'When everything was looked at last.';

alter table privilege_look
  add column whole boolean not null default false,
  add column spared integer;
comment on column privilege_look.whole is 'Asked for: looked at everything, or to be. Without it, what did not change since the last look may be left out.';
comment on column privilege_look.spared is 'Files that were not read again, since they were as before.';
