-- Lists of the Pinning Service API in milliseconds over a million pins (ADR 0129, 0130). Both extensions are trusted: no superuser.
create extension if not exists pg_trgm;
create extension if not exists btree_gin;

alter table pins
  -- Folded by us, as databases differ in how they fold. Names of earlier versions are folded when the platform starts.
  add column name_folded text,
  -- Of a private content: in no list of the Pinning Service API.
  add column is_private boolean not null default false;
update pins p set is_private = true from contents c where c.id = p.content_id and c.realm = 'private';

create index pins_psa on pins (organization_id, psa_status, created_at desc) where not is_private;
-- A name may be longer than a B-tree takes; queries compare the whole as well.
create index pins_name on pins (organization_id, left(name_folded, 200), created_at desc) where name_folded is not null;
create index pins_name_part on pins using gin (organization_id, name_folded gin_trgm_ops) where name_folded is not null;
create index pins_meta on pins using gin (organization_id, meta jsonb_path_ops) where meta <> '{}';
create index pins_unfolded on pins (id) where name is not null and name_folded is null and not is_private;
