-- schema.sql - step 1 of the inventory's schema; schema.hpp says how steps are applied.
--
-- Two facts are kept apart. What sweeps saw: sweep, unit, sighting, finding and their parts. What
-- people decided: the tables named decision_*, which no sweep writes. No column holds a secret
-- value: only keyed fingerprints, redactions and length classes (architecture decision 4).
--
-- Conventions: instants are seconds since 1970-01-01T00:00:00Z; BLOB columns are raw bytes of
-- names as the file system or git stores them; integers named `..._code` are the enumerators of
-- scanner/identity/types.hpp and scanner/rules/rule.hpp, pinned by assertions in rows.cpp; lists
-- are items ended by 0x1F, where 0x1E protects the byte behind it.

-- The only row says what readers may see.
CREATE TABLE store_state (
  only_row       INTEGER PRIMARY KEY,   -- always 1
  current_sweep  INTEGER                -- the last finished sweep; flipped last
    REFERENCES sweep (sweep_id),
  next_reading   INTEGER NOT NULL,      -- the next free reading_id
  CONSTRAINT store_state_only_row CHECK (only_row = 1),
  CONSTRAINT store_state_next_reading CHECK (next_reading >= 1)
) STRICT;
INSERT INTO store_state VALUES (1, NULL, 1);

-- One run over an estate. At most one is `running`; a killed one is taken over by the next.
CREATE TABLE sweep (
  sweep_id             INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used twice
  state                TEXT    NOT NULL,   -- running | finished
  started              INTEGER NOT NULL,   -- instant
  as_of                INTEGER NOT NULL,   -- instant: the clock of the sweep (--as-of)
  finished             INTEGER,            -- instant
  estate               TEXT    NOT NULL,   -- name; empty without an estate file
  ruleset              TEXT    NOT NULL,   -- digest
  profile              TEXT    NOT NULL,   -- digest of ruleset, readers, decoders, limits
  key_id               TEXT    NOT NULL,   -- of the fingerprint key
  version              TEXT    NOT NULL,   -- of the program
  cis1_removal         INTEGER NOT NULL,   -- instant: the estate's policy, what reports count by
  stale_after_days     INTEGER NOT NULL,   -- the estate's policy
  max_age_days         INTEGER NOT NULL,   -- the estate's policy
  first_reading        INTEGER NOT NULL,   -- readings from here on are this sweep's
  files                INTEGER NOT NULL DEFAULT 0,  -- coverage: files read
  bytes                INTEGER NOT NULL DEFAULT 0,  -- coverage: bytes read
  git_objects          INTEGER NOT NULL DEFAULT 0,  -- coverage: git objects read
  archive_members      INTEGER NOT NULL DEFAULT 0,  -- coverage: archive members read
  carried_files        INTEGER NOT NULL DEFAULT 0,  -- coverage: files known to be unchanged
  carried_git_objects  INTEGER NOT NULL DEFAULT 0,  -- coverage: git objects taken over
  carried_since        INTEGER,            -- instant: the oldest reading taken over
  unread_total         INTEGER NOT NULL DEFAULT 0,  -- coverage: places wanted and not read
  CONSTRAINT sweep_state CHECK (state IN ('running', 'finished')),
  CONSTRAINT sweep_finished CHECK ((state = 'finished') = (finished IS NOT NULL)),
  CONSTRAINT sweep_counts CHECK (files >= 0 AND bytes >= 0 AND git_objects >= 0
    AND archive_members >= 0 AND carried_files >= 0 AND carried_git_objects >= 0
    AND unread_total >= 0)
) STRICT;
CREATE UNIQUE INDEX sweep_one_running ON sweep (state) WHERE state = 'running';

-- Names of targets, once each.
CREATE TABLE target (
  target_id  INTEGER PRIMARY KEY,  -- ours
  name       TEXT NOT NULL,        -- as the estate file says it
  CONSTRAINT target_name_once UNIQUE (name)
) STRICT;

