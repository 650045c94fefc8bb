-- Programs that wait for a person to let them in (RFC 8628). Neither code is kept: of the long one a hash, of the short one, which could
-- be guessed from a hash, an HMAC under a key from the master key.
create table device_logins (
  id uuid primary key,
  device_code_hash bytea not null unique,
  user_code_hash bytea not null unique,
  -- What the program says of itself, and where it asked from.
  client_name text not null,
  ip_address text not null,
  user_agent text,
  state text not null default 'pending' check (state in ('pending', 'approved', 'denied')),
  -- Who decided, and by which session: an approval ends with it, and with everything that ends it.
  user_id uuid references users on delete cascade,
  session_id uuid references sessions on delete cascade,
  interval_seconds integer not null,
  last_polled_at timestamptz,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  check ((state = 'pending') = (user_id is null) and (state = 'pending') = (session_id is null))
);
create index device_logins_user on device_logins (user_id);
create index device_logins_session on device_logins (session_id);
create index device_logins_expiry on device_logins (expires_at);
