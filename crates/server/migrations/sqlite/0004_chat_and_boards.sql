-- The chat of a room, message by message, over all of its sessions; files and snapshots are messages that bring a file.
CREATE TABLE chat (
    room_id    TEXT NOT NULL REFERENCES rooms (room_id),
    message_id INTEGER NOT NULL,
    session_id TEXT NOT NULL REFERENCES sessions (session_id),
    -- For searching; the message itself is in full beside it, as JSON.
    text       TEXT NOT NULL,
    file_id    TEXT,
    message    TEXT NOT NULL,
    PRIMARY KEY (room_id, message_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX chat_of_session ON chat (session_id, message_id);
CREATE UNIQUE INDEX chat_of_file ON chat (file_id) WHERE file_id IS NOT NULL;

-- Whiteboards of a room: its own, and those over snapshots.
CREATE TABLE boards (
    room_id  TEXT NOT NULL REFERENCES rooms (room_id),
    board_id TEXT NOT NULL,
    pages    INTEGER NOT NULL,
    PRIMARY KEY (room_id, board_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE board_items (
    room_id  TEXT NOT NULL,
    board_id TEXT NOT NULL,
    item_id  TEXT NOT NULL,
    -- JSON: the item, or that it was taken away.
    what     TEXT NOT NULL,
    PRIMARY KEY (room_id, board_id, item_id),
    FOREIGN KEY (room_id, board_id) REFERENCES boards (room_id, board_id)
) STRICT, WITHOUT ROWID;
