-- module: graph. A reading is kept piece by piece until it is whole, and a system that tells what changed is read from
-- a mark. A holding knows who gave it, where the target keeps that. A system known by exports only is of kind export,
-- since csv is now what a connector reads.

create table staged_reading (
  id uuid not null,
  system_id uuid not null,
  began_at timestamptz not null,
  pieces integer not null default 0,
  rows bigint not null default 0,
  resume_at text,
  resume_after integer not null default 0,
  whole boolean not null default false,
  mark text,
  read_as text not null,
  constraint staged_reading_pk primary key (id),
  constraint staged_reading_is_of_a_system foreign key (system_id) references system (id),
  constraint staged_reading_goes_on_after_a_piece_it_has check (resume_after between 0 and pieces),
  constraint staged_reading_goes_on_from_somewhere check ((resume_at is null) = (resume_after = 0)),
  constraint only_a_whole_reading_has_a_mark check (mark is null or whole)
);
comment on table staged_reading is 'A whole reading on its way into the graph. resume_at is where the target goes on after piece resume_after; read_as says which machine answered.';

create table staged_piece (
  reading_id uuid not null,
  number integer not null,
  accounts jsonb,
  entitlements jsonb,
  holdings jsonb,
  nesting jsonb,
  constraint staged_piece_pk primary key (reading_id, number),
  constraint staged_piece_is_of_a_reading foreign key (reading_id) references staged_reading (id) on delete cascade,
  constraint staged_pieces_are_counted_from_one check (number >= 1)
);
comment on table staged_piece is 'What came with one piece, kept in the transaction that says how far the reading is. Read once, when the reading is whole, then gone.';

create table reading_mark (
  system_id uuid not null,
  mark text,
  read_as text not null,
  moved_at timestamptz not null,
  constraint reading_mark_pk primary key (system_id),
  constraint reading_mark_is_of_a_system foreign key (system_id) references system (id)
);
comment on table reading_mark is 'Where the next reading of changes goes on, moved only with what was read up to it. read_as: which machine the last trusted reading came from.';

alter table holding add column given_by text;
comment on column holding.given_by is 'Who gave it, in the words of the target, where it keeps that.';
call make_bitemporal('holding');

update system set kind = 'export' where kind = 'csv';
