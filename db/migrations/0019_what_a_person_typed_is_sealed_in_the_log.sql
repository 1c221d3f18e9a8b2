-- module: sessions. A reason a person typed is personal: the log keeps it sealed and says in clear how it came about.

alter table session add column ending_said text;
alter table session add constraint ending_in_words_is_an_ending check (ending_said is null or ending_because is not null);
comment on column session.ending_said is 'What events say in clear in place of ending_because, where that is in somebody''s own words.';
