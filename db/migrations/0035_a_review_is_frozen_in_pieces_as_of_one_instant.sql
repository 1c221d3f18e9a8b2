-- module: certifications. Decision 0032. A campaign of a million items is frozen in pieces as of one instant, says what changed since the last decision, and silence has an outcome that is never an approval.

alter table campaign
  add column frozen_at timestamptz,
  add column upto uuid,
  add column frozen integer not null default 0,
  add column without_reviewer integer not null default 0,
  add column delta boolean not null default false,
  add column no_response text not null default 'report',
  drop constraint campaign_kind_is_known,
  drop constraint campaign_state_is_known;
update campaign set frozen_at = launched_at,
  frozen = (select count(*) from campaign_item i where i.campaign_id = campaign.id);
alter table campaign
  add constraint campaign_kind_is_known check (
    kind in ('manager', 'owner', 'system', 'role_membership', 'privileged', 'service_accounts', 'vendors', 'ad_hoc')
  ),
  add constraint campaign_state_is_known check (state in ('draft', 'freezing', 'open', 'closing', 'closed')),
  add constraint campaign_no_response_is_never_an_approval check (no_response in ('report', 'revoke')),
  add constraint launched_campaign_is_of_one_instant check ((state = 'draft') = (frozen_at is null));
comment on column campaign.frozen_at is 'The instant all items are of, in valid and in recorded time.';
comment on column campaign.upto is 'The checkpoint: grants up to this one are frozen. A worker that died goes on from here.';
comment on column campaign.no_response is 'What silence at the deadline leads to. report: nothing changes and it is listed. revoke: the access ends.';
create index campaign_due on campaign (due_at) where state = 'open';

alter table campaign_item
  add column routed text not null default 'rule',
  add column last_kept_at timestamptz,
  add column last_kept_by uuid,
  add column changes jsonb not null default '[]',
  add column unchanged boolean not null default false,
  add column no_response boolean not null default false,
  drop constraint decided_item_says_what_who_and_when;
alter table campaign_item
  add constraint campaign_item_routed_is_known check (
    routed in ('rule', 'manager', 'owner', 'system_owner', 'named', 'campaign_owner', 'overseer')
  ),
  add constraint decided_item_says_what_who_and_when check (
    state in ('open', 'unanswered') or no_response
      or (decision is not null and decided_by is not null and decided_at is not null)
  ),
  add constraint silence_is_never_an_approval check (
    not no_response or (state in ('revoking', 'revoked') and decision = 'revoke' and decided_by is null)
  ),
  add constraint unchanged_item_was_kept_before check (not unchanged or (last_kept_at is not null and changes = '[]'));
comment on column campaign_item.evidence is 'What stood beside it at the instant. Uses and sessions are read for the page shown, as they were then; peers are counted once for the campaign.';
comment on column campaign_item.routed is 'Why this reviewer: by the rule of the campaign, or whom it fell to because those before were not independent. rule: frozen before this was kept.';
comment on column campaign_item.changes is 'What is other than at the last decision to keep it: list of {what, was, is}.';
comment on column campaign_item.no_response is 'True where nobody answered and the outcome the campaign names for that ended it.';

drop index campaign_item_by_reviewer;
drop index campaign_item_by_campaign;
create index campaign_item_by_reviewer on campaign_item (campaign_id, reviewer_id, id);
create index campaign_item_in_order on campaign_item (campaign_id, id, state);
create index campaign_item_kept on campaign_item (grant_id, signed_at) where state = 'kept';

create table campaign_reviewer (
  campaign_id uuid not null,
  reviewer_id uuid not null,
  items integer not null,
  open integer not null,
  decided integer not null,
  kept integer not null,
  revoking integer not null,
  revoked integer not null,
  unanswered integer not null,
  constraint campaign_reviewer_pk primary key (campaign_id, reviewer_id),
  constraint campaign_reviewer_is_of_a_campaign foreign key (campaign_id) references campaign (id),
  constraint campaign_reviewer_is_an_identity foreign key (reviewer_id) references identity (id)
);
comment on table campaign_reviewer is 'How far each reviewer is. Kept by trigger from campaign_item, so that nobody counts a million items to show a page.';
create index campaign_reviewer_by_identity on campaign_reviewer (reviewer_id) where items > 0;

create function count_campaign_items() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    insert into campaign_reviewer as r
    select campaign_id, reviewer_id, sum(n), coalesce(sum(n) filter (where state = 'open'), 0),
           coalesce(sum(n) filter (where state = 'decided'), 0), coalesce(sum(n) filter (where state = 'kept'), 0),
           coalesce(sum(n) filter (where state = 'revoking'), 0), coalesce(sum(n) filter (where state = 'revoked'), 0),
           coalesce(sum(n) filter (where state = 'unanswered'), 0)
      from (select campaign_id, reviewer_id, state, 1 as n from came union all select campaign_id, reviewer_id, state, -1 from went) x
     group by campaign_id, reviewer_id order by campaign_id, reviewer_id
        on conflict on constraint campaign_reviewer_pk do update set
           items = r.items + excluded.items, open = r.open + excluded.open, decided = r.decided + excluded.decided,
           kept = r.kept + excluded.kept, revoking = r.revoking + excluded.revoking, revoked = r.revoked + excluded.revoked,
           unanswered = r.unanswered + excluded.unanswered;
  else
    insert into campaign_reviewer as r
    select campaign_id, reviewer_id, count(*), count(*) filter (where state = 'open'), count(*) filter (where state = 'decided'),
           count(*) filter (where state = 'kept'), count(*) filter (where state = 'revoking'),
           count(*) filter (where state = 'revoked'), count(*) filter (where state = 'unanswered')
      from came group by campaign_id, reviewer_id order by campaign_id, reviewer_id
        on conflict on constraint campaign_reviewer_pk do update set
           items = r.items + excluded.items, open = r.open + excluded.open, decided = r.decided + excluded.decided,
           kept = r.kept + excluded.kept, revoking = r.revoking + excluded.revoking, revoked = r.revoked + excluded.revoked,
           unanswered = r.unanswered + excluded.unanswered;
  end if;
  return null;
end
$$;
comment on function count_campaign_items() is 'After each statement on campaign_item: keeps the counts of the reviewers it touched.';

insert into campaign_reviewer
select campaign_id, reviewer_id, count(*), count(*) filter (where state = 'open'), count(*) filter (where state = 'decided'),
       count(*) filter (where state = 'kept'), count(*) filter (where state = 'revoking'),
       count(*) filter (where state = 'revoked'), count(*) filter (where state = 'unanswered')
  from campaign_item group by campaign_id, reviewer_id;
create trigger count_on_insert after insert on campaign_item referencing new table as came
  for each statement execute function count_campaign_items();
create trigger count_on_update after update on campaign_item referencing old table as went new table as came
  for each statement execute function count_campaign_items();

create table campaign_peers (
  campaign_id uuid not null,
  department text not null,
  thing_id uuid not null,
  holding integer not null,
  people integer not null,
  constraint campaign_peers_pk primary key (campaign_id, department, thing_id),
  constraint campaign_peers_are_of_a_campaign foreign key (campaign_id) references campaign (id),
  constraint campaign_peers_are_at_least_five check (people >= 5 and holding >= 0)
);
comment on table campaign_peers is 'How many of a department hold a thing at the instant of the campaign, counted once; groups under five are not here.';
