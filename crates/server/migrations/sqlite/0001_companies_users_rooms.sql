-- Times are milliseconds since the Unix epoch. Names of people are nowhere: they live only as long as a room needs them.

CREATE TABLE companies (
    company_id   TEXT PRIMARY KEY NOT NULL,
    name         TEXT NOT NULL UNIQUE,
    -- Keyed hash; the key itself is not kept.
    api_key_hash BLOB NOT NULL UNIQUE,
    created_at   INTEGER NOT NULL
) STRICT;

CREATE TABLE users (
    company_id TEXT NOT NULL REFERENCES companies (company_id),
    user_id    TEXT NOT NULL,
    role       TEXT NOT NULL CHECK (role IN ('basic', 'plus')),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (company_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE rooms (
    room_id     TEXT PRIMARY KEY NOT NULL,
    company_id  TEXT NOT NULL REFERENCES companies (company_id),
    call_type   TEXT NOT NULL,
    recording   TEXT NOT NULL,
    duration_s  INTEGER,
    live        INTEGER NOT NULL,
    description TEXT,
    ends_at     INTEGER,
    status      TEXT NOT NULL CHECK (status IN ('active', 'disabled', 'used_up', 'deleted')),
    used_ms     INTEGER NOT NULL DEFAULT 0,
    created_at  INTEGER NOT NULL
) STRICT;

CREATE INDEX rooms_of_company ON rooms (company_id, created_at);

CREATE TABLE seats (
    room_id        TEXT NOT NULL REFERENCES rooms (room_id),
    position       INTEGER NOT NULL,
    participant_id TEXT NOT NULL,
    company_id     TEXT NOT NULL,
    user_id        TEXT NOT NULL,
    is_admin       INTEGER NOT NULL,
    -- JSON, in full.
    tools          TEXT NOT NULL,
    link_serial    INTEGER NOT NULL,
    PRIMARY KEY (room_id, participant_id),
    UNIQUE (room_id, position),
    UNIQUE (room_id, user_id),
    FOREIGN KEY (company_id, user_id) REFERENCES users (company_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE links (
    -- Keyed hash, for finding the seat of a code.
    code_hash      BLOB PRIMARY KEY NOT NULL,
    room_id        TEXT NOT NULL,
    participant_id TEXT NOT NULL,
    serial         INTEGER NOT NULL,
    -- Encrypted, for telling it again; gone when the link is revoked or the room deleted.
    code_sealed    BLOB,
    UNIQUE (room_id, participant_id, serial),
    FOREIGN KEY (room_id, participant_id) REFERENCES seats (room_id, participant_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    session_id TEXT PRIMARY KEY NOT NULL,
    room_id    TEXT NOT NULL REFERENCES rooms (room_id),
    started_at INTEGER NOT NULL,
    -- Last time the session was known to run; its end when the server was killed.
    seen_at    INTEGER NOT NULL,
    ended_at   INTEGER
) STRICT;

CREATE INDEX sessions_of_room ON sessions (room_id, started_at);
