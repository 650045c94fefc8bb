-- Private contents on private nodes (ADR 0161): what a node lists is looked up by the name that it has there.
create index contents_node_cid on contents (node_cid) where node_cid is not null;
