-- module: requests, calendars, vendors, sod. Decision 0053. A cart asks to be eligible for something beside asking for it; hours of access say when somebody from outside may come in; owners of exceptions are warned before these end, once a day of the terms.

alter table request_order_item add column eligible boolean not null default false;
comment on column request_order_item.eligible is 'Being eligible for it is asked for, and not it.';
drop index request_order_item_is_in_it_once;
create unique index request_order_item_is_in_it_once on request_order_item (order_id, coalesce(entitlement_id, role_id), eligible);

create table access_hours (
  identity_id uuid not null,
  hours text[] not null,
  time_zone text,
  site text,
  changed_at timestamptz not null,
  changed_by text not null,
  constraint access_hours_pk primary key (identity_id),
  constraint access_hours_are_of_an_identity foreign key (identity_id) references identity (id),
  constraint access_hours_are_some check (cardinality(hours) between 1 and 50),
  constraint access_hours_go_by_one_clock check (num_nonnulls(time_zone, site) = 1)
);
comment on table access_hours is 'When in a week somebody may have sessions and activate access; who has no row may at any time.';
comment on column access_hours.site is 'The calendar whose time zone and days off count; null: time_zone alone.';

create table sod_warning_terms (
  one_row boolean not null default true,
  warn_days integer[] not null,
  constraint sod_warning_terms_pk primary key (one_row),
  constraint sod_warning_terms_are_one_row check (one_row),
  constraint sod_warning_terms_are_few_days check (cardinality(warn_days) <= 10)
);
comment on table sod_warning_terms is 'How many days before an exception ends its owners are warned; without a row the shipped days.';

create table sod_exception_warning (
  exception_id uuid not null,
  days_before integer not null,
  warned_at timestamptz not null,
  constraint sod_exception_warning_is_once primary key (exception_id, days_before),
  constraint sod_exception_warning_is_of_an_exception foreign key (exception_id) references sod_exception (id),
  constraint sod_exception_warning_comes_before check (days_before > 0)
);
comment on table sod_exception_warning is 'Days before the end of an exception that its owners were warned of, each once.';
