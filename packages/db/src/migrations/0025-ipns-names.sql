-- IPNS names that this platform answers for, and the record that is in force for each. A row registers the name: only then are newer
-- records taken from whoever brings them, for each is signed by the name's key.
create table ipns_names (
  -- CIDv1 of the key, libp2p-key, base36.
  name text primary key check (name ~ '^k[0-9a-z]{20,120}$'),
  record bytea not null check (octet_length(record) between 1 and 10240),
  -- The signed end of its life.
  valid_until timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
