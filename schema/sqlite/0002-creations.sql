-- A group's creation is found in the trail by the group's own row, or its address's in the ledger, and no longer by an
-- index of the trail: where a million groups are made, that is every second page to write.

ALTER TABLE groups ADD COLUMN created_revision INTEGER NOT NULL DEFAULT 0
  CHECK (created_revision BETWEEN 0 AND revision);
ALTER TABLE retired ADD COLUMN created_revision INTEGER;  -- NULL where no group of this store had the address

DROP TRIGGER groups_keep_their_address;
UPDATE groups SET created_revision = coalesce((
  SELECT revision FROM changes
  WHERE "group" = label AND verb = 'group_create' AND zone = (SELECT name FROM zones WHERE no = groups.zone)), 0);
CREATE TRIGGER groups_keep_their_address BEFORE UPDATE ON groups
WHEN NEW.zone <> OLD.zone OR NEW.label <> OLD.label OR NEW.revision <= OLD.revision
  OR NEW.created_revision <> OLD.created_revision
BEGIN
  SELECT RAISE(ABORT, 'a group keeps its address, and its revision rises');
END;

DROP TRIGGER retired_do_not_change;
UPDATE retired SET created_revision = (
  SELECT revision FROM changes WHERE "group" = label AND verb = 'group_create' AND changes.zone = retired.zone);
CREATE TRIGGER retired_do_not_change BEFORE UPDATE ON retired
BEGIN
  SELECT RAISE(ABORT, 'an issued address stays issued');
END;
DROP TRIGGER groups_retire;
CREATE TRIGGER groups_retire AFTER DELETE ON groups
BEGIN
  INSERT INTO retired SELECT name, OLD.label, OLD.created_revision FROM zones WHERE no = OLD.zone;
END;

DROP INDEX changes_of_group;
CREATE INDEX changes_of_group ON changes ("group") WHERE "group" IS NOT NULL AND verb <> 'group_create';
