-- Accounts: better-auth's tables under our names (snake_case columns, uuid ids made by us).
create table users (
  id uuid primary key,
  name text not null,
  email text not null,
  email_verified boolean not null default false,
  image text,
  platform_role text not null default 'user' check (platform_role in ('user', 'operator')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index users_email_key on users (lower(email));

create table sessions (
  id uuid primary key,
  user_id uuid not null references users on delete cascade,
  token text not null unique,
  expires_at timestamptz not null,
  ip_address text,
  user_agent text,
  active_organization_id uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index sessions_user on sessions (user_id);

create table accounts (
  id uuid primary key,
  user_id uuid not null references users on delete cascade,
  account_id text not null,
  provider_id text not null,
  password text,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (provider_id, account_id)
);
create index accounts_user on accounts (user_id);

create table verifications (
  id uuid primary key,
  identifier text not null,
  value text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index verifications_identifier on verifications (identifier);

create table organizations (
  id uuid primary key,
  name text not null,
  slug text not null unique,
  logo text,
  metadata text,
  plan text not null default 'default',
  -- Bytes of distinct roots; null means no limit.
  storage_limit bigint,
  created_at timestamptz not null default now()
);

create table members (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  user_id uuid not null references users on delete cascade,
  role text not null,
  created_at timestamptz not null default now(),
  unique (organization_id, user_id)
);
create index members_user on members (user_id, created_at);

create table invitations (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  email text not null,
  role text,
  status text not null default 'pending',
  expires_at timestamptz not null,
  inviter_id uuid not null references users on delete cascade,
  created_at timestamptz not null default now()
);

-- One row: the first administrator is made once, whoever races for it.
create table platform_setup (
  singleton boolean primary key default true check (singleton),
  token_hash bytea,
  token_expires_at timestamptz,
  completed_at timestamptz,
  administrator_id uuid references users
);
insert into platform_setup default values;

-- EdDSA keys of access tokens; the private half is sealed under the master key.
create table signing_keys (
  kid text primary key,
  public_jwk jsonb not null,
  private_sealed bytea not null,
  created_at timestamptz not null default now(),
  retired_at timestamptz
);

-- A refresh family hangs on its session; using a token twice kills the session.
create table refresh_tokens (
  id uuid primary key,
  session_id uuid not null references sessions on delete cascade,
  token_hash bytea not null unique,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);
create index refresh_tokens_session on refresh_tokens (session_id);

create table api_keys (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  user_id uuid not null references users on delete cascade,
  name text not null,
  -- The public start of the key, for lists; the key itself is never stored.
  prefix text not null,
  hash bytea not null unique,
  scopes text[] not null,
  uses bigint not null default 0,
  expires_at timestamptz,
  last_used_at timestamptz,
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);
create index api_keys_organization on api_keys (organization_id, id desc);

-- Content is shared, pins are not: one live row per realm and root.
create table contents (
  id uuid primary key,
  realm text not null,
  -- Canonical: v1, base32.
  cid text not null,
  -- Bytes of all blocks of the DAG and their number; null while nothing is held.
  dag_size bigint,
  blocks bigint,
  state text not null check (state in ('wanted', 'held', 'released')),
  created_at timestamptz not null default now(),
  released_at timestamptz
);
create unique index contents_live on contents (realm, cid) where state <> 'released';
create index contents_wanted on contents (id) where state = 'wanted';

create table pins (
  -- The requestid, UUIDv7.
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  user_id uuid references users on delete set null,
  content_id uuid not null references contents,
  -- As given by the caller (v0 or v1); contents.cid is the canonical one.
  cid text not null,
  name text,
  meta jsonb not null default '{}',
  origins text[] not null default '{}',
  status text not null check (status in ('queued', 'pinning', 'pinned', 'degraded', 'failed')),
  info jsonb not null default '{}',
  replication_min integer not null default 1,
  replication_max integer not null default 1,
  -- Unique and strictly rising within an organization (Pinning Service API pages by it).
  created_at timestamptz not null,
  pinned_at timestamptz,
  expires_at timestamptz,
  unique (organization_id, created_at)
);
create index pins_content on pins (content_id, organization_id);
create index pins_organization_status on pins (organization_id, status, created_at desc);
create index pins_organization_id on pins (organization_id, id desc);

create table files (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  user_id uuid references users on delete set null,
  pin_id uuid not null references pins on delete cascade,
  content_id uuid not null references contents,
  cid text not null,
  original_name text not null,
  content_type text not null,
  size bigint not null,
  metadata jsonb not null default '{}',
  visibility text not null default 'public' check (visibility in ('public', 'private')),
  created_at timestamptz not null
);
create index files_organization on files (organization_id, id desc);
create index files_content on files (content_id);
-- By exact name in the order of a list, and by prefix.
create index files_organization_name on files (organization_id, original_name text_pattern_ops, id desc);
create index files_pin on files (pin_id);
create index files_name on files (content_id, original_name) where visibility = 'public';

create table nodes (
  id uuid primary key,
  name text not null unique,
  kind text not null check (kind in ('embedded', 'kubo', 'cluster')),
  network text not null default 'public' check (network in ('public', 'private')),
  created_at timestamptz not null default now()
);

create table replicas (
  content_id uuid not null references contents on delete cascade,
  node_id uuid not null references nodes,
  status text not null check (status in ('pinning', 'pinned', 'releasing', 'error')),
  pinned_at timestamptz,
  last_checked timestamptz,
  error text,
  primary key (content_id, node_id)
);

-- Bytes are given back only because a row here names them.
create table tombstones (
  content_id uuid primary key,
  realm text not null,
  cid text not null,
  reason text not null check (reason in ('unpinned', 'duplicate', 'orphan')),
  created_at timestamptz not null default now(),
  released_at timestamptz
);
create index tombstones_open on tombstones (created_at) where released_at is null;

-- Roots that a store holds and no row owns wait here before they get a tombstone.
create table quarantine (
  content_id uuid primary key,
  store_id uuid not null,
  realm text not null,
  cid text not null,
  bytes bigint not null,
  found_at timestamptz not null default now()
);

create table store_instances (
  id uuid primary key,
  epoch bigint not null,
  node_id uuid not null references nodes,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

-- Logs: cursors are (xid, id), readers stay below the oldest running transaction.
create table events (
  id bigint generated always as identity primary key,
  xid xid8 not null default pg_current_xact_id(),
  kind text not null,
  organization_id uuid,
  actor_id uuid,
  subject text not null,
  payload jsonb not null,
  created_at timestamptz not null default clock_timestamp()
);
create index events_cursor on events (xid, id);

create table policy_log (
  id bigint generated always as identity primary key,
  xid xid8 not null default pg_current_xact_id(),
  kind text not null,
  payload jsonb not null,
  created_at timestamptz not null default clock_timestamp()
);
create index policy_log_cursor on policy_log (xid, id);

-- How far each running gateway has come in the policy log; rewritten often, worthless after a crash.
create unlogged table gateway_sessions (
  id uuid primary key,
  acked_xid xid8 not null,
  acked_id bigint not null,
  seen_at timestamptz not null default clock_timestamp()
);

create table idempotency_keys (
  -- Organization, or hash of the credential on routes without one.
  scope text not null,
  route text not null,
  key text not null,
  fingerprint bytea not null,
  status integer not null,
  -- Null on routes that answer secrets.
  body jsonb,
  subject text,
  created_at timestamptz not null default now(),
  primary key (scope, route, key)
);
create index idempotency_keys_age on idempotency_keys (created_at);

-- One row per organization: its lock orders pins and its sums carry the storage limit.
create table usage (
  organization_id uuid primary key references organizations on delete cascade,
  stored_bytes bigint not null default 0 check (stored_bytes >= 0),
  roots bigint not null default 0 check (roots >= 0),
  last_pin_at timestamptz not null default '-infinity'
);

create view pin_nodes as
  select p.id as pin_id, p.organization_id, r.node_id, n.name as node_name, r.status, r.pinned_at, r.last_checked, r.error
  from pins p
  join replicas r on r.content_id = p.content_id
  join nodes n on n.id = r.node_id;

-- The columns that the product was specified with.
create schema product;
create view product.users as
  select u.id, u.email, a.password as password_hash, k.prefix as api_key, o.plan, o.storage_limit
  from users u
  left join accounts a on a.user_id = u.id and a.provider_id = 'credential'
  left join lateral (select prefix from api_keys where user_id = u.id and revoked_at is null order by id desc limit 1) k on true
  left join lateral (
    select o.plan, o.storage_limit from members m join organizations o on o.id = m.organization_id
    where m.user_id = u.id order by m.created_at limit 1
  ) o on true;
create view product.files as
  select id, user_id, cid as ipfs_hash, original_name, content_type, size, metadata from files;
create view product.pins as
  select p.id, f.id as file_id, p.user_id, p.cid as ipfs_hash, p.status, p.pinned_at as pin_date, p.replication_min as replication_factor
  from pins p left join files f on f.pin_id = p.id;
create view product.pin_nodes as
  select p.id::text || ':' || r.node_id::text as id, p.id as pin_id, r.node_id, r.status, r.pinned_at, r.last_checked
  from pins p join replicas r on r.content_id = p.content_id;
