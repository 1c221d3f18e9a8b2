-- module: webhooks. Decision 0038. What happened is sent, signed, to those who subscribed; a call that failed is tried again or says why not.

create table webhook (
  id uuid not null,
  name text not null,
  kind text not null,
  host text not null,
  sealed_url bytea,
  sealed_secret bytea,
  sealed_old_secret bytea,
  old_secret_until timestamptz,
  version integer not null,
  kinds text[] not null,
  system_ids uuid[],
  owner_ids uuid[],
  state text not null,
  because text,
  since_xid xid8 not null default pg_current_xact_id(),
  failures integer not null default 0,
  quiet_until timestamptz,
  made_at timestamptz not null,
  constraint webhook_pkey primary key (id),
  constraint webhook_kind_is_known check (kind in ('standard', 'slack', 'mattermost', 'teams')),
  constraint webhook_state_is_known check (state in ('active', 'paused', 'removed')),
  constraint webhook_has_a_name check (btrim(name) <> ''),
  constraint webhook_wants_something check (cardinality(kinds) between 1 and 100),
  constraint webhook_scope_is_not_empty check (cardinality(system_ids) > 0 and cardinality(owner_ids) > 0),
  constraint webhook_keeps_its_url_until_removed check ((state = 'removed') = (sealed_url is null)),
  constraint webhook_of_the_standard_signs check (state = 'removed' or (kind = 'standard') = (sealed_secret is not null)),
  constraint webhook_old_secret_ends check ((sealed_old_secret is null) = (old_secret_until is null)),
  constraint webhook_version_counts_from_one check (version >= 1)
);
comment on table webhook is 'A receiver that subscribed to kinds of events. Its URL and the secret it is signed with are sealed; host is what may be shown. Null scopes let everything through.';
comment on column webhook.since_xid is 'Events of transactions after this one are sent: nobody hears of what happened before they subscribed.';
comment on column webhook.quiet_until is 'While it does not answer nobody waits for it: until then what is due is put off.';
create unique index webhook_name_is_one_webhooks on webhook (lower(name)) where state <> 'removed';

create table webhook_version (
  webhook_id uuid not null,
  version integer not null,
  name text not null,
  host text not null,
  kinds text[] not null,
  system_ids uuid[],
  owner_ids uuid[],
  state text not null,
  made_at timestamptz not null,
  made_by text not null,
  constraint webhook_version_pkey primary key (webhook_id, version),
  constraint webhook_version_is_of_a_webhook foreign key (webhook_id) references webhook (id)
);
comment on table webhook_version is 'What a webhook subscribed to, version by version; the highest is in force.';

create table webhook_delivery (
  id uuid not null,
  webhook_id uuid not null,
  event_id uuid,
  event_type text not null,
  state text not null default 'waiting',
  because text,
  attempts integer not null default 0,
  wanted_at timestamptz not null,
  gives_up_at timestamptz not null,
  tried_at timestamptz,
  settled_at timestamptz,
  constraint webhook_delivery_pkey primary key (id),
  constraint webhook_delivery_is_of_a_webhook foreign key (webhook_id) references webhook (id),
  constraint webhook_hears_of_an_event_once unique (webhook_id, event_id),
  constraint webhook_delivery_state_is_known check (state in ('waiting', 'delivered', 'not_delivered')),
  constraint webhook_delivery_is_settled_at_a_time check ((state = 'waiting') = (settled_at is null)),
  constraint webhook_delivery_not_made_says_why check (state <> 'not_delivered' or because is not null)
);
comment on table webhook_delivery is 'One event for one receiver; without an event it is a test. Its id is the webhook-id of every try, so that a receiver can tell a repetition.';
create index webhook_delivery_by_time on webhook_delivery (wanted_at desc, id desc);
create index webhook_delivery_open on webhook_delivery (webhook_id, wanted_at desc, id desc) where state <> 'delivered';

create table webhook_cursor (
  one boolean not null default true,
  xid xid8 not null,
  event_id uuid not null,
  constraint webhook_cursor_pkey primary key (one),
  constraint webhook_cursor_is_one check (one)
);
comment on table webhook_cursor is 'How far the log has been looked through for those who subscribed, in commit order.';
insert into webhook_cursor (xid, event_id) values (pg_current_xact_id(), '00000000-0000-0000-0000-000000000000');

-- module: calendars. When people of a site work: what waits for them is counted in those hours.

create table calendar (
  site text not null,
  time_zone text not null,
  hours text[] not null,
  changed_at timestamptz not null,
  changed_by text not null,
  constraint calendar_pkey primary key (site),
  constraint calendar_site_is_plain check (site = lower(btrim(site)) and site <> ''),
  constraint calendar_has_hours check (cardinality(hours) between 1 and 50)
);
comment on table calendar is 'Hours and time zone of a site, by the name people have as their site or location; house is for everybody else.';

create table calendar_holiday (
  site text not null,
  holiday_on date not null,
  name text not null,
  constraint calendar_holiday_pkey primary key (site, holiday_on),
  constraint calendar_holiday_is_of_a_calendar foreign key (site) references calendar (site) on delete cascade,
  constraint calendar_holiday_has_a_name check (btrim(name) <> '')
);
comment on table calendar_holiday is 'Days nobody of a site works.';

-- module: requests. Hours of a policy count hours of work unless it says otherwise: what was written before meant all hours, save the policy as shipped, whose day becomes a day of work.
update approval_policy set rules = rules || '{"counting": "all_hours"}'
 where not rules ? 'counting' and not (number = 1 and made_by = 'component:reeve' and number = (select max(number) from approval_policy));
update approval_policy set rules = rules || '{"dueHours": 8, "escalateHours": 8}'
 where number = 1 and made_by = 'component:reeve' and not rules ? 'counting' and rules @> '{"dueHours": 24, "escalateHours": 24}';

-- module: requests. A mail about an approval carries a link of its own, for one person and one step, that decides once.

create table decision_link (
  id uuid not null,
  request_id uuid not null,
  step_id uuid not null,
  identity_id uuid not null,
  made_at timestamptz not null,
  ends_at timestamptz not null,
  used_at timestamptz,
  constraint decision_link_pkey primary key (id),
  constraint decision_link_is_of_a_request foreign key (request_id) references request (id),
  constraint decision_link_is_of_a_step foreign key (step_id) references approval_step (id) on delete cascade,
  constraint decision_link_is_for_an_identity foreign key (identity_id) references identity (id),
  constraint decision_link_is_one_for_each_person_and_step unique (step_id, identity_id),
  constraint decision_link_ends_after_it_was_made check (ends_at > made_at)
);
comment on table decision_link is 'A link by which one person decides one step from a mail. What proves it is derived from the root key when the mail is sent and is kept nowhere.';

create table decision_link_setting (
  one boolean not null default true,
  mode text not null,
  hours integer not null,
  changed_at timestamptz not null,
  changed_by text not null,
  constraint decision_link_setting_pkey primary key (one),
  constraint decision_link_setting_is_one check (one),
  constraint decision_link_mode_is_known check (mode in ('off', 'signed_in', 'low_risk')),
  constraint decision_link_ends_in_time check (hours between 1 and 336)
);
comment on table decision_link_setting is 'Whether mails carry links that decide, and for how long. Without a row: signed_in, 72 hours.';
