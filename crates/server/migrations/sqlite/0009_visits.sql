-- Visits whose seats are filled one after the other: how many people take part.
ALTER TABLE rooms ADD COLUMN expected_seats INTEGER;
-- The role with which they take part, where that was said for this seat; the user's own otherwise.
ALTER TABLE seats ADD COLUMN role TEXT CHECK (role IN ('basic', 'plus'));
-- In which language its link speaks.
ALTER TABLE seats ADD COLUMN language TEXT;

-- What people are called in systems whose ids are none of ours.
CREATE TABLE external_users (
    company_id  TEXT NOT NULL REFERENCES companies (company_id),
    external_id TEXT NOT NULL,
    user_id     TEXT NOT NULL,
    PRIMARY KEY (company_id, external_id),
    UNIQUE (company_id, user_id)
) STRICT, WITHOUT ROWID;

-- Pictures of a company: backgrounds of its rooms, logos, avatars. Their bytes lie elsewhere.
CREATE TABLE pictures (
    picture_id TEXT PRIMARY KEY NOT NULL,
    company_id TEXT NOT NULL REFERENCES companies (company_id),
    kind       TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes      INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX pictures_of_company ON pictures (company_id, kind, created_at);

ALTER TABLE companies ADD COLUMN default_background TEXT REFERENCES pictures (picture_id) ON DELETE SET NULL;
ALTER TABLE companies ADD COLUMN end_of_call_redirect_ms INTEGER NOT NULL DEFAULT 5000;
