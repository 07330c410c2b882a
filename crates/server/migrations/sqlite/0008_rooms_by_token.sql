-- Open rooms that are entered by media tokens, and that change after they were made.
ALTER TABLE rooms ADD COLUMN modified_at INTEGER NOT NULL DEFAULT 0;
UPDATE rooms SET modified_at = created_at;
-- What may be used in the room at all.
ALTER TABLE rooms ADD COLUMN chat INTEGER NOT NULL DEFAULT 1;
ALTER TABLE rooms ADD COLUMN screen_sharing INTEGER NOT NULL DEFAULT 1;
-- What somebody without a key has to bring for a token.
ALTER TABLE rooms ADD COLUMN entrance TEXT NOT NULL DEFAULT 'link' CHECK (entrance IN ('open', 'name', 'link'));

-- How whoever sits there gets in.
ALTER TABLE seats ADD COLUMN admission TEXT NOT NULL DEFAULT 'link'
    CHECK (admission IN ('link', 'token', 'public', 'hidden'));
