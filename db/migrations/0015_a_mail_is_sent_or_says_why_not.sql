-- module: notices. Whoever ought to be told is told by mail, once, or it is on record why not.

create table mail (
  id uuid not null,
  event_id uuid not null,
  identity_id uuid not null,
  template text not null,
  state text not null default 'waiting',
  because text,
  attempts smallint not null default 0,
  wanted_at timestamptz not null,
  settled_at timestamptz,
  constraint mail_pkey primary key (id),
  constraint mail_is_for_an_identity foreign key (identity_id) references identity (id),
  constraint mail_tells_somebody_once unique (event_id, identity_id),
  constraint mail_state_is_known check (state in ('waiting', 'sent', 'not_sent')),
  constraint mail_is_settled_at_a_time check ((state = 'waiting') = (settled_at is null)),
  constraint mail_not_sent_says_why check (state <> 'not_sent' or because is not null)
);
comment on table mail is 'One row a person told of one event. Holds neither address nor text: both are read when it is sent, so that erasing a person leaves nothing behind here.';
create index mail_by_time on mail (wanted_at desc, id desc);
create index mail_not_sent on mail (wanted_at desc, id desc) where state <> 'sent';
