-- Links that are sent by mail: each proves that its holder reads the address. Only a hash of the token is kept.
create table email_tokens (
  id uuid primary key,
  purpose text not null check (purpose in ('register', 'verify-email', 'change-email', 'reset-password')),
  -- Null for a registration, and for a request about an address without an account: such a token does nothing.
  user_id uuid references users on delete cascade,
  email text not null,
  token_hash bytea not null unique,
  -- What the applicant said of themselves; null except for a registration.
  name text,
  organization_name text,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index email_tokens_user on email_tokens (user_id);
create index email_tokens_email on email_tokens (email);
create index email_tokens_expiry on email_tokens (expires_at);

-- How often something was asked for within a window of time; `key` is an HMAC, so that the table names nobody.
create table request_counts (
  what text not null,
  key bytea not null,
  window_start timestamptz not null,
  count integer not null,
  primary key (what, key, window_start)
);
create index request_counts_window on request_counts (window_start);

alter table invitations
  add column token_hash bytea unique,
  -- `mail`: only who reads the address has the token. `link`: the inviter was given it, to hand it on.
  add column delivery text not null default 'mail' check (delivery in ('mail', 'link'));
-- Nothing has written any before.
create index invitations_organization on invitations (organization_id, id desc);
create unique index invitations_pending on invitations (organization_id, lower(email)) where status = 'pending';
