-- schema_5.sql - step 5: an estate of many hosts changes its key while each host comes when it can.

-- Tells the key that sealed the bundle; empty: merged before this step.
ALTER TABLE host_bundle ADD COLUMN key_check TEXT NOT NULL DEFAULT '';

-- Of values that a host read under two keys: what its bundles say beside the fingerprint, also of
-- places that are not read again. Emptied by the first sweep under one key; a store that no bundle
-- is made of has none.
CREATE TABLE former_fingerprint (
  fingerprint  TEXT NOT NULL PRIMARY KEY,  -- under the key
  former       TEXT NOT NULL               -- of the same value under the key before it
) STRICT, WITHOUT ROWID;
