-- Recordings that are one file for each participant and kind.
ALTER TABLE rooms ADD COLUMN recording_tracks INTEGER NOT NULL DEFAULT 0;
ALTER TABLE recordings ADD COLUMN tracks INTEGER NOT NULL DEFAULT 0;

CREATE TABLE recording_tracks (
    track_id       TEXT PRIMARY KEY NOT NULL,
    recording_id   TEXT NOT NULL REFERENCES recordings (recording_id) ON DELETE CASCADE,
    participant_id TEXT NOT NULL,
    -- As they were called when it began.
    display_name   TEXT NOT NULL,
    kind           TEXT NOT NULL CHECK (kind IN ('audio', 'video', 'screen')),
    codec          TEXT NOT NULL,
    begun_at       INTEGER NOT NULL,
    duration_ms    INTEGER NOT NULL,
    bytes          INTEGER NOT NULL
) STRICT;

CREATE INDEX tracks_of_recording ON recording_tracks (recording_id, begun_at);

-- One film each, made of them afterwards.
CREATE TABLE compositions (
    composition_id TEXT PRIMARY KEY NOT NULL,
    room_id        TEXT NOT NULL REFERENCES rooms (room_id),
    session_id     TEXT NOT NULL REFERENCES sessions (session_id),
    state          TEXT NOT NULL CHECK (state IN ('enqueued', 'processing', 'completed', 'failed')),
    format         TEXT NOT NULL,
    width          INTEGER NOT NULL,
    height         INTEGER NOT NULL,
    -- A layout, or regions, as JSON.
    arrangement    TEXT NOT NULL,
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    ended_at       INTEGER,
    duration_ms    INTEGER NOT NULL DEFAULT 0,
    bytes          INTEGER NOT NULL DEFAULT 0,
    -- Why there is none.
    reason         TEXT,
    -- It is deleted then; NULL is never.
    kept_until     INTEGER
) STRICT;

CREATE INDEX compositions_of_room ON compositions (room_id, created_at);
CREATE INDEX compositions_of_session ON compositions (session_id);
CREATE INDEX compositions_to_make ON compositions (created_at) WHERE state IN ('enqueued', 'processing');
CREATE INDEX compositions_due ON compositions (kept_until) WHERE kept_until IS NOT NULL;

-- A webhook may hear of one composition only.
ALTER TABLE webhooks ADD COLUMN composition_id TEXT REFERENCES compositions (composition_id) ON DELETE CASCADE;
DROP INDEX webhooks_of_room;
CREATE UNIQUE INDEX webhooks_of_room ON webhooks (room_id) WHERE room_id IS NOT NULL AND composition_id IS NULL;
CREATE INDEX webhooks_of_composition ON webhooks (composition_id) WHERE composition_id IS NOT NULL;

-- Links that fetch a track or a composition without a key, for a while.
CREATE TABLE media_links (
    code_hash      BLOB PRIMARY KEY NOT NULL,
    track_id       TEXT REFERENCES recording_tracks (track_id) ON DELETE CASCADE,
    composition_id TEXT REFERENCES compositions (composition_id) ON DELETE CASCADE,
    expires_at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX links_of_track ON media_links (track_id) WHERE track_id IS NOT NULL;
CREATE INDEX links_of_composition ON media_links (composition_id) WHERE composition_id IS NOT NULL;
