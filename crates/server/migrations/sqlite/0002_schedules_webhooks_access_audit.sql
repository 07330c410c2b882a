-- What companies may set about themselves. `made_as` is the name in the server's settings, by which the company is found
-- again at each start whatever it calls itself by then.
ALTER TABLE companies ADD COLUMN made_as TEXT;
UPDATE companies SET made_as = name;
CREATE UNIQUE INDEX companies_made_as ON companies (made_as);
ALTER TABLE companies ADD COLUMN default_language TEXT NOT NULL DEFAULT 'en';
ALTER TABLE companies ADD COLUMN web_app_id TEXT;
ALTER TABLE companies ADD COLUMN mobile_app_id TEXT;
ALTER TABLE companies ADD COLUMN end_of_call_redirect_url TEXT;
ALTER TABLE companies ADD COLUMN user_details_provider_url TEXT;

ALTER TABLE users ADD COLUMN is_operator INTEGER NOT NULL DEFAULT 0;
-- Users are marked rather than removed: the seats they had stay readable.
ALTER TABLE users ADD COLUMN deleted_at INTEGER;
-- Access tokens issued before this are refused.
ALTER TABLE users ADD COLUMN tokens_from INTEGER NOT NULL DEFAULT 0;

ALTER TABLE rooms ADD COLUMN kind TEXT NOT NULL DEFAULT 'seated' CHECK (kind IN ('seated', 'open'));
-- People at once in an open room.
ALTER TABLE rooms ADD COLUMN capacity INTEGER;
ALTER TABLE rooms ADD COLUMN webinar INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rooms ADD COLUMN waiting_room INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rooms ADD COLUMN starts_at INTEGER;
ALTER TABLE rooms ADD COLUMN early_entry_s INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rooms ADD COLUMN freeze_s INTEGER NOT NULL DEFAULT 0;
-- The signed-in user who made it; NULL when the company's key did.
ALTER TABLE rooms ADD COLUMN created_by TEXT;

CREATE INDEX rooms_of_creator ON rooms (company_id, created_by, created_at) WHERE created_by IS NOT NULL;

-- A seat of an open room need not be a user's: seats refer to users by name only. SQLite changes constraints by making the
-- table anew; children go first.
CREATE TABLE seats_anew (
    room_id        TEXT NOT NULL REFERENCES rooms (room_id),
    position       INTEGER NOT NULL,
    participant_id TEXT NOT NULL,
    company_id     TEXT NOT NULL,
    user_id        TEXT NOT NULL,
    is_admin       INTEGER NOT NULL,
    -- Publishes in a webinar; in other rooms everybody does.
    is_speaker     INTEGER NOT NULL DEFAULT 1,
    -- JSON, in full.
    tools          TEXT NOT NULL,
    link_serial    INTEGER NOT NULL,
    PRIMARY KEY (room_id, participant_id),
    UNIQUE (room_id, position),
    UNIQUE (room_id, user_id)
) STRICT, WITHOUT ROWID;
INSERT INTO seats_anew (room_id, position, participant_id, company_id, user_id, is_admin, tools, link_serial)
SELECT room_id, position, participant_id, company_id, user_id, is_admin, tools, link_serial FROM seats;

CREATE TABLE links_anew (
    code_hash      BLOB PRIMARY KEY NOT NULL,
    room_id        TEXT NOT NULL,
    participant_id TEXT NOT NULL,
    serial         INTEGER NOT NULL,
    code_sealed    BLOB,
    UNIQUE (room_id, participant_id, serial),
    FOREIGN KEY (room_id, participant_id) REFERENCES seats_anew (room_id, participant_id)
) STRICT, WITHOUT ROWID;
INSERT INTO links_anew (code_hash, room_id, participant_id, serial, code_sealed)
SELECT code_hash, room_id, participant_id, serial, code_sealed FROM links;

DROP TABLE links;
DROP TABLE seats;
ALTER TABLE seats_anew RENAME TO seats;
ALTER TABLE links_anew RENAME TO links;

CREATE INDEX seats_of_user ON seats (company_id, user_id);

-- Who was connected to a session, from when to when, by the room channel or by media.
CREATE TABLE connections (
    connection_id   INTEGER PRIMARY KEY,
    session_id      TEXT NOT NULL REFERENCES sessions (session_id),
    participant_id  TEXT NOT NULL,
    user_id         TEXT NOT NULL,
    kind            TEXT NOT NULL CHECK (kind IN ('channel', 'media')),
    connected_at    INTEGER NOT NULL,
    disconnected_at INTEGER
) STRICT;

CREATE INDEX connections_of_session ON connections (session_id, connected_at);
CREATE INDEX open_connections ON connections (session_id, participant_id, kind) WHERE disconnected_at IS NULL;

CREATE TABLE webhooks (
    webhook_id    TEXT PRIMARY KEY NOT NULL,
    company_id    TEXT NOT NULL REFERENCES companies (company_id),
    url           TEXT NOT NULL,
    -- JSON array of event names; empty is every event.
    events        TEXT NOT NULL,
    enabled       INTEGER NOT NULL,
    -- Encrypted: signing needs it again.
    secret_sealed BLOB NOT NULL,
    created_at    INTEGER NOT NULL
) STRICT;

CREATE INDEX webhooks_of_company ON webhooks (company_id, created_at);

-- Deliveries still to be made; a delivery that was taken or given up is gone from here.
CREATE TABLE webhook_outbox (
    delivery_id INTEGER PRIMARY KEY AUTOINCREMENT,
    webhook_id  TEXT NOT NULL REFERENCES webhooks (webhook_id) ON DELETE CASCADE,
    -- JSON, exactly as sent.
    body        TEXT NOT NULL,
    attempts    INTEGER NOT NULL DEFAULT 0,
    next_at     INTEGER NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;

CREATE INDEX webhook_outbox_due ON webhook_outbox (next_at);

CREATE TABLE sign_in_links (
    code_hash  BLOB PRIMARY KEY NOT NULL,
    company_id TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER,
    FOREIGN KEY (company_id, user_id) REFERENCES users (company_id, user_id)
) STRICT, WITHOUT ROWID;

-- Who did what. Rows are only ever added.
CREATE TABLE audit (
    audit_id       INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id     TEXT NOT NULL REFERENCES companies (company_id),
    at             INTEGER NOT NULL,
    actor_kind     TEXT NOT NULL CHECK (actor_kind IN ('api_key', 'user', 'participant')),
    -- User id; NULL for the API key.
    actor          TEXT,
    action         TEXT NOT NULL,
    room_id        TEXT,
    session_id     TEXT,
    participant_id TEXT,
    -- Whom or what else it was done to.
    subject        TEXT
) STRICT;

CREATE INDEX audit_of_company ON audit (company_id, audit_id);
CREATE INDEX audit_of_room ON audit (company_id, room_id, audit_id) WHERE room_id IS NOT NULL;

-- Answers to being recorded; the latest of a participant in a session holds.
CREATE TABLE consents (
    consent_id     INTEGER PRIMARY KEY AUTOINCREMENT,
    room_id        TEXT NOT NULL REFERENCES rooms (room_id),
    -- NULL while they wait to be let in.
    session_id     TEXT REFERENCES sessions (session_id),
    participant_id TEXT NOT NULL,
    answer         INTEGER NOT NULL,
    -- Which wording of the question they were shown.
    text_version   TEXT NOT NULL,
    at             INTEGER NOT NULL
) STRICT;

CREATE INDEX consents_of_room ON consents (room_id, session_id);
