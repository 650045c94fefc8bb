-- Sign-ins that are at the OpenID provider. Each belongs to one browser, by its cookie, is used once, and goes after ten minutes.
create table oidc_logins (
  id uuid primary key,
  state_hash bytea not null unique,
  browser_hash bytea not null,
  -- Nonce and code verifier, under the master key.
  sealed bytea not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index oidc_logins_expiry on oidc_logins (expires_at);
