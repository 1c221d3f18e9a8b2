-- module: discovery. Decision 0054. What readings tell and what looks find is one list, answered in one way.

alter table finding rename to earlier_finding;
alter table earlier_finding rename constraint finding_pk to earlier_finding_pk;
alter table earlier_finding rename constraint finding_is_told_once to earlier_finding_is_told_once;
alter table earlier_finding rename constraint finding_is_on_a_system to earlier_finding_is_on_a_system;
alter table earlier_finding rename constraint finding_is_about_an_account to earlier_finding_is_about_an_account;
alter table earlier_finding rename constraint finding_state_is_known to earlier_finding_state_is_known;
alter index finding_still_open rename to earlier_finding_still_open;

alter table privilege_finding rename to finding;
alter table finding rename constraint privilege_finding_pk to finding_pk;
alter table finding rename constraint privilege_finding_is_on_a_system to finding_is_on_a_system;
alter table finding rename constraint privilege_finding_is_about_an_account to finding_is_about_an_account;
alter table finding rename constraint privilege_finding_is_told_once to finding_is_told_once;
alter table finding rename constraint privilege_finding_severity_is_known to finding_severity_is_known;
alter table finding rename constraint privilege_finding_rests_on_something to finding_rests_on_something;
alter table finding rename constraint privilege_finding_state_is_known to finding_state_is_known;
alter table finding rename constraint privilege_finding_shows_its_evidence to finding_shows_its_evidence;
alter table finding rename constraint accepted_privilege_says_why_by_whom_and_until_when to accepted_finding_says_why_by_whom_and_until_when;
alter table finding rename constraint gone_privilege_says_when to gone_finding_says_when;
alter table finding rename constraint owned_privilege_says_why to owned_finding_says_why;
alter table finding rename constraint privilege_finding_owner_is_an_identity to finding_owner_is_an_identity;
alter table finding rename constraint privilege_finding_is_accepted_by_an_identity to finding_is_accepted_by_an_identity;
alter index privilege_finding_still_open rename to finding_still_open;
alter index privilege_finding_by_account rename to finding_by_account;

alter table finding add column source text not null default 'look';
update finding set source = 'keys' where from_keys;
alter table finding alter column source drop default;
alter table finding drop column from_keys;
alter table finding add constraint finding_source_is_known check (source in ('reading', 'look', 'keys'));
comment on table finding is 'What somebody should answer: account, reason, evidence, severity. Told once, by a reading, a look or what follows from keys. gone: no longer seen. Never the value of a secret.';

insert into finding (id, system_id, account_name, account_id, kind, about, severity, power, rests_on, reason, evidence, by_hand, source, state,
    accepted_because, accepted_by, accepted_until, first_seen_at, last_seen_at, gone_at)
  select f.id, f.system_id, a.native_id, f.account_id, f.kind, case f.kind when 'orphan' then '' else f.reason end,
    case f.kind when 'orphan' then 'low' else 'high' end, f.kind = 'privileged', 'credential', f.reason, f.evidence,
    case f.kind when 'orphan' then 'say whose it is: reeve accounts link' end, 'reading', f.state,
    case f.state when 'accepted' then f.answer end, case f.state when 'accepted' then f.answered_by end,
    case f.state when 'accepted' then reeve_now() + interval '1 year' end,
    f.first_seen_at, f.last_seen_at, case f.state when 'gone' then f.last_seen_at end
  from earlier_finding f join account a on a.id = f.account_id
  order by f.state = 'gone', f.id
  on conflict on constraint finding_is_told_once do nothing;
drop table earlier_finding;
