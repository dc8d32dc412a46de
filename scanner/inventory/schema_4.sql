-- schema_4.sql - step 4: what people say of a dependency, a word a row, from commands, sheets and files.

-- The system is named in each row: what people say outlives the last trace by which a sweep knew it.
CREATE TABLE decision_dependency (
  decision_id       INTEGER PRIMARY KEY AUTOINCREMENT,  -- order of decisions
  dependency_id     TEXT    NOT NULL,  -- "d_..."
  system            TEXT    NOT NULL,  -- whose id that is; empty in rows of before this step
  environment_code  INTEGER NOT NULL,  -- as sighting.environment_code
  field             TEXT    NOT NULL,  -- as below
  value             TEXT    NOT NULL,  -- empty takes back what was said before
  who               TEXT    NOT NULL,  -- who decided
  decided_at        INTEGER NOT NULL,  -- instant; of a file: the day that it names
  evidence          TEXT    NOT NULL,  -- what it rests on; never a secret
  source            TEXT    NOT NULL,  -- command | sheet | file: where it was said
  CONSTRAINT dependency_decision_field CHECK (field IN ('state', 'owner', 'criticality',
    'side_states', 'exception_until', 'supplier', 'supplier_date', 'review', 'blockers')),
  CONSTRAINT dependency_decision_state CHECK (field <> 'state' OR value IN ('', 'observed',
    'cis1-only', 'cis2-configured', 'dual', 'cis2-primary', 'cis2-only', 'retired')),
  CONSTRAINT dependency_decision_source CHECK (source IN ('command', 'sheet', 'file')),
  CONSTRAINT dependency_decision_environment CHECK (environment_code BETWEEN 0 AND 4),
  CONSTRAINT dependency_decision_who CHECK (who <> '' AND dependency_id <> '')
) STRICT;
CREATE INDEX decision_dependency_by_dependency ON decision_dependency (dependency_id);

INSERT INTO decision_dependency (dependency_id, system, environment_code, field, value, who,
  decided_at, evidence, source)
  SELECT dependency_id, '', 0, 'state', state, who, decided_at, evidence, 'command'
  FROM decision_dependency_state ORDER BY decision_id;
INSERT INTO decision_dependency (dependency_id, system, environment_code, field, value, who,
  decided_at, evidence, source)
  SELECT subject_id, '', 0, 'owner', owner, who, decided_at, evidence, 'command'
  FROM decision_ownership WHERE subject_kind = 'dependency' ORDER BY decision_id;
DROP TABLE decision_dependency_state;
DELETE FROM decision_ownership WHERE subject_kind = 'dependency';
