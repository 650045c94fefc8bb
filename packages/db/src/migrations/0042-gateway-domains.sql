-- Domains of gateways. Anybody may name any domain: it is served by who can write the row's proof into its DNS.
create table gateway_domains (
  id uuid primary key,
  gateway_id uuid not null references gateways on delete cascade,
  -- In ASCII and lower case, with no dot at its end.
  domain text not null check (
    length(domain) <= 243 and domain ~ '^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$'
  ),
  -- What its TXT record has to say: of this row alone, so that a record of before proves nothing for another row.
  proof text not null,
  -- Since when it is served; null: it is not.
  verified_at timestamptz,
  -- When the look began by which this row was last changed.
  looked_at timestamptz,
  -- The first look that did not find the proof, of those that have told since it was last found; and the first in a row that no server answered.
  missed_at timestamptz,
  failing_since timestamptz,
  problem text check (problem in ('no-record', 'other-record', 'look-up-failed', 'held')),
  -- When the next look is due; while it is not served, no look is after `watched_until`.
  due_at timestamptz not null default now(),
  watched_until timestamptz not null default now() + interval '1 day',
  created_at timestamptz not null default now(),
  unique (gateway_id, domain)
);
-- One gateway at a time serves a domain.
create unique index gateway_domains_served on gateway_domains (domain) where verified_at is not null;
create index gateway_domains_due on gateway_domains (due_at);