-- Which targets a sweep covered; findings of others it left alone.
CREATE TABLE sweep_target (
  sweep_id   INTEGER NOT NULL REFERENCES sweep (sweep_id),    -- the sweep
  target_id  INTEGER NOT NULL REFERENCES target (target_id),  -- the target
  PRIMARY KEY (sweep_id, target_id)
) STRICT, WITHOUT ROWID;

-- Places that a sweep wanted and could not read; kept for the newest sweeps only.
CREATE TABLE sweep_unread (
  sweep_id  INTEGER NOT NULL REFERENCES sweep (sweep_id),  -- the sweep
  seq       INTEGER NOT NULL,  -- from 0, in the order of the coverage
  root      BLOB    NOT NULL,  -- raw bytes
  path      BLOB    NOT NULL,  -- raw bytes, relative to root
  reason    TEXT    NOT NULL,  -- one word, "permission-denied"
  bytes     INTEGER NOT NULL,  -- size of the place, 0 if unknown
  PRIMARY KEY (sweep_id, seq),
  CONSTRAINT sweep_unread_bytes CHECK (bytes >= 0)
) STRICT, WITHOUT ROWID;

-- What a sweep was told not to read, by reason.
CREATE TABLE sweep_policy (
  sweep_id  INTEGER NOT NULL REFERENCES sweep (sweep_id),  -- the sweep
  reason    TEXT    NOT NULL,  -- one word, "max-file-size"
  count     INTEGER NOT NULL,  -- places
  bytes     INTEGER NOT NULL,  -- their size
  PRIMARY KEY (sweep_id, reason),
  CONSTRAINT sweep_policy_counts CHECK (count >= 0 AND bytes >= 0)
) STRICT, WITHOUT ROWID;

-- Headline numbers of every sweep; kept for good, they are the trend.
CREATE TABLE measure (
  sweep_id  INTEGER NOT NULL REFERENCES sweep (sweep_id),  -- the sweep
  seq       INTEGER NOT NULL,  -- order of contracts section 7, from 0
  name      TEXT    NOT NULL,  -- the measure
  value     INTEGER,           -- NULL: no evidence, which is not 0
  PRIMARY KEY (sweep_id, seq),
  CONSTRAINT measure_name_once UNIQUE (sweep_id, name)
) STRICT, WITHOUT ROWID;

-- Roots under which units lie, once each.
CREATE TABLE root (
  root_id    INTEGER PRIMARY KEY,  -- ours
  target_id  INTEGER NOT NULL REFERENCES target (target_id),  -- whose
  name       BLOB    NOT NULL,     -- raw bytes, "target/relative"
  CONSTRAINT root_once UNIQUE (target_id, name)
) STRICT;

-- Digests under which units were read, once each.
CREATE TABLE profile (
  profile_id  INTEGER PRIMARY KEY,  -- ours
  digest      TEXT NOT NULL,        -- of ruleset, readers, decoders, limits
  CONSTRAINT profile_digest_once UNIQUE (digest)
) STRICT;

