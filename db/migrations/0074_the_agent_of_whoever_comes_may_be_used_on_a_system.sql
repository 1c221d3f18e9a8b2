-- module: ssh_terms. Decision 0076. Keys of the person's own agent may sign on a system, where the terms say so.

alter table ssh_terms
  add column agent boolean not null default false;
comment on column ssh_terms.agent is 'Whether programs on the system may list the keys of the person''s own agent and have it sign (ssh -A).';
