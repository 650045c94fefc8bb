-- Lists of pins of one status are in the order of their ids, as other lists of ours; by when they were created nobody asks for them.
create index pins_of_status on pins (organization_id, status, id desc);
drop index pins_organization_status;
