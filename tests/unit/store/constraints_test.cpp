// The rules as the schema holds them: what SQL by hand may not do either.
#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <boost/test/unit_test.hpp>

#include "store/support.hpp"

using namespace failover;
using namespace failover::test;

namespace {

// Of the store that start() makes, with a token of stack 3 and a retired address besides.
struct Fixture {
  Directory directory;
  Fixture() {
    Changes changes;
    auto list = changes.start();
    list.push_back(changes.create(changes.token("tok_0000000000001", TokenRole::stack, 3)));
    list.push_back(changes.create(changes.group("gone")));
    list.push_back(changes.touch("group_delete", changes.group("gone"), {}));
    BOOST_REQUIRE(directory.open()->commit(list).has_value());
  }
  // SQLITE_OK or what it was refused with; nothing is kept.
  int run(const std::string& sql) {
    SQLite::Database database(directory.file(), SQLite::OPEN_READWRITE);
    database.exec("PRAGMA foreign_keys = ON; BEGIN");
    const int result = database.tryExec(sql);
    BOOST_TEST_MESSAGE(sql << ": " << database.getErrorMsg());
    database.tryExec("ROLLBACK");
    return result & 0xff;
  }
};

struct Row {
  const char* rule;
  std::string sql;
};

std::string group(const std::string& label, const std::string& sides_live_ttl,
                  const std::string& name = "''") {
  return "INSERT INTO groups (zone, label, name, primary_stack, backup_stack, live, ttl, revision, "
         "created_at,"
         " updated_at, live_since) VALUES (1, '" +
         label + "', " + name + ", " + sides_live_ttl + ", 9, 0, 0, 0)";
}
std::string zone(const std::string& name, const std::string& ttls = "60, 30",
                 const std::string& lists = "'[]', '[]'") {
  return "INSERT INTO zones (name, hostmaster, ttl, negative_ttl, nameservers, records, revision, created_at,"
         " updated_at) VALUES ('" +
         name + "', 'hostmaster.example', " + ttls + ", " + lists + ", 9, 0, 0)";
}
std::string stack(const std::string& id, const std::string& name, const std::string& servers = "'[]'") {
  return "INSERT INTO stacks (id, name, servers, revision, created_at, updated_at) VALUES ('" + id + "', '" +
         name + "', " + servers + ", 9, 0, 0)";
}
std::string token(const std::string& role_stack, const std::string& hash = "zeroblob(32)",
                  const std::string& id = "tok_0000000000009") {
  return "INSERT INTO tokens (id, name, role, stack, hash, revision, created_at) VALUES ('" + id +
         "', 't', " + role_stack + ", " + hash + ", 9, 0)";
}
std::string change(const std::string& revision) {
  return "INSERT INTO changes (revision, at, verb, actor, \"from\", reason) VALUES (" + revision +
         ", 0, 'flip', '', '', '')";
}
const std::string label63(63, 'a'), name254 = label63 + '.' + label63 + '.' + label63 +
                                              '.' + label63.substr(1);

}  // namespace

BOOST_FIXTURE_TEST_SUITE(constraints_test, Fixture)

