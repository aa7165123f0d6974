-- Every analyzed take: the whole report, and the figures that trends need in columns of their own.
CREATE TABLE takes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    at_ms INTEGER NOT NULL,
    saved_ms INTEGER NOT NULL,
    path TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    kind TEXT,
    question TEXT,
    story TEXT,
    engine TEXT NOT NULL,
    model TEXT,
    judge TEXT NOT NULL,
    lexicon_sha256 TEXT NOT NULL,
    cutlist_version TEXT NOT NULL,
    words INTEGER NOT NULL,
    sentences INTEGER NOT NULL,
    cut INTEGER NOT NULL,
    has_conclusion INTEGER NOT NULL,
    conclusion_s REAL,
    words_before INTEGER,
    fillers INTEGER NOT NULL,
    vague INTEGER NOT NULL,
    metrics INTEGER NOT NULL,
    speech_s REAL,
    answer_s REAL,
    words_per_minute REAL,
    owned_share REAL,
    stretches INTEGER NOT NULL,
    report TEXT NOT NULL
) STRICT;
CREATE INDEX takes_at ON takes (at_ms);
CREATE INDEX takes_story ON takes (story);
