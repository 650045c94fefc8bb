-- A platform moves from one backend to the other while it runs (ADR 0147).
alter table replicas
  -- When all of its blocks were read from the node and hashed; null while that never was, and since it was lost.
  add column verified_at timestamptz;

alter table contents
  -- On how many nodes it has to have been verified until it is moved; null while it is not being moved.
  add column moving_copies integer check (moving_copies >= 1);
create index contents_moving on contents (id) where moving_copies is not null;

alter table nodes
  -- It is emptied because the platform leaves it, and not by an operator's word: used again, it takes copies again.
  add column is_leaving boolean not null default false;
