-- The own store as a cache of the nodes: content that it has let go, and that is read from them (ADR 0148).
alter table contents add column let_go_at timestamptz;
create index contents_let_go on contents (id) where let_go_at is not null;
