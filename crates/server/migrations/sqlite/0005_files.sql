-- Files shared in rooms, and those still on their way. Their bytes lie elsewhere.
CREATE TABLE files (
    file_id        TEXT PRIMARY KEY NOT NULL,
    room_id        TEXT NOT NULL REFERENCES rooms (room_id),
    session_id     TEXT NOT NULL REFERENCES sessions (session_id),
    participant_id TEXT NOT NULL,
    -- As its owner's client calls it: an upload that is begun again goes on.
    key            TEXT NOT NULL,
    -- JSON: what was said of it when it was begun.
    wanted         TEXT NOT NULL,
    -- JSON: what it is, once it is there in full.
    info           TEXT,
    created_at     INTEGER NOT NULL,
    UNIQUE (room_id, participant_id, key)
) STRICT;

CREATE INDEX files_of_session ON files (session_id, created_at);
CREATE INDEX unfinished_files ON files (created_at) WHERE info IS NULL;