BOOST_AUTO_TEST_CASE(what_the_rules_forbid_is_refused) {
  const Row rows[] = {
      {"a label is not empty", group("", "NULL, NULL, 'none', NULL")},
      {"a label has 63 characters at most", group(label63 + "a", "NULL, NULL, 'none', NULL")},
      {"a label is lower case", group("Shop", "NULL, NULL, 'none', NULL")},
      {"a label has no dot", group("a.b", "NULL, NULL, 'none', NULL")},
      {"a label has no underscore", group("a_b", "NULL, NULL, 'none', NULL")},
      {"a label has no hyphen in front", group("-a", "NULL, NULL, 'none', NULL")},
      {"a label has no hyphen at the end", group("a-", "NULL, NULL, 'none', NULL")},
      {"a name has 255 characters at most", group("x", "NULL, NULL, 'none', NULL", "printf('%.256c', 'a')")},
      {"primary and backup differ", group("x", "1, 1, 'primary', NULL")},
      {"live is none only without stacks", group("x", "1, NULL, 'none', NULL")},
      {"live is none only without stacks", group("x", "NULL, 1, 'none', NULL")},
      {"live names a side with a stack", group("x", "NULL, 1, 'primary', NULL")},
      {"live names a side with a stack", group("x", "1, NULL, 'backup', NULL")},
      {"live names a side", group("x", "1, 2, 'both', NULL")},
      {"live is something", group("x", "1, 2, NULL, NULL")},
      {"live follows the sides", "UPDATE groups SET revision = 99, primary_stack = NULL"},
      {"primary and backup differ", "UPDATE groups SET revision = 99, backup_stack = 1"},
      {"a TTL is 5 or more", group("x", "1, 2, 'primary', 4")},
      {"a TTL is 300 or less", group("x", "1, 2, 'primary', 301")},
      {"a TTL is a number", group("x", "1, 2, 'primary', 'long'")},
      {"a stack is registered", group("x", "99, NULL, 'primary', NULL")},
      {"a stack is registered", "UPDATE groups SET revision = 99, backup_stack = 99"},
      {"an address is issued once", group("414-262-781", "NULL, NULL, 'none', NULL")},
      {"a retired address is never issued again", group("gone", "NULL, NULL, 'none', NULL")},
      {"a group keeps its address", "UPDATE groups SET revision = 99, label = 'other'"},
      {"a group's revision rises", "UPDATE groups SET name = 'other'"},
      {"a group was created once", "UPDATE groups SET revision = 99, created_revision = 1"},
      {"a group was created before it was altered",
       "INSERT INTO groups VALUES (1, 'x', '', NULL, NULL, 'none', NULL, 9, 0, 0, 0, 10)"},
      {"a group with a stack stays", "DELETE FROM groups"},
      {"the ledger forgets nothing", "DELETE FROM retired"},
      {"the ledger alters nothing", "UPDATE retired SET label = 'other'"},
      {"what stands is not retired",
       "INSERT INTO retired (zone, label) VALUES ('failover.example', '414-262-781')"},
      {"a stack's name is not empty", stack("stk_0000000000009", "")},
      {"a stack's name is a label", stack("stk_0000000000009", "a_b")},
      {"a stack's name is a label", stack("stk_0000000000009", "-a")},
      {"a stack's name is a label", stack("stk_0000000000009", "a-")},
      {"a stack's name is lower case", stack("stk_0000000000009", "Shop")},
      {"a stack's name has 63 characters at most", stack("stk_0000000000009", label63 + "a")},
      {"a stack's name is its own", stack("stk_0000000000009", "shop-eu")},
      {"a stack's id is its own", stack("stk_0000000000001", "new")},
      {"a stack's id has its form", stack("stack_0000000009", "new")},
      {"servers are JSON", stack("stk_0000000000009", "new", "'[{]'")},
      {"servers are a list", stack("stk_0000000000009", "new", "'{}'")},
      {"a stack keeps its id", "UPDATE stacks SET revision = 99, id = 'stk_9999999999999' WHERE no = 3"},
      {"a stack's revision rises", "UPDATE stacks SET name = 'new' WHERE no = 3"},
      {"a stack in a group stays", "DELETE FROM stacks WHERE no = 1"},
      {"a stack in a group stays", "DELETE FROM stacks WHERE no = 2"},
      {"a zone's name is not empty", zone("")},
      {"a zone's name is lower case", zone("Other.example")},
      {"a zone's name has 253 characters at most", zone(name254)},
      {"a zone's name is its own", zone("failover.example")},
      {"a zone's TTL is 5 or more", zone("other.example", "4, 30")},
      {"a zone's TTL is 300 or less", zone("other.example", "301, 30")},
      {"a negative TTL is 0 or more", zone("other.example", "60, -1")},
      {"a negative TTL is 300 or less", zone("other.example", "60, 301")},
      {"nameservers are a list", zone("other.example", "60, 30", "'{}', '[]'")},
      {"nameservers are JSON", zone("other.example", "60, 30", "'', '[]'")},
      {"records are a list", zone("other.example", "60, 30", "'[]', '1'")},
      {"a zone keeps its name", "UPDATE zones SET revision = 99, name = 'other.example'"},
      {"a zone's revision rises", "UPDATE zones SET ttl = 61"},
      {"a zone with groups stays", "DELETE FROM zones"},
      {"a serial never goes back", "UPDATE serials SET serial = 99"},
      {"a serial has 32 bits", "UPDATE serials SET serial = 4294967296"},
      {"a serial stays the zone's", "UPDATE serials SET zone = 'other.example'"},
      {"a serial outlives its zone", "DELETE FROM serials"},
      {"a role is one of four", token("'king', NULL")},
      {"a stack's token has a stack", token("'stack', NULL")},
      {"no other token has one", token("'admin', 1")},
      {"a token's stack is registered", token("'stack', 99")},
      {"a hash has 32 bytes", token("'admin', NULL", "zeroblob(31)")},
      {"a hash is a token's own", token("'admin', NULL", "(SELECT hash FROM tokens)")},
      {"a token's id is its own", token("'admin', NULL", "zeroblob(32)", "tok_0000000000001")},
      {"a token's id has its form", token("'admin', NULL", "zeroblob(32)", "token")},
      {"a change has the next revision", change("8")},
      {"a change has the next revision", change("10")},
      {"no change goes in place of another", "INSERT OR REPLACE" + change("5").substr(6)},
      {"the trail alters nothing", "UPDATE changes SET reason = 'other'"},
      {"the trail forgets nothing", "DELETE FROM changes"},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.rule << ": " << row.sql) { BOOST_TEST(run(row.sql) == SQLITE_CONSTRAINT); }
  }
}

