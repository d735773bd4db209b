-- What the platform's staff decide (J18), the imports of the registry, and what was refused to a phone.

ALTER TABLE enterprises ADD COLUMN refused_at BIGINT;      -- when staff last refused a claim to it
ALTER TABLE enterprises ADD COLUMN refused_reason TEXT COLLATE "C";
CREATE INDEX enterprises_by_name ON enterprises (name, id);

CREATE TABLE registry_imports (
    id UUID NOT NULL PRIMARY KEY,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('running', 'done')),
    dry_run BOOLEAN NOT NULL,
    source TEXT COLLATE "C" NOT NULL CHECK (source IN ('platform', 'command_line')),
    account_id UUID,                          -- which of the staff; absent on the command line
    encoding TEXT COLLATE "C" NOT NULL CHECK (encoding IN ('utf-8', 'gb18030')),
    header TEXT COLLATE "C" NOT NULL,                    -- JSON: which column is what
    lines BIGINT NOT NULL,
    total BIGINT NOT NULL,
    added BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    unchanged BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    errors TEXT COLLATE "C" NOT NULL,                    -- JSON: the first rows that were refused, without what stood in them
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- When the audit last got a row of a code that was refused to this phone: one a window, not one a request.
ALTER TABLE sms_phones ADD COLUMN refused_at BIGINT;
