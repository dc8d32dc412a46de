-- schema_7.sql - step 7: when a value was taken out of a repository.

ALTER TABLE sighting ADD COLUMN git_removed_date INTEGER;  -- instant of git_removed_commit; NULL: not known
