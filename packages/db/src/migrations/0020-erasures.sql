-- Erasures of users and of organizations. Once done a row is the receipt, and names nobody any more.
create table erasures (
  id uuid primary key,
  kind text not null check (kind in ('user', 'organization')),
  requested_by text not null check (requested_by in ('self', 'owner', 'operator')),
  -- Of the token that the receipt is asked for with: the erased have no account.
  token_hash bytea not null unique,
  -- What is erased; all three are emptied at the end.
  user_id uuid,
  email text,
  organization_ids uuid[] not null default '{}',
  -- The step that comes next; each may be run again.
  step text not null default 'collect' check (step in ('collect', 'contents', 'rows', 'release', 'compact', 'forget', 'done')),
  -- How much went, by table or store.
  counts jsonb not null default '{}',
  requested_at timestamptz not null default now(),
  finished_at timestamptz
);
create index erasures_open on erasures (requested_at) where finished_at is null;

-- Contents that the erased had pinned: what the receipt waits for. Emptied at the end.
create table erasure_contents (
  erasure_id uuid not null references erasures on delete cascade,
  content_id uuid not null,
  primary key (erasure_id, content_id)
);
