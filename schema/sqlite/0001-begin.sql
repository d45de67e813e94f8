-- The store's tables. The rules stand in schema/rules.md; what can be said of them in SQL is said here a second time,
-- so that neither a bug nor a hand with sqlite3 can break them. Times are milliseconds since 1970, UTC. NULL: none,
-- or does not apply. Applied inside one transaction, with user_version set to this file's number.

PRAGMA application_id = 1718580850;  -- "fovr"

CREATE TABLE zones (
  no           INTEGER PRIMARY KEY CHECK (no BETWEEN 1 AND 4294967295),
  name         TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 253 AND name NOT GLOB '*[^a-z0-9.-]*'),
  nameservers  TEXT NOT NULL CHECK (json_valid(nameservers) AND json_type(nameservers) = 'array'),
  hostmaster   TEXT NOT NULL CHECK (length(hostmaster) BETWEEN 1 AND 253 AND hostmaster = lower(hostmaster)),
  ttl          INTEGER NOT NULL CHECK (ttl BETWEEN 5 AND 300),
  negative_ttl INTEGER NOT NULL CHECK (negative_ttl BETWEEN 0 AND 300),
  records      TEXT NOT NULL CHECK (json_valid(records) AND json_type(records) = 'array'),
  revision     INTEGER NOT NULL CHECK (revision > 0),
  created_at   INTEGER NOT NULL,
  updated_at   INTEGER NOT NULL
) STRICT;

CREATE TRIGGER zones_keep_their_name BEFORE UPDATE ON zones
WHEN NEW.no <> OLD.no OR NEW.name <> OLD.name OR NEW.revision <= OLD.revision
BEGIN
  SELECT RAISE(ABORT, 'a zone keeps its name, and its revision rises');
END;

