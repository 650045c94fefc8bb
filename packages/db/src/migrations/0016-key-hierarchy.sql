-- The key hierarchy (ADR 0110). A version of the master key, which itself is never here: what it wraps is the secret that the
-- platform derives its own keys from. While a rotation is under way there are two, and each wraps the same secret.
create table master_keys (
  version integer primary key check (version > 0),
  secret_wrapped bytea not null,
  created_at timestamptz not null default now()
);

-- One key for each tenant, wrapped by the master key of that version: while one is left the version cannot go.
create table tenant_keys (
  organization_id uuid primary key references organizations on delete cascade,
  wrapped bytea not null,
  master_version integer not null references master_keys,
  created_at timestamptz not null default now()
);
create index tenant_keys_master_version on tenant_keys (master_version);

-- One key for each private root, wrapped by its tenant's. No foreign key to contents: blocks are encrypted before those have a row.
-- Without its row here a root is unreadable for ever, which is what erasure is.
create table root_keys (
  content_id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  wrapped bytea not null,
  created_at timestamptz not null default now()
);
create index root_keys_organization on root_keys (organization_id);
