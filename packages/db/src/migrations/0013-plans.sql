-- What an organization may use; null means no limit. Bytes are those of distinct roots, as in `usage`.
create table plans (
  name text primary key check (name ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
  storage_bytes bigint check (storage_bytes >= 0),
  files bigint check (files >= 0),
  max_file_bytes bigint check (max_file_bytes >= 0),
  bandwidth_bytes_per_month bigint check (bandwidth_bytes_per_month >= 0),
  requests_per_month bigint check (requests_per_month >= 0),
  replication_max integer check (replication_max >= 1),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
insert into plans (name) values ('unlimited');
-- For tenants that sign up by themselves: 1 GiB, 10 GiB of traffic.
insert into plans (name, storage_bytes, files, max_file_bytes, bandwidth_bytes_per_month, requests_per_month)
values ('trial', 1073741824, 10000, 268435456, 10737418240, 1000000);

update organizations set plan = 'unlimited' where plan = 'default';
-- Whatever else an operator has written there was no plan with limits.
insert into plans (name) select distinct plan from organizations where plan ~ '^[a-z0-9][a-z0-9-]{0,39}$' on conflict do nothing;
update organizations set plan = 'unlimited' where plan not in (select name from plans);
alter table organizations alter column plan set default 'unlimited';
alter table organizations add foreign key (plan) references plans;
create index organizations_plan on organizations (plan);

-- Counted like bytes: one row, one update for each batch.
alter table usage add column files bigint not null default 0 check (files >= 0);
insert into usage (organization_id) select distinct organization_id from files on conflict do nothing;
update usage u set files = x.files
from (select organization_id, count(*) as files from files group by organization_id) x
where x.organization_id = u.organization_id;

-- What was counted in memory, added up every few seconds.
create table usage_months (
  organization_id uuid not null references organizations on delete cascade,
  -- Its first day, UTC.
  month date not null,
  requests bigint not null default 0,
  bandwidth_bytes bigint not null default 0,
  primary key (organization_id, month)
);

-- The plan's limits, and the organization's own in place of them.
create view organization_limits as
  select o.id as organization_id, o.plan, coalesce(o.storage_limit, p.storage_bytes) as storage_bytes, p.files,
    p.max_file_bytes, p.bandwidth_bytes_per_month, p.requests_per_month, p.replication_max
  from organizations o join plans p on p.name = o.plan;
