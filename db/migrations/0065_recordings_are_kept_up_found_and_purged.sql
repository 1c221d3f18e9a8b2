-- module: sessions. Decision 0063. A session whose recording is not taken is held; commands of all sessions are found by keyed words; recordings are kept as long as their class says, or a hold.

alter table session
  add column recording_behind text,
  add constraint recording_is_behind_in_a_known_way check (recording_behind in ('unwritable', 'full', 'slow'));
comment on column session.recording_behind is 'Nothing flows until the store of its recording takes it again, and why; null: it does.';
