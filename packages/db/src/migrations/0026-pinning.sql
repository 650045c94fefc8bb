-- Nodes: where they are, what they are for, and what was last heard of them (ADR 0125).
alter table nodes
  -- `staging`: its copies are kept only until others have confirmed; they count for nothing.
  add column role text not null default 'store' check (role in ('store', 'staging')),
  add column url text unique,
  add column zone text not null default '',
  add column intent text not null default 'active' check (intent in ('active', 'draining', 'removed')),
  add column state text not null default 'unknown' check (state in ('unknown', 'up', 'down', 'refused')),
  add column state_reason text,
  add column state_since timestamptz not null default now(),
  add column seen_at timestamptz,
  add column peer_id text,
  -- As it announces them, each with /p2p/.
  add column addresses text[] not null default '{}',
  add column version text,
  add column capacity_bytes bigint,
  add column used_bytes bigint;

alter table replicas drop constraint replicas_status_check;
alter table replicas
  add constraint replicas_status_check
    check (status in ('assigned', 'pinning', 'pinned', 'unreachable', 'lost', 'releasing', 'error')),
  -- The node had this CID pinned by somebody else before: it counts, and is never unpinned by us.
  add column is_foreign boolean not null default false,
  add column attempts integer not null default 0,
  add column next_try_at timestamptz;
create index replicas_node on replicas (node_id, content_id);
create index replicas_due on replicas (next_try_at) where status in ('assigned', 'pinning', 'lost', 'error', 'releasing');

alter table contents
  -- Replicas that are `pinned` on nodes of the role `store`; changed only in the transaction that changes a replica.
  add column confirmed integer not null default 0 check (confirmed >= 0),
  -- What nodes pin, where that is not `cid`: private contents.
  add column node_cid text,
  -- The largest wishes of its live pins; written with them.
  add column copies_min integer not null default 1,
  add column copies_max integer not null default 1,
  add column zones text[] not null default '{}',
  -- No node could take another copy: not asked again before this.
  add column place_after timestamptz;
update contents c set confirmed = x.n
from (select content_id, count(*) as n from replicas where status = 'pinned' group by content_id) x
where x.content_id = c.id;
create index contents_short on contents (place_after nulls first) where state = 'held' and confirmed < copies_max;

alter table pins
  -- Of a degraded pin: how many confirmed copies are left. Written with the status.
  add column copies_left integer not null default 0,
  -- The status as the Pinning Service API has it; `psaStatus` is the same rule.
  add column psa_status text not null generated always as (
    case when status <> 'degraded' then status when copies_left > 0 then 'pinned' else 'pinning' end
  ) stored;

-- The work of fetching one content, however many wait for it. The row is the job (ADR 0124).
create table fetches (
  content_id uuid primary key references contents on delete cascade,
  state text not null default 'queued' check (state in ('queued', 'running', 'waiting', 'failed')),
  phase text check (phase in ('searching', 'fetching', 'replicating')),
  attempts integer not null default 0,
  -- When it began to be wanted, or somebody asked for another try: retries are given up by this.
  begun_at timestamptz not null default now(),
  node_id uuid references nodes on delete set null,
  -- Who works on it; past the time anybody may take it over.
  leased_by uuid,
  leased_until timestamptz,
  blocks bigint not null default 0,
  bytes bigint not null default 0,
  progress_at timestamptz,
  -- Peers that were tried, the last 20, with what came of it. No addresses.
  providers jsonb not null default '[]',
  error text,
  error_code text
);
create index fetches_leases on fetches (leased_until) where state = 'running';

-- Whose turn: one row for each organization that waits for a content. `due_at` is infinite while it is fetched, and when it was given up.
create table fetch_queue (
  organization_id uuid not null references organizations on delete cascade,
  content_id uuid not null references fetches on delete cascade,
  due_at timestamptz not null default now(),
  primary key (organization_id, content_id)
);
create index fetch_queue_turn on fetch_queue (organization_id, due_at, content_id);
create index fetch_queue_content on fetch_queue (content_id);

insert into fetches (content_id) select id from contents where state = 'wanted';
insert into fetch_queue (organization_id, content_id)
select distinct p.organization_id, p.content_id from pins p join contents c on c.id = p.content_id where c.state = 'wanted';
