-- Keys that organizations publish IPNS names by. The private key is sealed under the organization's own key.
create table ipns_keys (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  user_id uuid references users on delete set null,
  -- What people call it.
  label text not null check (char_length(label) between 1 and 100),
  -- The IPNS name: CIDv1 of the key, libp2p-key, base36.
  name text not null unique check (name ~ '^k[0-9a-z]{20,120}$'),
  private_sealed bytea not null,
  created_at timestamptz not null default now(),
  unique (organization_id, label)
);

alter table ipns_names
  -- Null: the key is kept elsewhere, and whoever has it brings newer records.
  add column key_id uuid references ipns_keys on delete cascade,
  -- When the network is told of the record again, and when it last was.
  add column republish_after timestamptz not null default now(),
  add column republished_at timestamptz,
  -- Of the record that is in force: for which number of days before its end somebody was warned last.
  add column warned_days integer check (warned_days in (30, 7, 1));
create index ipns_names_key on ipns_names (key_id);
create index ipns_names_republish on ipns_names (republish_after);
create index ipns_names_end on ipns_names (valid_until);

-- What a name has led to, one row for each record that was in force.
create table ipns_publications (
  id bigint generated always as identity primary key,
  name text not null references ipns_names on delete cascade,
  user_id uuid references users on delete set null,
  -- Signed here, or signed elsewhere and brought.
  way text not null check (way in ('key', 'record')),
  value text not null,
  -- An unsigned number of 64 bits.
  sequence text not null check (sequence ~ '^[0-9]{1,20}$'),
  valid_until timestamptz not null,
  -- Null where the record says none.
  ttl_seconds bigint,
  created_at timestamptz not null default now()
);
create index ipns_publications_name on ipns_publications (name, id desc);
create index ipns_publications_user on ipns_publications (user_id);
create index ipns_keys_user on ipns_keys (user_id);
