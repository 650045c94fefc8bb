-- Groups of an organization's pins and files, and the policy of copies of each (ADR 0165).
create table groups (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  -- In the normal form C.
  name text not null check (char_length(name) between 1 and 100),
  -- Of its pins that do not say; null: the organization's.
  replication_min integer check (replication_min >= 1),
  replication_max integer check (replication_max >= replication_min),
  replication_zones text[],
  -- Pins after this one may not have what holds in the group now; null: all have it.
  settle_after uuid,
  -- There is no such group any more: its pins and files are let loose, and then the row goes.
  deleted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint groups_replication check (num_nulls(replication_min, replication_max, replication_zones) in (0, 3)),
  constraint groups_deleted check (deleted_at is null or settle_after is not null)
);
create unique index groups_name on groups (organization_id, name) where deleted_at is null;
create index groups_of_organization on groups (organization_id, id desc);
create index groups_to_settle on groups (id) where settle_after is not null;

alter table pins
  add column group_id uuid,
  -- What the pin itself asks for; null: nothing. `replication_min`, `replication_max` and `zones` are what follows from it.
  add column replication_wish jsonb;
-- As its pin's: a list of files in their own order needs it here.
alter table files add column group_id uuid;
-- Of what is not whole yet: the group may go before.
alter table upload_folders add column group_id uuid;
-- No row has a group yet, so nothing has to be looked through while others wait.
alter table pins add constraint pins_group foreign key (group_id) references groups not valid;
alter table files add constraint files_group foreign key (group_id) references groups not valid;
create index pins_group on pins (group_id, id desc) where group_id is not null;
create index files_group on files (group_id, id desc) where group_id is not null;
