-- schema_8.sql - step 8: where the audit stood when a sweep had ended, and what people say that
-- credentials are for.

ALTER TABLE sweep ADD COLUMN audit_head TEXT NOT NULL DEFAULT '';  -- "17:" and 64 hex digits; empty: not recorded

-- What a credential is towards a dependency. The newest row of a pair is in force.
CREATE TABLE decision_binding (
  decision_id    INTEGER PRIMARY KEY AUTOINCREMENT,  -- order of decisions
  dependency_id  TEXT    NOT NULL,  -- "d_..."
  credential_id  TEXT    NOT NULL,  -- "c_..."
  kind           TEXT    NOT NULL,  -- as below; none takes back what was said before
  who            TEXT    NOT NULL,  -- who decided
  decided_at     INTEGER NOT NULL,  -- instant
  evidence       TEXT    NOT NULL,  -- what it rests on; never a secret
  CONSTRAINT binding_kind CHECK (kind IN
    ('none', 'cis1-call', 'cis2-client', 'shared-spine', 'api-platform', 'unrelated')),
  CONSTRAINT binding_who CHECK (who <> '' AND dependency_id <> '' AND credential_id <> ''),
  CONSTRAINT binding_evidence CHECK (evidence <> '')
) STRICT;
CREATE INDEX binding_by_credential ON decision_binding (credential_id);
