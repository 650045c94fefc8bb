-- What was taken down, closed or suspended is let go before what its owner has deleted, however much of that there is.
alter table cache_purges add column urgent boolean not null default false;
drop index cache_purges_due;
create index cache_purges_due on cache_purges (cache, urgent desc, due_at);
