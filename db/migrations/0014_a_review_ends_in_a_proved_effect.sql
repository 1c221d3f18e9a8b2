-- module: certifications. Campaigns freeze what is to be reviewed with its evidence; an item closes when its effect is proved.

create table campaign (
  id uuid not null,
  name text not null,
  kind text not null,
  scope jsonb not null,
  reviewer_rule text not null,
  state text not null default 'draft',
  due_at timestamptz not null,
  created_by uuid not null,
  launched_at timestamptz,
  closed_at timestamptz,
  constraint campaign_pk primary key (id),
  constraint campaign_is_made_by_an_identity foreign key (created_by) references identity (id),
  constraint campaign_kind_is_known check (kind in ('manager', 'owner', 'system', 'privileged')),
  constraint campaign_reviewer_rule_is_known check (reviewer_rule in ('manager', 'owner', 'named')),
  constraint campaign_state_is_known check (state in ('draft', 'open', 'closed')),
  constraint campaign_scope_is_an_object check (jsonb_typeof(scope) = 'object'),
  constraint launched_campaign_says_when check ((state = 'draft') = (launched_at is null)),
  constraint closed_campaign_says_when check ((state = 'closed') = (closed_at is not null))
);
comment on table campaign is 'A certification campaign. What is in scope is frozen as items when it is launched.';

create table campaign_item (
  id uuid not null,
  campaign_id uuid not null,
  grant_id uuid not null,
  identity_id uuid not null,
  reviewer_id uuid not null,
  what text not null,
  evidence jsonb not null,
  state text not null default 'open',
  decision text,
  comment text,
  decided_by uuid,
  decided_at timestamptz,
  signed_at timestamptz,
  sessions_ended_ms integer,
  effect_ms integer,
  proven boolean,
  closed_at timestamptz,
  constraint campaign_item_pk primary key (id),
  constraint campaign_item_is_in_a_campaign foreign key (campaign_id) references campaign (id),
  constraint campaign_item_is_about_a_grant foreign key (grant_id) references access_grant (id),
  constraint campaign_item_is_about_an_identity foreign key (identity_id) references identity (id),
  constraint campaign_item_has_a_reviewer foreign key (reviewer_id) references identity (id),
  constraint campaign_item_is_there_once unique (campaign_id, grant_id),
  constraint nobody_reviews_their_own_access check (reviewer_id <> identity_id),
  constraint campaign_item_state_is_known check (state in ('open', 'decided', 'kept', 'revoking', 'revoked', 'unanswered')),
  constraint campaign_item_decision_is_known check (decision in ('keep', 'revoke')),
  constraint decided_item_says_what_who_and_when check (state in ('open', 'unanswered') or (decision is not null and decided_by is not null and decided_at is not null)),
  constraint revoked_item_is_proved_or_said_not_to_be check (state <> 'revoked' or (proven is not null and effect_ms is not null)),
  constraint nobody_decides_their_own_access check (decided_by <> identity_id)
);
comment on column campaign_item.evidence is 'Frozen at launch: origin, last use, sessions, peers, conflicts. A later look shows what has changed since.';
comment on column campaign_item.effect_ms is 'Milliseconds from the signed decision to the proof on the target.';
create index campaign_item_by_reviewer on campaign_item (reviewer_id, campaign_id) where state in ('open', 'decided');
create index campaign_item_by_campaign on campaign_item (campaign_id, state);
create index campaign_item_by_grant on campaign_item (grant_id) where state = 'revoking';
