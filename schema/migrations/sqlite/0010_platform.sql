-- What the platform's staff decide (J18), the imports of the registry, and what was refused to a phone.

ALTER TABLE enterprises ADD COLUMN refused_at INTEGER;      -- when staff last refused a claim to it
ALTER TABLE enterprises ADD COLUMN refused_reason TEXT;
CREATE INDEX enterprises_by_name ON enterprises (name, id);

CREATE TABLE registry_imports (
    id TEXT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('running', 'done')),
    dry_run INTEGER NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('platform', 'command_line')),
    account_id TEXT,                          -- which of the staff; absent on the command line
    encoding TEXT NOT NULL CHECK (encoding IN ('utf-8', 'gb18030')),
    header TEXT NOT NULL,                    -- JSON: which column is what
    lines INTEGER NOT NULL,
    total INTEGER NOT NULL,
    added INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    errors TEXT NOT NULL,                    -- JSON: the first rows that were refused, without what stood in them
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- When the audit last got a row of a code that was refused to this phone: one a window, not one a request.
ALTER TABLE sms_phones ADD COLUMN refused_at INTEGER;
