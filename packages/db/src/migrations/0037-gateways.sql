-- Gateways of organizations: each has a name below the gateway's host, says who may read through it, and how much.
create table gateways (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  -- A label of a host name: of all organizations together.
  name text not null unique check (name ~ '^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$'),
  mode text not null default 'pinned' check (mode in ('pinned')),
  -- Whether one of its tokens must be shown.
  token_required boolean not null,
  -- Addresses and CIDR blocks, hosts that it is asked by, and hosts of pages that link to it; empty: any.
  allowed_addresses text[] not null default '{}',
  allowed_hosts text[] not null default '{}',
  allowed_referrers text[] not null default '{}',
  -- Null: any number.
  requests_per_minute bigint check (requests_per_minute > 0),
  bytes_per_minute bigint check (bytes_per_minute > 0),
  -- Content paths of what is shown at its root, and where there is nothing.
  index_path text,
  not_found_path text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index gateways_organization on gateways (organization_id);

-- What opens a gateway. The token itself is shown once and kept nowhere.
create table gateway_tokens (
  id uuid primary key,
  gateway_id uuid not null references gateways on delete cascade,
  name text not null,
  token_hash bytea not null unique,
  created_at timestamptz not null default now()
);
create index gateway_tokens_gateway on gateway_tokens (gateway_id);
