-- What an organization has begun to wait for by many pins at once: one row for all of them, until it is nearly their turn (ADR 0166).
create table fetch_arrivals (
  organization_id uuid not null references organizations on delete cascade,
  id bigint generated always as identity,
  -- Of which some may be wanted by nobody any more.
  content_ids uuid[] not null,
  wanted_at timestamptz not null default now(),
  primary key (organization_id, id)
);
