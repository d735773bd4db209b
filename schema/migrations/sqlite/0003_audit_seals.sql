-- What the last row of a chain is, under the service's key: whoever deletes rows at a chain's end can't set its head back.

ALTER TABLE audit_heads ADD COLUMN seal BLOB NOT NULL DEFAULT x'';