-- One reading of one unit: a file, or a repository's history (path `.git`). While a sweep runs a
-- unit may have two rows, its old reading and the new one; the end of the sweep leaves one.
CREATE TABLE unit (
  root_id              INTEGER NOT NULL REFERENCES root (root_id),  -- where
  path                 BLOB    NOT NULL,  -- raw bytes, relative to the root
  sweep_id             INTEGER NOT NULL REFERENCES sweep (sweep_id),  -- that read it
  reading_id           INTEGER NOT NULL,  -- never used twice; names this reading
  profile_id           INTEGER NOT NULL REFERENCES profile (profile_id),  -- read under it
  stamp                TEXT    NOT NULL,  -- changes when the content may have changed
  read_at              INTEGER NOT NULL,  -- instant of the reading
  missing_since        INTEGER,           -- instant: first sweep that could not tell, NULL if seen
  findings             INTEGER NOT NULL,  -- sightings of this reading
  unread_total         INTEGER NOT NULL,  -- coverage: parts wanted and not read
  skipped              INTEGER NOT NULL,  -- coverage: parts left out by policy, all reasons
  files                INTEGER NOT NULL,  -- coverage: files read
  bytes                INTEGER NOT NULL,  -- coverage: bytes read
  git_objects          INTEGER NOT NULL,  -- coverage: git objects read
  archive_members      INTEGER NOT NULL,  -- coverage: archive members read
  carried_files        INTEGER NOT NULL,  -- coverage: files taken over inside the unit
  carried_git_objects  INTEGER NOT NULL,  -- coverage: git objects taken over inside the unit
  carried_since        INTEGER,           -- instant: oldest reading inside the unit
  PRIMARY KEY (root_id, path, sweep_id),
  CONSTRAINT unit_counts CHECK (findings >= 0 AND unread_total >= 0 AND skipped >= 0
    AND files >= 0 AND bytes >= 0 AND git_objects >= 0 AND archive_members >= 0
    AND carried_files >= 0 AND carried_git_objects >= 0)
) STRICT, WITHOUT ROWID;

-- Parts of a unit that could not be read.
CREATE TABLE unit_unread (
  reading_id  INTEGER NOT NULL,  -- the unit's
  seq         INTEGER NOT NULL,  -- from 0
  root        BLOB    NOT NULL,  -- raw bytes
  path        BLOB    NOT NULL,  -- raw bytes, relative to root
  reason      TEXT    NOT NULL,  -- one word, "corrupt-object"
  bytes       INTEGER NOT NULL,  -- size of the place, 0 if unknown
  PRIMARY KEY (reading_id, seq),
  CONSTRAINT unit_unread_bytes CHECK (bytes >= 0)
) STRICT, WITHOUT ROWID;

-- Parts of a unit that were left out by policy.
CREATE TABLE unit_policy (
  reading_id  INTEGER NOT NULL,  -- the unit's
  seq         INTEGER NOT NULL,  -- from 0
  reason      TEXT    NOT NULL,  -- one word, "decode-depth"
  count       INTEGER NOT NULL,  -- places
  bytes       INTEGER NOT NULL,  -- their size
  PRIMARY KEY (reading_id, seq),
  CONSTRAINT unit_policy_counts CHECK (count >= 0 AND bytes >= 0)
) STRICT, WITHOUT ROWID;

