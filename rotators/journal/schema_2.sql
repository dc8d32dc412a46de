-- Rotations: what each is about, how far it is, what it holds until it ends. What happened stands in
-- `event`; a row here and the event about it are written in one transaction.
CREATE TABLE run (
  id        TEXT    PRIMARY KEY,  -- "r_…"
  identity  TEXT    NOT NULL,     -- whose credential: of one identity one run at a time
  mode      TEXT    NOT NULL,
  plan_hash TEXT    NOT NULL,     -- SHA-256 of `plan`, hex
  plan      TEXT    NOT NULL,     -- canonical JSON: what people approved; no secret
  state     TEXT    NOT NULL,
  facts     TEXT    NOT NULL,     -- JSON: what steps found out and later ones need; no secret
  created   INTEGER NOT NULL,     -- seconds since 1970
  expires   INTEGER NOT NULL,     -- of the plan
  ended     INTEGER
) STRICT;

-- An intent is on the disk before its effect, and never in one transaction with its outcome.
CREATE TABLE step (
  run_id    TEXT    NOT NULL REFERENCES run (id),
  seq       INTEGER NOT NULL,
  kind      TEXT    NOT NULL,
  target    TEXT    NOT NULL,
  idem      TEXT    NOT NULL,     -- the same in every attempt
  state     TEXT    NOT NULL,     -- intended | done | failed | ambiguous | waiting | undone
  attempt   INTEGER NOT NULL,
  body      TEXT    NOT NULL,     -- JSON: what was intended and what came of it; no secret
  intended  INTEGER NOT NULL,
  ended     INTEGER,
  PRIMARY KEY (run_id, seq)
) STRICT;

CREATE TABLE approval (
  run_id    TEXT    NOT NULL REFERENCES run (id),
  number    INTEGER NOT NULL,
  plan_hash TEXT    NOT NULL,     -- void for another
  actor     TEXT    NOT NULL,     -- JSON: who, and how we know
  body      TEXT    NOT NULL,     -- JSON: ticket, what was accepted
  at        INTEGER NOT NULL,
  PRIMARY KEY (run_id, number)
) STRICT;

-- Values under a key of their own, which is under the wrapping key, which is not in this file.
-- Taking the row's key away ends the value; what the row was about stays.
CREATE TABLE sealed (
  id        INTEGER PRIMARY KEY,
  run_id    TEXT    NOT NULL REFERENCES run (id),
  purpose   TEXT    NOT NULL,
  key_id    TEXT    NOT NULL,     -- of the wrapping key
  row_key   BLOB,                 -- wrapped; none once it was shredded
  value     BLOB,                 -- the same
  created   INTEGER NOT NULL,
  shredded  INTEGER,
  UNIQUE (run_id, purpose)
) STRICT;

CREATE TABLE lease (
  identity  TEXT    PRIMARY KEY,
  run_id    TEXT    NOT NULL,
  holder    TEXT    NOT NULL,     -- host and process
  fence     INTEGER NOT NULL,     -- grows with each taking; a write under an older one is refused
  expires   INTEGER NOT NULL
) STRICT;
