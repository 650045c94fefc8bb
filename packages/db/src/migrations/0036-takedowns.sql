-- What an operator has taken down, whoever holds it: a case number, a reason, and the answer that gateways give. Lifted ones stay, for
-- somebody may have to answer for them.
create table takedowns (
  id uuid primary key,
  -- As it was given.
  cid text not null check (octet_length(cid) between 1 and 300),
  -- Multihash in base58btc: every encoding and codec of the CID has it.
  multihash text not null check (octet_length(multihash) between 1 and 300),
  status integer not null check (status in (410, 451)),
  case_number text not null,
  reason text not null,
  created_by uuid references users on delete set null,
  created_at timestamptz not null default now(),
  lifted_by uuid references users on delete set null,
  lifted_at timestamptz
);
create unique index takedowns_in_force on takedowns (multihash) where lifted_at is null;
create index takedowns_created_by on takedowns (created_by);
create index takedowns_lifted_by on takedowns (lifted_by);
