-- `member` was the one role below admin, and could do what a developer can.
update members set role = 'developer' where role = 'member';
update invitations set role = 'developer' where role = 'member';

-- What an operator allows a tenant; the reason is told to its members.
alter table organizations
  add column state text not null default 'active' check (state in ('active', 'read-only', 'suspended')),
  add column state_reason text;

alter table api_keys
  -- Addresses and CIDR blocks that the key works from; empty means from anywhere.
  add column allowed_addresses text[] not null default '{}',
  -- `uses` of such a key is exact: each use takes one by an UPDATE.
  add column max_uses bigint check (max_uses > 0),
  -- After a rotation the old secret works on until then.
  add column previous_hash bytea unique,
  add column previous_expires_at timestamptz,
  add column rotated_at timestamptz;
