-- schema_8.sql - step 8: where the audit stood when a sweep had ended.

ALTER TABLE sweep ADD COLUMN audit_head TEXT NOT NULL DEFAULT '';  -- "17:" and 64 hex digits; empty: not recorded
