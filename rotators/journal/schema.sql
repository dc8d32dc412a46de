-- The audit: what was done, by whom and why, in the order in which it was done. Rows are appended
-- and never change: each hash covers the one before it, so that a change shows.
CREATE TABLE event (
  seq     INTEGER PRIMARY KEY,  -- from 1, without gaps
  record  TEXT    NOT NULL,     -- canonical JSON: exactly the bytes that are hashed; no secret
  hash    BLOB    NOT NULL,     -- SHA-256 of the hash before it (of nothing before the first: 32 zero bytes) and the record
  CONSTRAINT event_seq CHECK (seq > 0),
  CONSTRAINT event_hash CHECK (length(hash) = 32)
) STRICT;

-- They keep our own mistakes out, and whoever has no more than SQL at hand. What they cannot keep
-- out is what the hashes, the signatures and the anchors are for.
CREATE TRIGGER event_follows BEFORE INSERT ON event
WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM event)
BEGIN SELECT RAISE(ABORT, 'an event follows the last one'); END;
CREATE TRIGGER event_stays BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'events never change'); END;
CREATE TRIGGER event_remains BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'events are never removed'); END;
