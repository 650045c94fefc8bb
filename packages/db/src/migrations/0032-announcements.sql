-- Findable: when the network was told last that a node has a content, and when that is due again (ADR 0142).
alter table replicas
  add column announced_at timestamptz,
  -- Not before this; null: never tried.
  add column announce_after timestamptz;
create index replicas_unannounced on replicas (node_id, announce_after nulls first) where status = 'pinned';

alter table nodes
  -- What the node says of its announcing; null where it says nothing.
  add column provide_queued bigint,
  add column provide_lag_seconds bigint;