-- A finding as one reading saw it. One finding may have several: in the work tree and in history.
-- A row outlives its reading while it is the last evidence of where its finding was.
CREATE TABLE sighting (
  sighting_id         INTEGER PRIMARY KEY,  -- ours
  finding_id          TEXT    NOT NULL,  -- "f_..."
  root_id             INTEGER NOT NULL REFERENCES root (root_id),  -- of the unit
  unit_path           BLOB    NOT NULL,  -- of the unit
  reading_id          INTEGER NOT NULL,  -- that saw it; its unit row may be replaced since
  unit_stamp          TEXT    NOT NULL,  -- of that reading
  unit_skipped        INTEGER NOT NULL,  -- of that reading
  kind_code           INTEGER NOT NULL,  -- 0 credential, 1 indicator, 2 site
  rule                TEXT    NOT NULL,  -- rule id
  also                TEXT    NOT NULL,  -- list: other rules on the same span
  category            TEXT    NOT NULL,  -- of the rule
  severity_code       INTEGER NOT NULL,  -- 0 low, 1 medium, 2 high, 3 critical
  confidence_code     INTEGER NOT NULL,  -- as severity
  why                 TEXT    NOT NULL,  -- one line
  fingerprint         TEXT    NOT NULL,  -- keyed; empty for sites and indicators
  credential_id       TEXT    NOT NULL,  -- "c_..."; empty for sites and indicators
  credential_group    TEXT    NOT NULL,  -- shared by the parts of one credential; may be empty
  role_code           INTEGER NOT NULL,  -- 0 secret, 1 id, 2 account
  redacted            TEXT    NOT NULL,  -- public prefix and at most four last characters
  length_class        TEXT    NOT NULL,  -- "1-7", "8-15", "16+"
  host                TEXT    NOT NULL,  -- where the target lies
  target              TEXT    NOT NULL,  -- name of the estate's target
  place_root          BLOB    NOT NULL,  -- raw bytes
  place_path          BLOB,              -- raw bytes; NULL for an unreachable git object
  place_member        BLOB    NOT NULL,  -- raw bytes, "inner.zip!/b.txt"
  first_line          INTEGER NOT NULL,  -- from 1
  first_column        INTEGER NOT NULL,  -- code points, from 1
  last_line           INTEGER NOT NULL,  -- from 1
  last_column         INTEGER NOT NULL,  -- code points, end exclusive
  byte_start          INTEGER NOT NULL,  -- in the member's own bytes or the blob
  byte_end            INTEGER NOT NULL,  -- half open
  encoding            TEXT    NOT NULL,  -- list: decoding steps, outermost first
  identity            TEXT    NOT NULL,  -- key; empty if no account is known
  principal_code      INTEGER NOT NULL,  -- 0 machine, 1 application, 2 session, 3 emergency,
                                         -- 4 human, 5 unknown
  dependency_id       TEXT    NOT NULL,  -- "d_..."; empty if bound to none
  system              TEXT    NOT NULL,  -- of the estate; may be empty
  environment_code    INTEGER NOT NULL,  -- 0 unknown, 1 live, 2 integration, 3 training,
                                         -- 4 development
  owner_name          TEXT    NOT NULL,  -- empty if unowned
  owner_source        TEXT    NOT NULL,  -- "estate", "owners", "codeowners" or empty
  age_source_code     INTEGER NOT NULL,  -- 0 unknown, 1 git, 2 expiry, 3 engine, 4 file-time
  age_since           INTEGER,           -- instant: first evidence of the value
  age_expires         INTEGER,           -- instant: of the certificate or token
  published_default   INTEGER NOT NULL,  -- 1: a vendor's published default value
  ignored_inline      INTEGER NOT NULL,  -- 1: an inline ignore stands on its line
  ordinal             INTEGER NOT NULL,  -- among equals in file order
  file_owner          TEXT,              -- user name or number; NULL: no file facts
  file_mode           INTEGER,           -- permission bits
  file_mtime          INTEGER,           -- instant
  file_world          INTEGER,           -- 1: everybody may read it
  git_blob            TEXT,              -- hex id; NULL: no git facts
  git_blobs           INTEGER,           -- versions of this place that hold the value
  git_commit          TEXT,              -- that introduced it; empty if unreachable
  git_author          TEXT,              -- of that commit
  git_committer       TEXT,              -- of that commit
  git_date            INTEGER,           -- instant of that commit
  git_last_commit     TEXT,              -- the last one that holds it
  git_removed_commit  TEXT,              -- that removed it; NULL if still there
  git_paths_total     INTEGER,           -- paths that hold the blob
  git_refs            TEXT,              -- list: short names
  git_in_head         INTEGER,           -- 1: in HEAD
  git_in_worktree     INTEGER,           -- 1: in the work tree
  git_reachable       INTEGER,           -- 1: some ref reaches it
  site_format         TEXT,              -- "mirth.channel"; NULL: no site facts
  site_component      TEXT,              -- list: outermost first
  site_component_id   TEXT,              -- the engine's own id
  site_enabled        INTEGER,           -- 1 on, 0 off, NULL not said
  site_target         TEXT,              -- scrubbed
  site_account        TEXT,              -- account name
  site_form_code      INTEGER,           -- 0 plaintext, 1 base64, 2 reversible, 3 encrypted,
                                         -- 4 hashed, 5 key material, 6 reference,
                                         -- 7 placeholder, 8 masked, 9 none
  site_form_detail    TEXT,              -- how it is known
  site_dormant        INTEGER,           -- 1: the component is off
  site_inbound        INTEGER,           -- 1: others sign in with it here
  site_secret_start   INTEGER,           -- span, not the value
  site_secret_end     INTEGER,           -- half open
  site_account_start  INTEGER,           -- span
  site_account_end    INTEGER,           -- half open
  indicator_kind      TEXT,              -- "cis1.host.gas"; NULL: no indicator facts
  indicator_class_code  INTEGER,         -- 0 CIS1, 1 CIS2, 2 neutral
  indicator_subclass  TEXT,              -- "spine", "apim", ...
  indicator_place_code  INTEGER,         -- 0 unknown, 1 application, 2 engine, 3 host, 4 network,
                                         -- 5 document
  indicator_text      TEXT,              -- the trace itself, scrubbed; no secret
  CONSTRAINT sighting_kind CHECK (kind_code BETWEEN 0 AND 2),
  CONSTRAINT sighting_severity CHECK (severity_code BETWEEN 0 AND 3),
  CONSTRAINT sighting_confidence CHECK (confidence_code BETWEEN 0 AND 3),
  CONSTRAINT sighting_role CHECK (role_code BETWEEN 0 AND 2),
  CONSTRAINT sighting_principal CHECK (principal_code BETWEEN 0 AND 5),
  CONSTRAINT sighting_environment CHECK (environment_code BETWEEN 0 AND 4),
  CONSTRAINT sighting_age_source CHECK (age_source_code BETWEEN 0 AND 4),
  CONSTRAINT sighting_span CHECK (0 <= byte_start AND byte_start <= byte_end),
  CONSTRAINT sighting_flags CHECK (published_default IN (0, 1) AND ignored_inline IN (0, 1)),
  CONSTRAINT sighting_file CHECK ((file_owner IS NULL) = (file_mode IS NULL)
    AND (file_owner IS NULL) = (file_mtime IS NULL)
    AND (file_owner IS NULL) = (file_world IS NULL)),
  CONSTRAINT sighting_git CHECK ((git_blob IS NULL) = (git_blobs IS NULL)
    AND (git_blob IS NULL) = (git_refs IS NULL) AND (git_blob IS NULL) = (git_reachable IS NULL)),
  CONSTRAINT sighting_site CHECK ((site_format IS NULL) = (site_form_code IS NULL)
    AND (site_form_code IS NULL OR site_form_code BETWEEN 0 AND 9)),
  CONSTRAINT sighting_indicator CHECK ((indicator_kind IS NULL) = (indicator_class_code IS NULL)
    AND (indicator_kind IS NULL) = (indicator_place_code IS NULL)
    AND (indicator_class_code IS NULL OR indicator_class_code BETWEEN 0 AND 2)
    AND (indicator_place_code IS NULL OR indicator_place_code BETWEEN 0 AND 5))
) STRICT;
CREATE INDEX sighting_by_finding ON sighting (finding_id);
CREATE INDEX sighting_by_reading ON sighting (reading_id);

