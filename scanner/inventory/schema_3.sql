-- schema_3.sql - step 3: under which fingerprint key the inventory's ids are made, and how ids outlive it.

-- The key of the last finished sweep. No row: none has ended since this step.
CREATE TABLE store_key (
  only_row       INTEGER PRIMARY KEY,   -- always 1
  key_id         TEXT    NOT NULL,      -- "k1"
  key_check      TEXT    NOT NULL,      -- tells keys apart; nothing of the key
  first_reading  INTEGER NOT NULL,      -- readings from here on were made under it
  CONSTRAINT store_key_only_row CHECK (only_row = 1)
) STRICT;

-- Ids that were there before the key was rotated, by what the new key makes of the same thing.
CREATE TABLE key_alias (
  computed   TEXT NOT NULL PRIMARY KEY,  -- "f_..." or "c_..." under the key
  kept       TEXT NOT NULL,              -- the id that it keeps
  key_check  TEXT NOT NULL               -- of the key that computed it
) STRICT, WITHOUT ROWID;
CREATE INDEX key_alias_by_kept ON key_alias (kept);

-- What the running sweep computed under both keys; emptied by its end.
CREATE TABLE key_match (
  computed  TEXT NOT NULL PRIMARY KEY,  -- under the key
  former    TEXT NOT NULL               -- of the same thing under the key before it
) STRICT, WITHOUT ROWID;
