-- Recordings of sessions. Their bytes lie elsewhere: in a folder while they are being written, then with the files.
CREATE TABLE recordings (
    recording_id TEXT PRIMARY KEY NOT NULL,
    room_id      TEXT NOT NULL REFERENCES rooms (room_id),
    session_id   TEXT NOT NULL REFERENCES sessions (session_id),
    state        TEXT NOT NULL CHECK (state IN ('recording', 'processing', 'available', 'failed')),
    layout       TEXT NOT NULL,
    started_at   INTEGER NOT NULL,
    -- When the recorder ended; NULL while it is at work.
    ended_at     INTEGER,
    duration_ms  INTEGER NOT NULL DEFAULT 0,
    bytes        INTEGER NOT NULL DEFAULT 0,
    -- Why it ended, where nobody wanted that.
    reason       TEXT,
    -- Size of the MP4 that was made of it.
    mp4_bytes    INTEGER,
    -- It is deleted then; NULL is never.
    kept_until   INTEGER
) STRICT;

CREATE INDEX recordings_of_room ON recordings (room_id, started_at);
CREATE INDEX recordings_of_session ON recordings (session_id);
CREATE INDEX unfinished_recordings ON recordings (started_at) WHERE state IN ('recording', 'processing');
CREATE INDEX recordings_due ON recordings (kept_until) WHERE kept_until IS NOT NULL;

-- The answers that held when it began, and those given while it ran.
CREATE TABLE recording_consents (
    consent_id     INTEGER PRIMARY KEY AUTOINCREMENT,
    recording_id   TEXT NOT NULL REFERENCES recordings (recording_id) ON DELETE CASCADE,
    participant_id TEXT NOT NULL,
    answer         INTEGER NOT NULL,
    text_version   TEXT NOT NULL,
    at             INTEGER NOT NULL
) STRICT;

CREATE INDEX consents_of_recording ON recording_consents (recording_id);

-- Links that fetch a recording without a key, for a while.
CREATE TABLE recording_links (
    code_hash    BLOB PRIMARY KEY NOT NULL,
    recording_id TEXT NOT NULL REFERENCES recordings (recording_id) ON DELETE CASCADE,
    format       TEXT NOT NULL,
    expires_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX links_of_recording ON recording_links (recording_id);

ALTER TABLE rooms ADD COLUMN recording_layout TEXT NOT NULL DEFAULT 'grid';
-- When the API said that whoever sits there has agreed elsewhere to being recorded.
ALTER TABLE seats ADD COLUMN recording_consent INTEGER;
ALTER TABLE companies ADD COLUMN recording_retention_days INTEGER;

CREATE INDEX sessions_by_start ON sessions (started_at);

-- What the server does by itself is audited too. SQLite changes constraints by making the table anew.
CREATE TABLE audit_anew (
    audit_id       INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id     TEXT NOT NULL REFERENCES companies (company_id),
    at             INTEGER NOT NULL,
    actor_kind     TEXT NOT NULL CHECK (actor_kind IN ('api_key', 'user', 'participant', 'server')),
    -- User id; NULL for the API key and the server.
    actor          TEXT,
    action         TEXT NOT NULL,
    room_id        TEXT,
    session_id     TEXT,
    participant_id TEXT,
    -- Whom or what else it was done to.
    subject        TEXT
) STRICT;
INSERT INTO audit_anew SELECT audit_id, company_id, at, actor_kind, actor, action, room_id, session_id, participant_id,
                              subject FROM audit;
DROP TABLE audit;
ALTER TABLE audit_anew RENAME TO audit;

CREATE INDEX audit_of_company ON audit (company_id, audit_id);
CREATE INDEX audit_of_room ON audit (company_id, room_id, audit_id) WHERE room_id IS NOT NULL;
