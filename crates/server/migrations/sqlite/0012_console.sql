-- Keys to the API beside the one that the server's settings give a company.
CREATE TABLE api_keys (
    key_id       TEXT PRIMARY KEY NOT NULL,
    company_id   TEXT NOT NULL REFERENCES companies (company_id),
    name         TEXT NOT NULL,
    key_hash     BLOB NOT NULL UNIQUE,
    created_at   INTEGER NOT NULL,
    -- To the hour.
    last_used_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX api_keys_of_company ON api_keys (company_id, created_at);

-- What came of the last call.
ALTER TABLE webhooks ADD COLUMN last_at INTEGER;
ALTER TABLE webhooks ADD COLUMN last_delivered INTEGER;
ALTER TABLE webhooks ADD COLUMN last_status INTEGER;

-- Rooms by whether somebody is in.
CREATE INDEX sessions_running ON sessions (room_id) WHERE ended_at IS NULL;
