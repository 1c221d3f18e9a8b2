-- module: requests. Decision 0036. A cart is kept on the server until it is sent; what is sent is one request for each person, bound by their order.

create table request_order (
  id uuid not null,
  number bigint not null generated always as identity,
  requester_id uuid not null,
  state text not null default 'draft',
  reason text,
  ticket text,
  starts_at timestamptz,
  made_at timestamptz not null,
  changed_at timestamptz not null,
  sent_at timestamptz,
  exceptions_asked_at timestamptz,
  constraint request_order_pk primary key (id),
  constraint request_order_number_is_one_orders unique (number),
  constraint request_order_is_an_identitys foreign key (requester_id) references identity (id),
  constraint request_order_state_is_known check (state in ('draft', 'sent', 'discarded')),
  constraint sent_request_order_says_since_when check (state <> 'sent' or sent_at is not null),
  constraint request_order_reason_says_something check (btrim(reason) <> '')
);
comment on table request_order is 'A cart, and what was sent of it. draft: something is still in the cart, also after some of it was sent. sent: nothing is left in it.';
comment on column request_order.exceptions_asked_at is 'When exceptions from rules of duties were last asked for: not again within the hour.';
create index request_order_by_requester on request_order (requester_id, id);

create table request_order_person (
  order_id uuid not null,
  identity_id uuid not null,
  n integer not null generated always as identity,
  constraint request_order_person_pk primary key (order_id, identity_id),
  constraint request_order_person_is_of_an_order foreign key (order_id) references request_order (id),
  constraint request_order_person_is_an_identity foreign key (identity_id) references identity (id)
);
comment on table request_order_person is 'Whom a cart is for, in the order they were added.';

create table request_order_item (
  id uuid not null,
  order_id uuid not null,
  entitlement_id uuid,
  role_id uuid,
  seconds integer,
  until timestamptz,
  n integer not null generated always as identity,
  constraint request_order_item_pk primary key (id),
  constraint request_order_item_is_of_an_order foreign key (order_id) references request_order (id),
  constraint request_order_item_is_an_entitlement foreign key (entitlement_id) references entitlement (id),
  constraint request_order_item_is_a_role foreign key (role_id) references role (id),
  constraint request_order_item_is_one_entitlement_or_one_role check (num_nonnulls(entitlement_id, role_id) = 1),
  constraint request_order_item_ends_one_way check (num_nonnulls(seconds, until) <= 1),
  constraint request_order_item_lasts_some_time check (seconds > 0)
);
comment on table request_order_item is 'What a cart asks for, for each of its people.';
create unique index request_order_item_is_in_it_once on request_order_item (order_id, coalesce(entitlement_id, role_id));

alter table request
  add column order_id uuid,
  add column starts_at timestamptz,
  add constraint request_is_of_an_order foreign key (order_id) references request_order (id),
  add constraint request_starts_after_it_was_submitted check (starts_at > submitted_at);
comment on column request.order_id is 'The cart it was sent with; null: it was asked for by itself.';
comment on column request.starts_at is 'When what it gives begins, where that was to be later than its approval.';
create index request_by_order on request (order_id, id) where order_id is not null;

alter table request_line
  add column takes_grant_id uuid,
  add constraint request_line_takes_a_grant foreign key (takes_grant_id) references access_grant (id),
  add constraint request_line_gives_or_takes check (takes_grant_id is null or (extends_grant_id is null and seconds is null and until is null)),
  drop constraint request_line_state_is_known,
  add constraint request_line_state_is_known check (state in ('pending', 'scheduled', 'granted', 'removed', 'refused', 'not_granted', 'withdrawn')),
  add constraint request_line_removed_names_what_it_took check (state <> 'removed' or takes_grant_id is not null);
comment on column request_line.takes_grant_id is 'The grant that is to end; null: the line asks for access.';
comment on column request_line.state is 'scheduled: approved, and given when its time comes. removed: the grant it was about ended by it. refused: what was asked for was no longer to be had when it was to be given. not_granted: the request ended another way. withdrawn: whoever asked took this line back.';
drop index request_line_is_asked_once;
create unique index request_line_is_asked_once on request_line (beneficiary_id, coalesce(entitlement_id, role_id))
  where state in ('pending', 'scheduled') and takes_grant_id is null;
create unique index grant_is_asked_away_once on request_line (takes_grant_id) where state in ('pending', 'scheduled');
create index scheduled_request_line_of_its_request on request_line (request_id) where state = 'scheduled';
create index request_line_by_taken_grant on request_line (takes_grant_id) where takes_grant_id is not null;
