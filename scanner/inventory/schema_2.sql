-- schema_2.sql - step 2: bundles of hosts, as `import` merged them.

-- The newest bundle of each host that a finished sweep merged: what decides that another one is
-- older, the same, or that a host has been silent for too long.
CREATE TABLE host_bundle (
  host       TEXT    NOT NULL PRIMARY KEY,  -- as the bundle says it
  seal       TEXT    NOT NULL,  -- hex: names the bundle
  collected  INTEGER NOT NULL,  -- instant: the clock of the sweep on the host
  sweep_id   INTEGER NOT NULL REFERENCES sweep (sweep_id),  -- that merged it
  CONSTRAINT host_bundle_words CHECK (host <> '' AND seal <> '')
) STRICT, WITHOUT ROWID;
