-- schema_6.sql - step 6: of a history that has grown only what is new is read.

-- Blobs of a history in which nothing was found, whatever their path: parts as they were read, also
-- by a sweep that did not end. Under the newest profile of the root only.
CREATE TABLE quiet_objects (
  quiet_id    INTEGER PRIMARY KEY,  -- ours
  root_id     INTEGER NOT NULL REFERENCES root (root_id),        -- of the repository
  profile_id  INTEGER NOT NULL REFERENCES profile (profile_id),  -- read under it
  read_at     INTEGER NOT NULL,     -- instant of the reading
  ids         BLOB    NOT NULL,     -- 20 bytes each
  CONSTRAINT quiet_objects_whole CHECK (length(ids) % 20 = 0)
) STRICT;
CREATE INDEX quiet_objects_root ON quiet_objects (root_id);
