-- A way to the OpenID provider may begin in a session: to link the account, or to confirm who is there. It belongs to that session and ends with it.
alter table oidc_logins
  add column purpose text not null default 'sign-in' check (purpose in ('sign-in', 'link', 'confirm')),
  add column session_id uuid references sessions on delete cascade,
  add constraint oidc_logins_session_check check ((purpose = 'sign-in') = (session_id is null));
create index oidc_logins_session on oidc_logins (session_id);
