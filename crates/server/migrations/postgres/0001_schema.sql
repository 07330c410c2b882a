-- What SQLite has by itself, so that the statements are the same for both.

CREATE FUNCTION json_extract(document TEXT, path TEXT) RETURNS TEXT LANGUAGE SQL IMMUTABLE PARALLEL SAFE
    RETURN document::jsonb #>> string_to_array(substr(path, 3), '.');

CREATE FUNCTION json_each(document TEXT) RETURNS TABLE (value TEXT) LANGUAGE SQL IMMUTABLE PARALLEL SAFE
    AS $$ SELECT jsonb_array_elements_text(document::jsonb) $$;

CREATE FUNCTION instr(text TEXT, part TEXT) RETURNS INTEGER LANGUAGE SQL IMMUTABLE PARALLEL SAFE
    RETURN strpos(text, part);

-- Text is in the order of its bytes, as in SQLite: lists do not depend on the machine that made the database.

CREATE TABLE companies (
    company_id TEXT COLLATE "C" PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    -- Keyed hash; the key itself is not kept.
    api_key_hash BYTEA NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    made_as TEXT COLLATE "C",
    default_language TEXT COLLATE "C" NOT NULL DEFAULT 'en',
    web_app_id TEXT COLLATE "C",
    mobile_app_id TEXT COLLATE "C",
    end_of_call_redirect_url TEXT COLLATE "C",
    user_details_provider_url TEXT COLLATE "C",
    recording_retention_days BIGINT,
    default_background TEXT COLLATE "C",
    end_of_call_redirect_ms BIGINT NOT NULL DEFAULT 5000,
    embed_origins TEXT COLLATE "C" NOT NULL DEFAULT ''
);

CREATE TABLE users (
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (company_id),
    user_id TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL CHECK (role IN ('basic', 'plus')),
    created_at BIGINT NOT NULL,
    is_operator BOOLEAN NOT NULL DEFAULT FALSE,
    deleted_at BIGINT,
    tokens_from BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (company_id, user_id)
);

CREATE TABLE rooms (
    room_id TEXT COLLATE "C" PRIMARY KEY,
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (company_id),
    call_type TEXT COLLATE "C" NOT NULL,
    recording TEXT COLLATE "C" NOT NULL,
    duration_s BIGINT,
    live BOOLEAN NOT NULL,
    description TEXT COLLATE "C",
    ends_at BIGINT,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('active', 'disabled', 'used_up', 'deleted')),
    used_ms BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL DEFAULT 'seated' CHECK (kind IN ('seated', 'open')),
    capacity BIGINT,
    webinar BOOLEAN NOT NULL DEFAULT FALSE,
    waiting_room BOOLEAN NOT NULL DEFAULT FALSE,
    starts_at BIGINT,
    early_entry_s BIGINT NOT NULL DEFAULT 0,
    freeze_s BIGINT NOT NULL DEFAULT 0,
    created_by TEXT COLLATE "C",
    recording_layout TEXT COLLATE "C" NOT NULL DEFAULT 'grid',
    modified_at BIGINT NOT NULL DEFAULT 0,
    chat BOOLEAN NOT NULL DEFAULT TRUE,
    screen_sharing BOOLEAN NOT NULL DEFAULT TRUE,
    entrance TEXT COLLATE "C" NOT NULL DEFAULT 'link' CHECK (entrance IN ('open', 'name', 'link')),
    expected_seats BIGINT,
    unique_name TEXT COLLATE "C"
);

CREATE INDEX rooms_of_company ON rooms (company_id, created_at);

CREATE TABLE sessions (
    session_id TEXT COLLATE "C" PRIMARY KEY,
    room_id TEXT COLLATE "C" NOT NULL REFERENCES rooms (room_id),
    started_at BIGINT NOT NULL,
    -- Last time the session was known to run; its end when the server was killed.
    seen_at BIGINT NOT NULL,
    ended_at BIGINT
);

CREATE INDEX sessions_of_room ON sessions (room_id, started_at);

CREATE UNIQUE INDEX companies_made_as ON companies (made_as);

CREATE INDEX rooms_of_creator ON rooms (company_id, created_by, created_at) WHERE created_by IS NOT NULL;

CREATE TABLE seats (
    room_id TEXT COLLATE "C" NOT NULL REFERENCES rooms (room_id),
    position BIGINT NOT NULL,
    participant_id TEXT COLLATE "C" NOT NULL,
    company_id TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    is_admin BOOLEAN NOT NULL,
    -- Publishes in a webinar; in other rooms everybody does.
    is_speaker BOOLEAN NOT NULL DEFAULT TRUE,
    -- JSON, in full.
    tools TEXT COLLATE "C" NOT NULL,
    link_serial BIGINT NOT NULL,
    display_name TEXT COLLATE "C",
    recording_consent BIGINT,
    admission TEXT COLLATE "C" NOT NULL DEFAULT 'link' CHECK (admission IN ('link', 'token', 'public', 'hidden')),
    role TEXT COLLATE "C" CHECK (role IN ('basic', 'plus')),
    language TEXT COLLATE "C",
    PRIMARY KEY (room_id, participant_id),
    UNIQUE (room_id, position),
    UNIQUE (room_id, user_id)
);

