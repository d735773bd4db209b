-- The authority's registry of enterprises where it is kept here (registry provider `local`), filled by import (J9, J18).

CREATE TABLE registry (
    uscc TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    registered_address TEXT,
    business_scope TEXT,
    legal_person_name TEXT,
    updated_at INTEGER NOT NULL                 -- when the row last changed by an import
) STRICT, WITHOUT ROWID;
