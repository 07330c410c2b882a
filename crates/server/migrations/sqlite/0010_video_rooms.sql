-- A name that no two rooms of a company have, as long as they are there.
ALTER TABLE rooms ADD COLUMN unique_name TEXT;
CREATE UNIQUE INDEX rooms_by_unique_name ON rooms (company_id, unique_name)
    WHERE unique_name IS NOT NULL AND status <> 'deleted';

-- A webhook that hears of one room only, with another URL for what the first does not take.
ALTER TABLE webhooks ADD COLUMN room_id TEXT REFERENCES rooms (room_id);
ALTER TABLE webhooks ADD COLUMN failover_url TEXT;
-- How long one call may take; NULL is the server's own time.
ALTER TABLE webhooks ADD COLUMN timeout_s INTEGER;
CREATE UNIQUE INDEX webhooks_of_room ON webhooks (room_id) WHERE room_id IS NOT NULL;
