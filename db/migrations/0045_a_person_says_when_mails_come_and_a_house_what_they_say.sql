-- module: notices. Decision 0042. Somebody may have what is not urgent kept back and sent together; what is kept back is a row, and so is the digest it goes out with.

alter table mail
  add column held_until timestamptz,
  add column digest_id uuid,
  add constraint mail_goes_out_with_a_mail foreign key (digest_id) references mail (id),
  add constraint mail_goes_out_with_another check (digest_id <> id),
  add constraint mail_of_a_digest_was_kept_back check (digest_id is null or held_until is not null);
comment on column mail.held_until is 'Kept back until then, to go out in a digest.';
comment on column mail.digest_id is 'The mail it goes out with; it is settled as that one is.';
create index mail_held on mail (held_until, identity_id) where state = 'waiting' and held_until is not null and digest_id is null;
create index mail_of_digest on mail (digest_id) where digest_id is not null;

create table notice_preference (
  identity_id uuid not null,
  delivery text not null,
  quiet_from text,
  quiet_to text,
  changed_at timestamptz not null,
  constraint notice_preference_pkey primary key (identity_id),
  constraint notice_preference_is_of_an_identity foreign key (identity_id) references identity (id),
  constraint notice_preference_delivery_is_known check (delivery in ('at_once', 'hourly', 'daily')),
  constraint quiet_hours_begin_and_end check ((quiet_from is null) = (quiet_to is null) and quiet_from <> quiet_to),
  constraint quiet_hours_are_times_of_day check (quiet_from ~ '^([01]\d|2[0-3]):[0-5]\d$' and quiet_to ~ '^([01]\d|2[0-3]):[0-5]\d$')
);
comment on table notice_preference is 'When somebody wants mails. Quiet hours are by the clock of their site. Without a row: at once, always.';

create table mail_template_version (
  template text not null,
  number integer not null,
  subject text,
  body text,
  made_at timestamptz not null,
  made_by text not null,
  constraint mail_template_version_pkey primary key (template, number),
  constraint mail_template_version_counts_from_one check (number >= 1),
  constraint mail_template_version_is_whole check ((subject is null) = (body is null)),
  constraint mail_template_subject_is_one_line check (subject !~ '[[:cntrl:]]'),
  constraint mail_template_body_has_its_link check (body like '%{link}%')
);
comment on table mail_template_version is 'What a house wrote in place of a shipped text, version by version; the highest is in force. Without subject and body it is the shipped text again.';

-- module: certifications. Each reviewer is reminded once of each day, and the owner told once of who stayed silent.

create table campaign_reminder (
  campaign_id uuid not null,
  identity_id uuid not null,
  days_before smallint not null,
  sent_at timestamptz not null,
  constraint campaign_reminder_pkey primary key (campaign_id, identity_id, days_before),
  constraint campaign_reminder_is_of_a_campaign foreign key (campaign_id) references campaign (id),
  constraint campaign_reminder_is_for_an_identity foreign key (identity_id) references identity (id),
  constraint campaign_reminder_is_of_a_day check (days_before between 0 and 30)
);
comment on table campaign_reminder is 'Who was reminded of a campaign so many days before it is due; 0: its owner was told of who stayed silent.';
