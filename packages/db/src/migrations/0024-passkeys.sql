-- Passkeys (WebAuthn): each is a key pair of somebody's device, which signs in without the password.
create table passkeys (
  id uuid primary key,
  user_id uuid not null references users on delete cascade,
  -- Drawn at random by the device.
  credential_id bytea not null unique,
  -- A COSE key (RFC 9052).
  public_key bytea not null,
  -- Signatures that the device has counted; 0 for those that do not count.
  counter bigint not null,
  -- Whether the device's maker keeps a copy elsewhere.
  backed_up boolean not null,
  name text not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz
);
create index passkeys_user on passkeys (user_id);

-- A challenge is sealed, not stored; one that was answered stands here until it would have expired, so that it is answered once.
create table answered_challenges (
  challenge_hash bytea primary key,
  expires_at timestamptz not null
);
create index answered_challenges_expiry on answered_challenges (expires_at);
