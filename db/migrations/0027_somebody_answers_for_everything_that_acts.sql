-- module: lifecycle. Decision 0025. Whatever is no employee has a living person who answers for it, and whoever is away has no account open meanwhile.

create table handover (
  id uuid not null,
  identity_id uuid not null,
  from_id uuid not null,
  acting_id uuid,
  because text not null,
  state text not null default 'open',
  asked_at timestamptz not null,
  due_at timestamptz not null,
  settled_at timestamptz,
  settled_by uuid,
  constraint handover_pk primary key (id),
  constraint handed_over_is_an_identity foreign key (identity_id) references identity (id),
  constraint handed_over_by_an_identity foreign key (from_id) references identity (id),
  constraint handover_is_answered_for_by_an_identity foreign key (acting_id) references identity (id),
  constraint handover_is_settled_by_an_identity foreign key (settled_by) references identity (id),
  constraint nobody_answers_for_themselves check (from_id <> identity_id and acting_id is distinct from identity_id),
  constraint handover_is_asked_for_a_known_reason check (because in ('left', 'leave', 'suspended', 'offered')),
  constraint handover_state_is_known check (state in ('open', 'lapsed', 'accepted', 'withdrawn', 'replaced')),
  constraint handover_is_due_after_it_is_asked check (due_at > asked_at),
  constraint handover_is_settled_with_a_time check ((state in ('open', 'lapsed')) = (settled_at is null)),
  constraint accepted_handover_names_by_whom check (state <> 'accepted' or settled_by is not null)
);
comment on table handover is 'Whoever answered for an identity (its owner, a vendor''s sponsor) cannot any more, and somebody else is to accept it by due_at. acting_id answers meanwhile; null: administrators. lapsed: nobody accepted in time, and it is suspended.';
create unique index identity_is_handed_over_once_at_a_time on handover (identity_id) where settled_at is null;
create index handover_by_due on handover (due_at) where state = 'open';
create index handover_by_identity on handover (identity_id, asked_at);
create index handover_by_from on handover (from_id) where settled_at is null;

create table suspension (
  id uuid not null,
  identity_id uuid not null,
  handover_id uuid,
  because text not null,
  since timestamptz not null,
  suspended_by uuid,
  ended_at timestamptz,
  constraint suspension_pk primary key (id),
  constraint suspended_is_an_identity foreign key (identity_id) references identity (id),
  constraint suspension_is_of_a_handover foreign key (handover_id) references handover (id),
  constraint suspender_is_an_identity foreign key (suspended_by) references identity (id),
  constraint nobody_suspends_themselves check (suspended_by <> identity_id),
  constraint suspension_says_why check (btrim(because) <> ''),
  constraint suspension_ends_after_it_begins check (ended_at >= since)
);
comment on table suspension is 'A reason why an identity is suspended. While one is live no source makes it active; when the last has ended, what its sources say counts again.';
create unique index handover_suspends_once on suspension (handover_id) where handover_id is not null and ended_at is null;
create index suspension_by_identity on suspension (identity_id) where ended_at is null;

create table owner_reminder (
  identity_id uuid not null,
  about text not null,
  due_at timestamptz not null,
  days_before integer not null,
  sent_at timestamptz not null,
  constraint owner_reminder_pk primary key (identity_id, about, due_at, days_before),
  constraint owner_reminder_is_about_an_identity foreign key (identity_id) references identity (id),
  constraint owner_reminder_is_about_something_known check (about in ('end', 'handover')),
  constraint owner_reminder_is_some_days_before check (days_before > 0)
);
comment on table owner_reminder is 'Of which end and how many days before it whoever answers was reminded, so that nobody is reminded twice.';

create table owner_terms (
  one_row boolean not null default true,
  longest_renewal_days integer not null,
  handover_days integer not null,
  remind_days integer[] not null,
  constraint owner_terms_pk primary key (one_row),
  constraint owner_terms_are_one_row check (one_row),
  constraint renewal_is_for_some_time check (longest_renewal_days between 1 and 3660),
  constraint handover_has_some_time check (handover_days between 1 and 365),
  constraint reminders_are_some_days_before check (cardinality(remind_days) <= 10 and 0 < all (remind_days))
);
comment on table owner_terms is 'How long a renewal may be, how long a handover waits, and when reminders go out. No row: the defaults.';

create table away_lock (
  id uuid not null,
  account_id uuid not null,
  receipt_id uuid not null,
  back_receipt_id uuid,
  wanted text not null,
  state text not null default 'waiting',
  seen_open_at timestamptz,
  locked_at timestamptz,
  claimed_until timestamptz,
  look_at timestamptz not null,
  tries integer not null default 0,
  over_at timestamptz,
  constraint away_lock_pk primary key (id),
  constraint away_lock_is_on_an_account foreign key (account_id) references account (id),
  constraint away_lock_is_on_a_receipt foreign key (receipt_id) references lifecycle_receipt (id),
  constraint away_lock_is_opened_on_a_receipt foreign key (back_receipt_id) references lifecycle_receipt (id),
  constraint away_lock_wants_something_known check (wanted in ('locked', 'open')),
  constraint away_lock_state_is_known check (state in ('waiting', 'done', 'stuck')),
  constraint account_is_locked_after_it_was_seen_open check (locked_at is null or seen_open_at is not null)
);
comment on table away_lock is 'An account locked because whoever it belongs to is away, so that exactly it is opened again. seen_open_at: it was open, and about to be locked by this. over_at: opened again, or left as it is for good.';
create unique index account_has_one_away_lock on away_lock (account_id) where over_at is null;
create index away_lock_to_look_at on away_lock (look_at) where state = 'waiting' and over_at is null;

alter table lifecycle_receipt drop constraint receipt_says_what_happened;
alter table lifecycle_receipt add constraint receipt_says_what_happened
  check (what in ('joined', 'moved', 'left', 'returned', 'away', 'back'));
alter table receipt_item drop constraint receipt_item_is_known;
alter table receipt_item add constraint receipt_item_is_known
  check (what in ('grant_started', 'grant_blocked', 'grant_kept', 'grant_ended', 'grant_ends_later', 'account_locked', 'account_opened', 'account_left_as_is', 'account_needs_owner', 'session_ended', 'sign_ins_ended', 'vendor_suspended', 'handed_over', 'entitlement_needs_owner', 'system_needs_owner'));

create index identity_facts_of_absent on identity_facts (identity_id) where valid_to is null and state in ('leave', 'suspended');

-- Vendors that are suspended because their sponsor left, as it was done until now: nobody accepted them yet.
with orphaned as (
  select gen_random_uuid() as handover_id, f.identity_id, f.owner_id
    from identity_facts f join identity i on i.id = f.identity_id
    join identity_facts o on o.identity_id = f.owner_id and o.valid_to is null and o.state = 'leaver'
   where i.kind = 'vendor' and f.state = 'suspended' and f.valid_to is null
), handed as (
  insert into handover (id, identity_id, from_id, because, state, asked_at, due_at)
  select handover_id, identity_id, owner_id, 'left', 'lapsed', reeve_now() - interval '14 days', reeve_now() from orphaned
)
insert into suspension (id, identity_id, handover_id, because, since)
select gen_random_uuid(), identity_id, handover_id, 'their sponsor left before anybody else could be asked', reeve_now() from orphaned;