-- Presence of each finding after the last sweep of its target. Written by the end of a sweep only.
CREATE TABLE finding (
  finding_id        TEXT    NOT NULL PRIMARY KEY,  -- "f_..."
  sighting_id       INTEGER NOT NULL REFERENCES sighting (sighting_id),  -- its place
  history_id        INTEGER REFERENCES sighting (sighting_id),  -- its git facts; NULL if none
  state             TEXT    NOT NULL,  -- new | open | gone | unverified
  checked           INTEGER NOT NULL,  -- 1: its place was read by the last sweep of its target
  change            TEXT    NOT NULL,  -- content | ruleset: why the state last changed
  first_seen        INTEGER NOT NULL,  -- instant; never moves
  last_seen         INTEGER NOT NULL,  -- instant
  changed_sweep     INTEGER NOT NULL REFERENCES sweep (sweep_id),  -- of the last change of state
  CONSTRAINT finding_state CHECK (state IN ('new', 'open', 'gone', 'unverified')),
  CONSTRAINT finding_checked CHECK (checked IN (0, 1)),
  CONSTRAINT finding_change CHECK (change IN ('content', 'ruleset')),
  CONSTRAINT finding_seen CHECK (first_seen <= last_seen)
) STRICT, WITHOUT ROWID;
CREATE INDEX finding_by_sighting ON finding (sighting_id);
CREATE INDEX finding_by_history ON finding (history_id) WHERE history_id IS NOT NULL;

