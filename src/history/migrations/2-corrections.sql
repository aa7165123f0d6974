-- What the user says of a take. Rows are added, never changed; the figures are those that hold from then on.
CREATE TABLE corrections (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    take INTEGER NOT NULL REFERENCES takes (id) ON DELETE CASCADE,
    at_ms INTEGER NOT NULL,
    what TEXT NOT NULL CHECK (what IN ('conclusion', 'verdict', 'agreed')),
    sentence INTEGER,
    was TEXT,
    now TEXT,
    cut INTEGER NOT NULL,
    has_conclusion INTEGER NOT NULL,
    conclusion_s REAL,
    words_before INTEGER
) STRICT;
CREATE INDEX corrections_take ON corrections (take);
