-- A file row names a file, a folder, or the root of an imported DAG that is neither.
alter table files add column kind text not null default 'file' check (kind in ('file', 'directory', 'dag'));

-- Resumable uploads (tus). The bytes lie in the owner's staging folder; how many are durable is known there alone.
create table uploads (
  id uuid primary key,
  -- The store (`store_instances`) whose process took it: only that one can go on with it.
  store_id uuid not null,
  organization_id uuid not null references organizations on delete cascade,
  user_id uuid references users on delete set null,
  -- One file of a folder manifest; null for an upload that stands for itself.
  folder_id uuid,
  path text,
  -- Null while it is deferred.
  length bigint check (length >= 0),
  -- Of tus concatenation: `partial` is a piece, `final` is made of pieces, `whole` is neither.
  part_kind text not null default 'whole' check (part_kind in ('whole', 'partial', 'final')),
  -- Of a `final` one: the ids of its pieces, in order.
  parts text[],
  -- Upload-Metadata as sent, what it said, and what the import is told.
  metadata jsonb not null default '{}',
  state text not null default 'open' check (state in ('open', 'received', 'finished', 'failed')),
  -- Set when it is finished.
  file_id uuid,
  cid text,
  -- Why it failed: a code of the error catalogue and a sentence.
  failure jsonb,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index uploads_organization on uploads (organization_id, id desc);
create index uploads_expiry on uploads (expires_at);
create index uploads_folder on uploads (folder_id) where folder_id is not null;

-- A folder that is uploaded file by file; its entries say what it will hold.
create table upload_folders (
  id uuid primary key,
  store_id uuid not null,
  organization_id uuid not null references organizations on delete cascade,
  user_id uuid references users on delete set null,
  name text not null,
  metadata jsonb not null default '{}',
  -- Import parameters, as given.
  parameters jsonb not null default '{}',
  wrap boolean not null default false,
  state text not null default 'open' check (state in ('open', 'finished')),
  file_id uuid,
  cid text,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index upload_folders_organization on upload_folders (organization_id, id desc);
create index upload_folders_expiry on upload_folders (expires_at);

create table upload_folder_entries (
  folder_id uuid not null references upload_folders on delete cascade,
  -- In the order of its bytes, which is the order of pages.
  path text collate "C" not null,
  kind text not null check (kind in ('file', 'directory')),
  size bigint check (size >= 0),
  -- The upload that brings its bytes: they are whole once it is `received`. Null before it, and for a file of no bytes.
  upload_id uuid references uploads on delete set null,
  primary key (folder_id, path)
);
create index upload_folder_entries_upload on upload_folder_entries (upload_id) where upload_id is not null;
alter table uploads add foreign key (folder_id) references upload_folders on delete cascade;

-- CARs that lack blocks and are kept all the same: their blocks are in the realm `incomplete`, under a list of them.
create table incomplete_imports (
  -- The content id of the list.
  id uuid primary key references contents,
  organization_id uuid not null references organizations on delete cascade,
  user_id uuid references users on delete set null,
  name text not null,
  roots text[] not null,
  missing_count bigint not null,
  -- The first of them.
  missing text[] not null,
  created_at timestamptz not null default now()
);
create index incomplete_imports_organization on incomplete_imports (organization_id, id desc);

-- Blocks whose bytes were found not to match their CID, or gone, by a read or by the scrub.
create table damaged_blocks (
  store_id uuid not null,
  realm text not null,
  -- Canonical: v1, base32.
  cid text not null,
  reason text not null check (reason in ('hash_mismatch', 'unreadable')),
  found_at timestamptz not null default now(),
  tries integer not null default 0,
  last_error text,
  next_try_at timestamptz not null default now(),
  healed_at timestamptz,
  healed_from text,
  primary key (store_id, realm, cid)
);
create index damaged_blocks_open on damaged_blocks (store_id, next_try_at) where healed_at is null;