-- Every change of presence, for deltas. A new finding that merely stays (new to open) is none.
CREATE TABLE presence_change (
  sweep_id    INTEGER NOT NULL REFERENCES sweep (sweep_id),  -- that found the change
  finding_id  TEXT    NOT NULL,  -- "f_..."
  from_state  TEXT,              -- NULL: it was not known
  to_state    TEXT    NOT NULL,  -- as finding.state
  change      TEXT    NOT NULL,  -- content | ruleset
  PRIMARY KEY (sweep_id, finding_id),
  CONSTRAINT presence_change_to CHECK (to_state IN ('new', 'open', 'gone', 'unverified')),
  CONSTRAINT presence_change_why CHECK (change IN ('content', 'ruleset'))
) STRICT, WITHOUT ROWID;

-- Decisions are appended, never changed: the newest row of a subject is in force, and the older
-- ones are the record. `who` names a person or an account, `evidence` what it rests on.
CREATE TABLE decision_credential_status (
  decision_id    INTEGER PRIMARY KEY AUTOINCREMENT,  -- order of decisions
  credential_id  TEXT    NOT NULL,  -- "c_..."
  status         TEXT    NOT NULL,  -- unknown | live | managed | dead-proven | dead-attested
  who            TEXT    NOT NULL,  -- who decided
  decided_at     INTEGER NOT NULL,  -- instant
  evidence       TEXT    NOT NULL,  -- what it rests on; never a secret
  CONSTRAINT credential_status_word CHECK (status IN
    ('unknown', 'live', 'managed', 'dead-proven', 'dead-attested')),
  CONSTRAINT credential_status_who CHECK (who <> '' AND credential_id <> '')
) STRICT;
CREATE INDEX credential_status_by_credential ON decision_credential_status (credential_id);

-- What people made of a finding. Acceptance until a date is an exception and stands beside it.
CREATE TABLE decision_finding (
  decision_id   INTEGER PRIMARY KEY AUTOINCREMENT,  -- order of decisions
  subject_kind  TEXT    NOT NULL,  -- finding | credential
  subject_id    TEXT    NOT NULL,  -- "f_..." or "c_..."
  verdict       TEXT    NOT NULL,  -- as below; none takes back what was decided before
  owner         TEXT    NOT NULL,  -- team or person who acts on it; may be empty
  ticket        TEXT    NOT NULL,  -- where it is worked on; may be empty
  reason        TEXT    NOT NULL,  -- may be empty
  who           TEXT    NOT NULL,  -- who decided
  decided_at    INTEGER NOT NULL,  -- instant
  evidence      TEXT    NOT NULL,  -- what it rests on; never a secret
  CONSTRAINT finding_decision_subject CHECK (subject_kind IN ('finding', 'credential')),
  CONSTRAINT finding_decision_word CHECK (verdict IN
    ('confirmed', 'false-positive', 'assigned', 'ticket', 'none')),
  CONSTRAINT finding_decision_who CHECK (subject_id <> '' AND who <> ''),
  CONSTRAINT finding_decision_words CHECK ((verdict <> 'assigned' OR owner <> '')
    AND (verdict <> 'ticket' OR ticket <> '') AND (verdict <> 'false-positive' OR reason <> ''))
) STRICT;
CREATE INDEX finding_decision_by_subject ON decision_finding (subject_id);