// The same statements with nothing wrong in them: so it was the rule that refused.
BOOST_AUTO_TEST_CASE(what_the_rules_allow_is_kept) {
  const Row rows[] = {
      {"a label", group(label63, "NULL, NULL, 'none', NULL")},
      {"a label of one character", group("a", "1, 2, 'backup', 5")},
      {"one side", group("x", "NULL, 3, 'backup', 300", "printf('%.255c', 'a')")},
      {"a flip", "UPDATE groups SET revision = 99, live = 'backup'"},
      {"detached",
       "UPDATE groups SET revision = 99, live = 'none', primary_stack = NULL, backup_stack = NULL;"
       "DELETE FROM stacks WHERE no IN (1, 2); DELETE FROM groups; DELETE FROM zones"},
      {"attached elsewhere",
       "UPDATE groups SET revision = 99, primary_stack = 3; DELETE FROM stacks WHERE no = 1"},
      {"a label retired in another zone",
       zone("other.example") + "; INSERT INTO retired (zone, label) VALUES ('other.example', 'x')"},
      {"a stack", stack("stk_0000000000009", label63)},
      {"a rename", "UPDATE stacks SET revision = 99, name = 'new' WHERE no = 1"},
      {"a stack with a token alone", "DELETE FROM stacks WHERE no = 3"},
      {"a zone", zone(name254.substr(1), "5, 0")},
      {"a zone", zone("other.example", "300, 300")},
      {"a serial", "UPDATE serials SET serial = 4294967295"},
      {"a token", token("'admin', NULL")},
      {"a stack's token", token("'stack', 1")},
      {"a change", change("9")},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.rule << ": " << row.sql) { BOOST_TEST(run(row.sql) == SQLITE_OK); }
  }
}

BOOST_AUTO_TEST_SUITE_END()
