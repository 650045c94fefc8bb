-- What shared caches in front of the gateway have to let go (docs/adr/0160): by tags of answers, until each cache has done it twice.
create table cache_purges (
  cache text not null check (octet_length(cache) between 1 and 64),
  tag text not null check (octet_length(tag) between 1 and 512),
  -- Gateways have to have come so far in the policy log before it is asked for.
  after_xid xid8 not null,
  after_id bigint not null,
  -- The second time is for answers that were on their way to the cache at the first.
  round integer not null default 1 check (round in (1, 2)),
  -- Raised when it is wanted once more, so that what was under way then does not end it.
  version integer not null default 1,
  attempts integer not null default 0,
  problem text,
  due_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  primary key (cache, tag)
);
create index cache_purges_due on cache_purges (cache, due_at);
-- How far of the policy log purges were made, and for which caches.
create table cache_purge_cursor (
  singleton boolean primary key default true check (singleton),
  xid xid8 not null,
  id bigint not null,
  caches text[] not null,
  read_at timestamptz not null default now()
);
