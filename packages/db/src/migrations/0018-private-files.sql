-- Private files. Their `contents.cid` is the list of ciphertexts in the store; CID, name and metadata of their rows are sealed
-- under the tenant's key (ADR 0113) and found by keyed hashes.
alter table organizations
  add column default_visibility text not null default 'public' check (default_visibility in ('public', 'private'));

alter table files
  add column cid_hash bytea,
  add column name_hash bytea,
  add constraint files_sealed check (visibility = 'public'
    or (cid_hash is not null and name_hash is not null and cid like 'sealed:%' and original_name like 'sealed:%'));
create index files_cid_hash on files (organization_id, cid_hash) where cid_hash is not null;
create index files_name_hash on files (organization_id, name_hash, id desc) where name_hash is not null;
