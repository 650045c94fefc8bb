-- An authenticator app (TOTP, RFC 6238) for each user who wants one. Its row's lock orders all tries at its codes.
create table two_factors (
  user_id uuid primary key references users on delete cascade,
  secret_sealed bytea not null,
  -- The time step of the last code that was taken: it and those before are refused.
  last_step bigint not null default 0,
  -- Wrong codes one after the other, and until when no more are looked at.
  failures integer not null default 0,
  locked_until timestamptz,
  -- Null until a first code has shown that the app has the secret; sign-in does not ask for it before.
  confirmed_at timestamptz,
  created_at timestamptz not null default now()
);

-- Each works once, in place of a code of the app: its row goes with its use.
create table recovery_codes (
  user_id uuid not null references users on delete cascade,
  code_hash bytea not null,
  created_at timestamptz not null default now(),
  primary key (user_id, code_hash)
);

-- Somebody knew the password and has yet to show the second factor.
create table mfa_challenges (
  id uuid primary key,
  user_id uuid not null references users on delete cascade,
  token_hash bytea not null unique,
  attempts integer not null default 0,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index mfa_challenges_user on mfa_challenges (user_id);
create index mfa_challenges_expiry on mfa_challenges (expires_at);
