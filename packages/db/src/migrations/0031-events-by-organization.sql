-- Each organization reads its own events, from where it stopped (ADR 0137).
create index events_organization on events (organization_id, xid, id);
