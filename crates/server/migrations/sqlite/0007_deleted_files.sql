-- Files that were deleted, and the messages that brought them: no later message takes such a number, and who was away while it
-- was deleted hears of it.
CREATE TABLE deleted_files (
    room_id    TEXT NOT NULL REFERENCES rooms (room_id),
    message_id INTEGER NOT NULL,
    file_id    TEXT NOT NULL,
    PRIMARY KEY (room_id, message_id)
) STRICT, WITHOUT ROWID;
