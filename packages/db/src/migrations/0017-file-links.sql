-- Who holds a link's token may read one file without an account. The token is kept as a hash over it and what it names, so that a row
-- which is made to point elsewhere opens nothing.
create table file_links (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  file_id uuid not null references files on delete cascade,
  user_id uuid references users on delete set null,
  name text not null,
  token_hash bytea not null,
  password_hash text,
  -- Null means any number.
  max_downloads bigint check (max_downloads > 0),
  downloads bigint not null default 0,
  last_used_at timestamptz,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  check (downloads <= max_downloads)
);
create index file_links_file on file_links (file_id, id desc);
create index file_links_ends on file_links (expires_at);

-- Who has taken a download may take the rest of the same bytes until then. `client` is a hash of link, content and address.
create table file_link_windows (
  link_id uuid not null references file_links on delete cascade,
  client bytea not null,
  open_until timestamptz not null,
  primary key (link_id, client)
);
create index file_link_windows_ends on file_link_windows (open_until);
