-- Pins that end by themselves, in the order in which they do.
create index pins_expiry on pins (expires_at) where expires_at is not null;
