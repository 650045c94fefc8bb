-- How many copies there are to be, and where: what a pin asks for, and what holds where it does not say (ADR 0146).
alter table pins add column zones text[] not null default '{}';

alter table organizations
  -- Of its pins that do not say; null: the platform's.
  add column replication_min integer check (replication_min >= 1),
  add column replication_max integer check (replication_max >= replication_min),
  add column replication_zones text[],
  add constraint organizations_replication
    check (num_nulls(replication_min, replication_max, replication_zones) in (0, 3));

-- Of organizations that do not say; written at each start, from the settings.
create table replication_default (
  singleton boolean primary key default true check (singleton),
  copies_min integer not null default 1 check (copies_min >= 1),
  copies_max integer not null default 1 check (copies_max >= copies_min)
);
insert into replication_default default values;

create or replace view organization_limits as
  select o.id as organization_id, o.plan, coalesce(o.storage_limit, p.storage_bytes) as storage_bytes, p.files,
    p.max_file_bytes, p.bandwidth_bytes_per_month, p.requests_per_month, p.replication_max,
    coalesce(o.replication_min, d.copies_min) as default_min,
    coalesce(o.replication_max, d.copies_max) as default_max,
    coalesce(o.replication_zones, '{}') as default_zones
  from organizations o join plans p on p.name = o.plan cross join replication_default d;

-- Uploads raised what a content should have, and no pin said so: their copies stay.
update pins p set replication_max = greatest(c.copies_max, p.replication_min, p.replication_max)
from contents c
where c.id = p.content_id and c.state <> 'released' and p.replication_max < greatest(c.copies_max, p.replication_min);
update contents c set copies_min = x.copies_min, copies_max = x.copies_max
from (
  select content_id, max(replication_min) as copies_min, max(greatest(replication_max, replication_min)) as copies_max
  from pins group by content_id
) x
where c.id = x.content_id and c.state <> 'released' and (c.copies_min, c.copies_max) <> (x.copies_min, x.copies_max);

alter table contents
  -- Whether each zone that is wished for has a copy: not looked at again before this.
  add column zones_after timestamptz,
  -- Why it has fewer copies than wished for, as of the last look.
  add column shortage text;
create index contents_zoned on contents (zones_after nulls first) where state = 'held' and zones <> '{}';

alter table nodes
  -- By an operator, and not by the settings; then its credentials are here, sealed.
  add column is_added boolean not null default false,
  add column token_sealed bytea;
