-- Recordings that are one file for each participant and kind.
ALTER TABLE rooms ADD COLUMN recording_tracks BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE recordings ADD COLUMN tracks BOOLEAN NOT NULL DEFAULT FALSE;

CREATE TABLE recording_tracks (
    track_id       TEXT COLLATE "C" PRIMARY KEY,
    recording_id   TEXT COLLATE "C" NOT NULL REFERENCES recordings (recording_id) ON DELETE CASCADE,
    participant_id TEXT COLLATE "C" NOT NULL,
    -- As they were called when it began.
    display_name   TEXT COLLATE "C" NOT NULL,
    kind           TEXT COLLATE "C" NOT NULL CHECK (kind IN ('audio', 'video', 'screen')),
    codec          TEXT COLLATE "C" NOT NULL,
    begun_at       BIGINT NOT NULL,
    duration_ms    BIGINT NOT NULL,
    bytes          BIGINT NOT NULL
);

CREATE INDEX tracks_of_recording ON recording_tracks (recording_id, begun_at);

-- One film each, made of them afterwards.
CREATE TABLE compositions (
    composition_id TEXT COLLATE "C" PRIMARY KEY,
    room_id        TEXT COLLATE "C" NOT NULL REFERENCES rooms (room_id),
    session_id     TEXT COLLATE "C" NOT NULL REFERENCES sessions (session_id),
    state          TEXT COLLATE "C" NOT NULL CHECK (state IN ('enqueued', 'processing', 'completed', 'failed')),
    format         TEXT COLLATE "C" NOT NULL,
    width          BIGINT NOT NULL,
    height         BIGINT NOT NULL,
    -- A layout, or regions, as JSON.
    arrangement    TEXT COLLATE "C" NOT NULL,
    created_at     BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL,
    ended_at       BIGINT,
    duration_ms    BIGINT NOT NULL DEFAULT 0,
    bytes          BIGINT NOT NULL DEFAULT 0,
    -- Why there is none.
    reason         TEXT COLLATE "C",
    -- It is deleted then; NULL is never.
    kept_until     BIGINT
);

CREATE INDEX compositions_of_room ON compositions (room_id, created_at);
CREATE INDEX compositions_of_session ON compositions (session_id);
CREATE INDEX compositions_to_make ON compositions (created_at) WHERE state IN ('enqueued', 'processing');
CREATE INDEX compositions_due ON compositions (kept_until) WHERE kept_until IS NOT NULL;

-- A webhook may hear of one composition only.
ALTER TABLE webhooks ADD COLUMN composition_id TEXT COLLATE "C" REFERENCES compositions (composition_id) ON DELETE CASCADE;
DROP INDEX webhooks_of_room;
CREATE UNIQUE INDEX webhooks_of_room ON webhooks (room_id) WHERE room_id IS NOT NULL AND composition_id IS NULL;
CREATE INDEX webhooks_of_composition ON webhooks (composition_id) WHERE composition_id IS NOT NULL;

-- Links that fetch a track or a composition without a key, for a while.
CREATE TABLE media_links (
    code_hash      BYTEA PRIMARY KEY,
    track_id       TEXT COLLATE "C" REFERENCES recording_tracks (track_id) ON DELETE CASCADE,
    composition_id TEXT COLLATE "C" REFERENCES compositions (composition_id) ON DELETE CASCADE,
    expires_at     BIGINT NOT NULL
);

CREATE INDEX links_of_track ON media_links (track_id) WHERE track_id IS NOT NULL;
CREATE INDEX links_of_composition ON media_links (composition_id) WHERE composition_id IS NOT NULL;
