-- module: browser-sessions. Decision 0070. Somebody's browser opens a database as it opens a host: Reeve comes to the gateway
-- for them, by a password made for the one connection, and the session is on record with where they are.
alter table gateway_password add column person_address text;
comment on column gateway_password.person_address is 'Where its holder is, for whom Reeve itself comes to the gateway; null: whoever shows it comes themselves.';

alter table session add column password_id uuid;
alter table session add constraint session_was_proved_by_a_password foreign key (password_id) references gateway_password (id);
alter table session add constraint session_was_proved_by_one_thing check (certificate_id is null or password_id is null);
comment on column session.password_id is 'The gateway password that proved its person at the gateway; null: something else did.';

alter table browser_session add column password_id uuid;
alter table browser_session add constraint browser_session_came_by_a_password foreign key (password_id) references gateway_password (id);
alter table browser_session add constraint browser_session_came_by_one_thing check (certificate_id is null or password_id is null);
