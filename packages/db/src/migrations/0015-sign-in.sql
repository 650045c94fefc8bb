-- A new key is published before it signs, so that whoever keeps a copy of the key set knows it by then.
alter table signing_keys add column signs_from timestamptz not null default now();
update signing_keys set signs_from = created_at;

-- When a request last came with this session; written once a minute, no more.
alter table sessions add column last_used_at timestamptz;
