-- module: risk. Decision 0046. What changes one person many times at once is one look at them, and many people one look at all.

create table risk_due (
  id bigint generated always as identity,
  identity_id uuid,
  account_id uuid,
  constraint risk_due_pk primary key (id),
  constraint risk_due_is_of_one_subject check (num_nonnulls(identity_id, account_id) = 1)
);
comment on table risk_due is 'Whose risk may be another since something changed: somebody''s, or that of an account and of who owns it. Named again for each change; gone when they were looked at.';