-- An accepted finding or credential. It ends by itself; withdrawing it is a row of its own.
CREATE TABLE decision_exception (
  decision_id   INTEGER PRIMARY KEY AUTOINCREMENT,  -- order of decisions
  exception_id  TEXT    NOT NULL,  -- "e_..."; rows of one exception share it
  subject_kind  TEXT    NOT NULL,  -- finding | credential
  subject_id    TEXT    NOT NULL,  -- "f_..." or "c_..."
  owner         TEXT    NOT NULL,  -- who answers for it
  reason        TEXT    NOT NULL,  -- why it is accepted
  until         INTEGER NOT NULL,  -- instant at which it ends
  withdrawn     INTEGER NOT NULL,  -- 1: this row ends the exception now
  who           TEXT    NOT NULL,  -- who decided
  decided_at    INTEGER NOT NULL,  -- instant
  evidence      TEXT    NOT NULL,  -- what it rests on; never a secret
  CONSTRAINT exception_subject CHECK (subject_kind IN ('finding', 'credential')),
  CONSTRAINT exception_withdrawn CHECK (withdrawn IN (0, 1)),
  CONSTRAINT exception_words CHECK (exception_id <> '' AND subject_id <> '' AND owner <> ''
    AND reason <> '' AND who <> '')
) STRICT;
CREATE INDEX exception_by_subject ON decision_exception (subject_id);

-- The lifecycle state that people gave a dependency (reference: states of contracts section 7).
CREATE TABLE decision_dependency_state (
  decision_id    INTEGER PRIMARY KEY AUTOINCREMENT,  -- order of decisions
  dependency_id  TEXT    NOT NULL,  -- "d_..."
  state          TEXT    NOT NULL,  -- as below
  who            TEXT    NOT NULL,  -- who decided
  decided_at     INTEGER NOT NULL,  -- instant
  evidence       TEXT    NOT NULL,  -- what it rests on; never a secret
  CONSTRAINT dependency_state_word CHECK (state IN ('observed', 'cis1-only', 'cis2-configured',
    'dual', 'cis2-primary', 'cis2-only', 'retired')),
  CONSTRAINT dependency_state_who CHECK (who <> '' AND dependency_id <> '')
) STRICT;
CREATE INDEX dependency_state_by_dependency ON decision_dependency_state (dependency_id);

-- Who answers for a thing.
CREATE TABLE decision_ownership (
  decision_id   INTEGER PRIMARY KEY AUTOINCREMENT,  -- order of decisions
  subject_kind  TEXT    NOT NULL,  -- finding | credential | identity | dependency | system
  subject_id    TEXT    NOT NULL,  -- its id, or the system's name
  owner         TEXT    NOT NULL,  -- team or person; empty takes the ownership back
  who           TEXT    NOT NULL,  -- who decided
  decided_at    INTEGER NOT NULL,  -- instant
  evidence      TEXT    NOT NULL,  -- what it rests on; never a secret
  CONSTRAINT ownership_subject CHECK (subject_kind IN
    ('finding', 'credential', 'identity', 'dependency', 'system')),
  CONSTRAINT ownership_who CHECK (who <> '' AND subject_id <> '')
) STRICT;
CREATE INDEX ownership_by_subject ON decision_ownership (subject_id);

-- Two names of one identity.
CREATE TABLE decision_alias (
  decision_id  INTEGER PRIMARY KEY AUTOINCREMENT,  -- order of decisions
  identity     TEXT    NOT NULL,  -- key that is another name
  alias_of     TEXT    NOT NULL,  -- key that stands for it; empty splits them again
  who          TEXT    NOT NULL,  -- who decided
  decided_at   INTEGER NOT NULL,  -- instant
  evidence     TEXT    NOT NULL,  -- what it rests on; never a secret
  CONSTRAINT alias_who CHECK (who <> '' AND identity <> '' AND identity <> alias_of)
) STRICT;
CREATE INDEX alias_by_identity ON decision_alias (identity);