CREATE TABLE links (
    code_hash BYTEA PRIMARY KEY,
    room_id TEXT COLLATE "C" NOT NULL,
    participant_id TEXT COLLATE "C" NOT NULL,
    serial BIGINT NOT NULL,
    code_sealed BYTEA,
    UNIQUE (room_id, participant_id, serial),
    FOREIGN KEY (room_id, participant_id) REFERENCES seats (room_id, participant_id)
);

CREATE INDEX seats_of_user ON seats (company_id, user_id);

CREATE TABLE connections (
    connection_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    session_id TEXT COLLATE "C" NOT NULL REFERENCES sessions (session_id),
    participant_id TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('channel', 'media')),
    connected_at BIGINT NOT NULL,
    disconnected_at BIGINT
);

CREATE INDEX connections_of_session ON connections (session_id, connected_at);

CREATE INDEX open_connections ON connections (session_id, participant_id, kind) WHERE disconnected_at IS NULL;

CREATE TABLE webhooks (
    webhook_id TEXT COLLATE "C" PRIMARY KEY,
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (company_id),
    url TEXT COLLATE "C" NOT NULL,
    -- JSON array of event names; empty is every event.
    events TEXT COLLATE "C" NOT NULL,
    enabled BOOLEAN NOT NULL,
    -- Encrypted: signing needs it again.
    secret_sealed BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    room_id TEXT COLLATE "C" REFERENCES rooms (room_id),
    failover_url TEXT COLLATE "C",
    timeout_s BIGINT,
    last_at BIGINT,
    last_delivered BOOLEAN,
    last_status BIGINT
);

CREATE INDEX webhooks_of_company ON webhooks (company_id, created_at);

CREATE TABLE webhook_outbox (
    delivery_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    webhook_id TEXT COLLATE "C" NOT NULL REFERENCES webhooks (webhook_id) ON DELETE CASCADE,
    -- JSON, exactly as sent.
    body TEXT COLLATE "C" NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    next_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE INDEX webhook_outbox_due ON webhook_outbox (next_at);

CREATE TABLE sign_in_links (
    code_hash BYTEA PRIMARY KEY,
    company_id TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    FOREIGN KEY (company_id, user_id) REFERENCES users (company_id, user_id)
);

CREATE TABLE consents (
    consent_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    room_id TEXT COLLATE "C" NOT NULL REFERENCES rooms (room_id),
    -- NULL while they wait to be let in.
    session_id TEXT COLLATE "C" REFERENCES sessions (session_id),
    participant_id TEXT COLLATE "C" NOT NULL,
    answer BOOLEAN NOT NULL,
    -- Which wording of the question they were shown.
    text_version TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL
);

CREATE INDEX consents_of_room ON consents (room_id, session_id);

CREATE TABLE chat (
    room_id TEXT COLLATE "C" NOT NULL REFERENCES rooms (room_id),
    message_id BIGINT NOT NULL,
    session_id TEXT COLLATE "C" NOT NULL REFERENCES sessions (session_id),
    -- For searching; the message itself is in full beside it, as JSON.
    text TEXT COLLATE "C" NOT NULL,
    file_id TEXT COLLATE "C",
    message TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (room_id, message_id)
);

CREATE INDEX chat_of_session ON chat (session_id, message_id);

CREATE UNIQUE INDEX chat_of_file ON chat (file_id) WHERE file_id IS NOT NULL;

CREATE TABLE boards (
    room_id TEXT COLLATE "C" NOT NULL REFERENCES rooms (room_id),
    board_id TEXT COLLATE "C" NOT NULL,
    pages BIGINT NOT NULL,
    PRIMARY KEY (room_id, board_id)
);

CREATE TABLE board_items (
    room_id TEXT COLLATE "C" NOT NULL,
    board_id TEXT COLLATE "C" NOT NULL,
    item_id TEXT COLLATE "C" NOT NULL,
    -- JSON: the item, or that it was taken away.
    what TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (room_id, board_id, item_id),
    FOREIGN KEY (room_id, board_id) REFERENCES boards (room_id, board_id)
);

CREATE TABLE files (
    file_id TEXT COLLATE "C" PRIMARY KEY,
    room_id TEXT COLLATE "C" NOT NULL REFERENCES rooms (room_id),
    session_id TEXT COLLATE "C" NOT NULL REFERENCES sessions (session_id),
    participant_id TEXT COLLATE "C" NOT NULL,
    -- As its owner's client calls it: an upload that is begun again goes on.
    key TEXT COLLATE "C" NOT NULL,
    -- JSON: what was said of it when it was begun.
    wanted TEXT COLLATE "C" NOT NULL,
    -- JSON: what it is, once it is there in full.
    info TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    UNIQUE (room_id, participant_id, key)
);

CREATE INDEX files_of_session ON files (session_id, created_at);

CREATE INDEX unfinished_files ON files (created_at) WHERE info IS NULL;

CREATE TABLE recordings (
    recording_id TEXT COLLATE "C" PRIMARY KEY,
    room_id TEXT COLLATE "C" NOT NULL REFERENCES rooms (room_id),
    session_id TEXT COLLATE "C" NOT NULL REFERENCES sessions (session_id),
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('recording', 'processing', 'available', 'failed')),
    layout TEXT COLLATE "C" NOT NULL,
    started_at BIGINT NOT NULL,
    -- When the recorder ended; NULL while it is at work.
    ended_at BIGINT,
    duration_ms BIGINT NOT NULL DEFAULT 0,
    bytes BIGINT NOT NULL DEFAULT 0,
    -- Why it ended, where nobody wanted that.
    reason TEXT COLLATE "C",
    -- Size of the MP4 that was made of it.
    mp4_bytes BIGINT,
    -- It is deleted then; NULL is never.
    kept_until BIGINT
);

