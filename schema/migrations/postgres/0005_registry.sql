-- The authority's registry of enterprises where it is kept here (registry provider `local`), filled by import (J9, J18).

CREATE TABLE registry (
    uscc TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    registered_address TEXT COLLATE "C",
    business_scope TEXT COLLATE "C",
    legal_person_name TEXT COLLATE "C",
    updated_at BIGINT NOT NULL                 -- when the row last changed by an import
);
