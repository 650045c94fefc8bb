-- What is done on nodes besides pinning: garbage, copies that are too many, nodes that are emptied (ADR 0135).
alter table nodes
  -- What an operator says of it: rack, owner, kind of disk.
  add column labels jsonb not null default '{}',
  -- Its garbage is collected, or about to be: nothing is pushed there before then. A lease of who collects.
  add column gc_until timestamptz,
  add column gc_at timestamptz,
  -- Not to be tried before: something was pinning there for too long, or it failed.
  add column gc_after timestamptz,
  -- Bytes of roots that were released there and not collected yet, and since when there are such.
  add column released_bytes bigint not null default 0,
  add column released_since timestamptz;

-- Who is pushing to a node now: its garbage waits for them. A lease of each process, by the clock of the database.
create table node_work (
  node_id uuid not null references nodes on delete cascade,
  process_id uuid not null,
  expires_at timestamptz not null,
  primary key (node_id, process_id)
);

-- Pins of one node that are to go while their content lives, or that no row owns (rule 9). A row goes with the pin.
create table node_tombstones (
  node_id uuid not null references nodes on delete cascade,
  cid text not null,
  -- Null: an orphan.
  content_id uuid,
  reason text not null check (reason in ('surplus', 'drained', 'orphan')),
  created_at timestamptz not null default now(),
  due_at timestamptz not null default now(),
  -- Of an orphan: how long our own clock, which does not jump, has seen it. Both have to say that it has waited.
  waited_ms bigint not null default 0,
  primary key (node_id, cid)
);
create index node_tombstones_due on node_tombstones (due_at);
create index node_tombstones_content on node_tombstones (content_id);

create index contents_surplus on contents (id) where state = 'held' and confirmed > copies_max;