CREATE INDEX recordings_of_room ON recordings (room_id, started_at);

CREATE INDEX recordings_of_session ON recordings (session_id);

CREATE INDEX unfinished_recordings ON recordings (started_at) WHERE state IN ('recording', 'processing');

CREATE INDEX recordings_due ON recordings (kept_until) WHERE kept_until IS NOT NULL;

CREATE TABLE recording_consents (
    consent_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    recording_id TEXT COLLATE "C" NOT NULL REFERENCES recordings (recording_id) ON DELETE CASCADE,
    participant_id TEXT COLLATE "C" NOT NULL,
    answer BOOLEAN NOT NULL,
    text_version TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL
);

CREATE INDEX consents_of_recording ON recording_consents (recording_id);

CREATE TABLE recording_links (
    code_hash BYTEA PRIMARY KEY,
    recording_id TEXT COLLATE "C" NOT NULL REFERENCES recordings (recording_id) ON DELETE CASCADE,
    format TEXT COLLATE "C" NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX links_of_recording ON recording_links (recording_id);

CREATE INDEX sessions_by_start ON sessions (started_at);

CREATE TABLE audit (
    audit_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (company_id),
    at BIGINT NOT NULL,
    actor_kind TEXT COLLATE "C" NOT NULL CHECK (actor_kind IN ('api_key', 'user', 'participant', 'server')),
    -- User id; NULL for the API key and the server.
    actor TEXT COLLATE "C",
    action TEXT COLLATE "C" NOT NULL,
    room_id TEXT COLLATE "C",
    session_id TEXT COLLATE "C",
    participant_id TEXT COLLATE "C",
    -- Whom or what else it was done to.
    subject TEXT COLLATE "C"
);

CREATE INDEX audit_of_company ON audit (company_id, audit_id);

CREATE INDEX audit_of_room ON audit (company_id, room_id, audit_id) WHERE room_id IS NOT NULL;

CREATE TABLE deleted_files (
    room_id TEXT COLLATE "C" NOT NULL REFERENCES rooms (room_id),
    message_id BIGINT NOT NULL,
    file_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (room_id, message_id)
);

CREATE TABLE external_users (
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (company_id),
    external_id TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (company_id, external_id),
    UNIQUE (company_id, user_id)
);

CREATE TABLE pictures (
    picture_id TEXT COLLATE "C" PRIMARY KEY,
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (company_id),
    kind TEXT COLLATE "C" NOT NULL,
    media_type TEXT COLLATE "C" NOT NULL,
    bytes BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

ALTER TABLE companies ADD FOREIGN KEY (default_background) REFERENCES pictures (picture_id) ON DELETE SET NULL;

CREATE INDEX pictures_of_company ON pictures (company_id, kind, created_at);

CREATE UNIQUE INDEX rooms_by_unique_name ON rooms (company_id, unique_name)
    WHERE unique_name IS NOT NULL AND status <> 'deleted';

CREATE UNIQUE INDEX webhooks_of_room ON webhooks (room_id) WHERE room_id IS NOT NULL;

CREATE UNIQUE INDEX companies_by_web_app ON companies (web_app_id) WHERE web_app_id IS NOT NULL;

CREATE TABLE api_keys (
    key_id TEXT COLLATE "C" PRIMARY KEY,
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (company_id),
    name TEXT COLLATE "C" NOT NULL,
    key_hash BYTEA NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    -- To the hour.
    last_used_at BIGINT
);

CREATE INDEX api_keys_of_company ON api_keys (company_id, created_at);

CREATE INDEX sessions_running ON sessions (room_id) WHERE ended_at IS NULL;
