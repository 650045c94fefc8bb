-- Folders that become private files; a single resumable upload has this in its metadata.
alter table upload_folders
  add column visibility text not null default 'public' check (visibility in ('public', 'private'));
