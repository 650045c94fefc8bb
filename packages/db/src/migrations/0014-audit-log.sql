-- Who a row of the audit log is about: a pseudonym, and the key under which its addresses are sealed. Both go with the user,
-- so that nobody can tell any more whose the rows were, while the chain over them stays whole.
create table audit_actors (
  user_id uuid primary key references users on delete cascade,
  pseudonym uuid not null unique default gen_random_uuid(),
  client_key bytea not null default uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
);
insert into audit_actors (user_id) select id from users;
create function make_audit_actor() returns trigger language plpgsql as $$
begin
  insert into audit_actors (user_id) values (new.id);
  return null;
end $$;
create trigger users_audit_actor after insert on users for each row execute function make_audit_actor();

create table audit_log (
  id bigint generated always as identity primary key,
  xid xid8 not null default pg_current_xact_id(),
  created_at timestamptz not null default clock_timestamp(),
  -- `audit_actors.pseudonym`, without a foreign key: the row outlives it.
  actor uuid,
  credential text not null check (credential in ('session', 'api-key', 'none', 'command-line', 'platform')),
  organization_id uuid,
  action text not null,
  resource_kind text not null,
  resource_id text,
  result text not null check (result in ('allowed', 'refused')),
  code text,
  status integer,
  -- How many refusals of one kind from one place this row stands for.
  repeats integer not null default 1,
  request_id text,
  -- Address and user agent as JSON; sealed under the actor's key where there is an actor.
  client bytea,
  -- Given by the sealing job, once.
  seq bigint,
  hash bytea
);
create unique index audit_log_seq on audit_log (seq) where seq is not null;
create index audit_log_unsealed on audit_log (xid, id) where seq is null;
create index audit_log_organization on audit_log (organization_id, id desc);

-- Appended to, sealed once, and shortened by retention; nothing else.
create function guard_audit_log() returns trigger language plpgsql as $$
declare
  sealed audit_log%rowtype;
begin
  if tg_op = 'DELETE' and current_setting('holdfast.audit_retention', true) = 'on' then
    return old;
  end if;
  if tg_op = 'UPDATE' and old.seq is null and new.seq is not null and new.hash is not null then
    sealed := old;
    sealed.seq := new.seq;
    sealed.hash := new.hash;
    if sealed is not distinct from new then
      return new;
    end if;
  end if;
  raise exception 'the audit log is append-only' using errcode = 'insufficient_privilege';
end $$;
create trigger audit_log_append_only before update or delete on audit_log for each row execute function guard_audit_log();
create trigger audit_log_no_truncate before truncate on audit_log for each statement execute function guard_audit_log();

create function prune_audit_log(last_seq bigint) returns bigint language plpgsql as $$
declare
  pruned bigint;
begin
  perform set_config('holdfast.audit_retention', 'on', true);
  delete from audit_log where seq <= last_seq;
  get diagnostics pruned = row_count;
  perform set_config('holdfast.audit_retention', 'off', true);
  return pruned;
end $$;
