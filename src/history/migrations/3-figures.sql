-- Figures are read from the stored report. What was read is remembered here, so that the weeks are drawn without
-- reading every report; `edition` says which list of measures read it. Rows may be removed at any time.
CREATE TABLE figures (
    take INTEGER PRIMARY KEY REFERENCES takes (id) ON DELETE CASCADE,
    edition TEXT NOT NULL,
    figures TEXT NOT NULL
) STRICT;
CREATE TRIGGER corrections_change_figures AFTER INSERT ON corrections BEGIN
    DELETE FROM figures WHERE take = NEW.take;
END;
ALTER TABLE corrections DROP COLUMN cut;
ALTER TABLE corrections DROP COLUMN has_conclusion;
ALTER TABLE corrections DROP COLUMN conclusion_s;
ALTER TABLE corrections DROP COLUMN words_before;
ALTER TABLE takes DROP COLUMN words;
ALTER TABLE takes DROP COLUMN sentences;
ALTER TABLE takes DROP COLUMN cut;
ALTER TABLE takes DROP COLUMN has_conclusion;
ALTER TABLE takes DROP COLUMN conclusion_s;
ALTER TABLE takes DROP COLUMN words_before;
ALTER TABLE takes DROP COLUMN fillers;
ALTER TABLE takes DROP COLUMN vague;
ALTER TABLE takes DROP COLUMN metrics;
ALTER TABLE takes DROP COLUMN speech_s;
ALTER TABLE takes DROP COLUMN answer_s;
ALTER TABLE takes DROP COLUMN words_per_minute;
ALTER TABLE takes DROP COLUMN owned_share;
ALTER TABLE takes DROP COLUMN stretches;
