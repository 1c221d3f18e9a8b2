-- module: ssh_terms. Decision 0073. Files that are moved over SFTP are kept with the recording, where the terms say so.

alter table ssh_terms
  add column capture jsonb not null default '[]',
  add constraint ssh_terms_keep_few_kinds_of_files check (jsonb_typeof(capture) = 'array' and jsonb_array_length(capture) <= 20);
comment on column ssh_terms.capture is 'Which files are kept with the recording, the first that fits: of which account (null: any), which way, which path, how many bytes of one, and what becomes of a larger one.';
