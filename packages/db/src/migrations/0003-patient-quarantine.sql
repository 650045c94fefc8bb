-- How long a root was seen to wait, which a jump of the clock does not lengthen; counted by the collector at each run.
alter table quarantine
  add column waited_ms bigint not null default 0,
  add column counted_at timestamptz not null default now();