-- Outlives its zone: a zone made again goes on from here.
CREATE TABLE serials (
  zone   TEXT NOT NULL PRIMARY KEY,
  serial INTEGER NOT NULL CHECK (serial BETWEEN 1 AND 4294967295)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER serials_rise BEFORE UPDATE ON serials
WHEN NEW.zone <> OLD.zone OR NEW.serial < OLD.serial
BEGIN
  SELECT RAISE(ABORT, 'a serial never goes back');
END;

CREATE TRIGGER serials_stay BEFORE DELETE ON serials
BEGIN
  SELECT RAISE(ABORT, 'a serial outlives its zone');
END;

CREATE TABLE stacks (
  no         INTEGER PRIMARY KEY CHECK (no BETWEEN 1 AND 4294967295),
  id         TEXT NOT NULL UNIQUE CHECK (id GLOB 'stk_*' AND length(id) = 17 AND id NOT GLOB '*[^a-z0-9_]*'),
  name       TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 63 AND name NOT GLOB '*[^a-z0-9-]*'
                                         AND name NOT GLOB '-*' AND name NOT GLOB '*-'),
  servers    TEXT NOT NULL CHECK (json_valid(servers) AND json_type(servers) = 'array'),
  revision   INTEGER NOT NULL CHECK (revision > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE TRIGGER stacks_keep_their_id BEFORE UPDATE ON stacks
WHEN NEW.no <> OLD.no OR NEW.id <> OLD.id OR NEW.revision <= OLD.revision
BEGIN
  SELECT RAISE(ABORT, 'a stack keeps its id, and its revision rises');
END;

CREATE TABLE groups (
  zone          INTEGER NOT NULL REFERENCES zones (no) ON DELETE RESTRICT,
  label         TEXT NOT NULL CHECK (length(label) BETWEEN 1 AND 63 AND label NOT GLOB '*[^a-z0-9-]*'
                                     AND label NOT GLOB '-*' AND label NOT GLOB '*-'),
  name          TEXT NOT NULL CHECK (length(name) <= 255),
  primary_stack INTEGER,
  backup_stack  INTEGER,
  live          TEXT NOT NULL,
  ttl           INTEGER CHECK (ttl BETWEEN 5 AND 300),  -- NULL: the zone's
  revision      INTEGER NOT NULL CHECK (revision > 0),
  created_at    INTEGER NOT NULL,
  updated_at    INTEGER NOT NULL,
  live_since    INTEGER NOT NULL,
  PRIMARY KEY (zone, label),
  CHECK (primary_stack <> backup_stack),
  CHECK (CASE live
           WHEN 'primary' THEN primary_stack IS NOT NULL
           WHEN 'backup' THEN backup_stack IS NOT NULL
           WHEN 'none' THEN primary_stack IS NULL AND backup_stack IS NULL
           ELSE 0
         END)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER groups_keep_their_address BEFORE UPDATE ON groups
WHEN NEW.zone <> OLD.zone OR NEW.label <> OLD.label OR NEW.revision <= OLD.revision
BEGIN
  SELECT RAISE(ABORT, 'a group keeps its address, and its revision rises');
END;

-- How many sides each stack stands on; no row where none. It takes the place of foreign keys from the groups, which
-- would cost two indexes of a million rows, and each new group two more pages to write.
CREATE TABLE attached (
  stack INTEGER PRIMARY KEY REFERENCES stacks (no) ON DELETE RESTRICT,
  sides INTEGER NOT NULL CHECK (sides > 0)
) STRICT;

CREATE TRIGGER groups_attach_primary AFTER INSERT ON groups WHEN NEW.primary_stack IS NOT NULL
BEGIN
  INSERT INTO attached VALUES (NEW.primary_stack, 1) ON CONFLICT (stack) DO UPDATE SET sides = sides + 1;
END;
CREATE TRIGGER groups_attach_backup AFTER INSERT ON groups WHEN NEW.backup_stack IS NOT NULL
BEGIN
  INSERT INTO attached VALUES (NEW.backup_stack, 1) ON CONFLICT (stack) DO UPDATE SET sides = sides + 1;
END;
CREATE TRIGGER groups_replace_primary AFTER UPDATE ON groups WHEN NEW.primary_stack IS NOT OLD.primary_stack
BEGIN
  INSERT INTO attached SELECT NEW.primary_stack, 1 WHERE NEW.primary_stack IS NOT NULL
    ON CONFLICT (stack) DO UPDATE SET sides = sides + 1;
  DELETE FROM attached WHERE stack = OLD.primary_stack AND sides = 1;
  UPDATE attached SET sides = sides - 1 WHERE stack = OLD.primary_stack AND sides > 1;
END;
CREATE TRIGGER groups_replace_backup AFTER UPDATE ON groups WHEN NEW.backup_stack IS NOT OLD.backup_stack
BEGIN
  INSERT INTO attached SELECT NEW.backup_stack, 1 WHERE NEW.backup_stack IS NOT NULL
    ON CONFLICT (stack) DO UPDATE SET sides = sides + 1;
  DELETE FROM attached WHERE stack = OLD.backup_stack AND sides = 1;
  UPDATE attached SET sides = sides - 1 WHERE stack = OLD.backup_stack AND sides > 1;
END;
CREATE TRIGGER groups_with_stacks_stay BEFORE DELETE ON groups
WHEN OLD.primary_stack IS NOT NULL OR OLD.backup_stack IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'a group with a stack cannot be deleted');
END;

-- The ledger: with the groups that stand, every address that was ever issued. By the zone's name, since it outlives
-- the zone.
CREATE TABLE retired (
  zone  TEXT NOT NULL,
  label TEXT NOT NULL,
  PRIMARY KEY (zone, label)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER groups_are_issued_once BEFORE INSERT ON groups
WHEN EXISTS (SELECT 1 FROM retired WHERE zone = (SELECT name FROM zones WHERE no = NEW.zone) AND label = NEW.label)
BEGIN
  SELECT RAISE(ABORT, 'this address was issued before');
END;
CREATE TRIGGER groups_retire AFTER DELETE ON groups
BEGIN
  INSERT INTO retired SELECT name, OLD.label FROM zones WHERE no = OLD.zone;
END;
CREATE TRIGGER retired_are_gone BEFORE INSERT ON retired
WHEN EXISTS (SELECT 1 FROM groups WHERE zone = (SELECT no FROM zones WHERE name = NEW.zone) AND label = NEW.label)
BEGIN
  SELECT RAISE(ABORT, 'a group has this address');
END;
CREATE TRIGGER retired_do_not_change BEFORE UPDATE ON retired
BEGIN
  SELECT RAISE(ABORT, 'an issued address stays issued');
END;
CREATE TRIGGER retired_stay BEFORE DELETE ON retired
BEGIN
  SELECT RAISE(ABORT, 'an issued address stays issued');
END;

-- A stack's tokens go with it: its number may be given to another.
CREATE TABLE tokens (
  id         TEXT NOT NULL PRIMARY KEY CHECK (id GLOB 'tok_*' AND length(id) = 17 AND id NOT GLOB '*[^a-z0-9_]*'),
  name       TEXT NOT NULL CHECK (length(name) <= 255),
  role       TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin', 'stack')),
  stack      INTEGER REFERENCES stacks (no) ON DELETE CASCADE,
  expires_at INTEGER,
  hash       BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
  revision   INTEGER NOT NULL CHECK (revision > 0),
  created_at INTEGER NOT NULL,
  CHECK ((role = 'stack') = (stack IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX tokens_of_stack ON tokens (stack) WHERE stack IS NOT NULL;

-- The trail. "from" is the peer's address; "group" is the label; before and after are JSON.
CREATE TABLE changes (
  revision INTEGER PRIMARY KEY,
  at       INTEGER NOT NULL,
  verb     TEXT NOT NULL CHECK (verb <> ''),
  actor    TEXT NOT NULL,
  "from"   TEXT NOT NULL,
  reason   TEXT NOT NULL,
  zone     TEXT,
  "group"  TEXT,
  stack    TEXT,
  stack_id TEXT,
  before   TEXT,
  after    TEXT
) STRICT;

CREATE INDEX changes_of_group ON changes ("group") WHERE "group" IS NOT NULL;
CREATE INDEX changes_of_stack ON changes (stack) WHERE stack IS NOT NULL;
CREATE INDEX changes_of_stack_id ON changes (stack_id) WHERE stack_id IS NOT NULL;

CREATE TRIGGER changes_have_no_gap BEFORE INSERT ON changes
WHEN NEW.revision <> 1 + (SELECT coalesce(max(revision), 0) FROM changes)
BEGIN
  SELECT RAISE(ABORT, 'a change has the next revision');
END;
CREATE TRIGGER changes_do_not_change BEFORE UPDATE ON changes
BEGIN
  SELECT RAISE(ABORT, 'the trail is only added to');
END;
CREATE TRIGGER changes_stay BEFORE DELETE ON changes
BEGIN
  SELECT RAISE(ABORT, 'the trail is only added to');
END;

-- What each of the latest changes altered, to be dropped from PowerDNS's caches after a restart: full names, or the
-- zones' where they were very many, one a line. Kept for a quarter of an hour.
CREATE TABLE altered (
  revision INTEGER PRIMARY KEY,
  at       INTEGER NOT NULL,
  names    TEXT NOT NULL
) STRICT;
