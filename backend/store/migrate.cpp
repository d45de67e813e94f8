#include "store/migrate.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "embedded/migrations.hpp"
#include "store/connection.hpp"

namespace failover {
namespace {

constexpr std::int64_t application_id = 0x666f7672;  // "fovr", as the first migration sets it

int number_of(const embedded::File& file) { return std::stoi(std::string(file.name.substr(0, 4))); }

// The schema's number, 0 where the database is empty.
std::int64_t version_of(const SQLite::Database& database, const std::string& path) {
  try {
    const std::int64_t id = number(database, "PRAGMA application_id");
    if (id == application_id) return number(database, "PRAGMA user_version");
    if (id == 0 && number(database, "SELECT count(*) FROM sqlite_schema") == 0) return 0;
  } catch (const SQLite::Exception& error) {
    if (error.getErrorCode() != SQLITE_NOTADB) throw;
    throw std::runtime_error(
        path + " is not an SQLite database: name another file with --store, or restore a backup.");
  }
  throw std::runtime_error(path +
                           " is an SQLite database of another program: name another file with --store.");
}

std::int64_t known_schema() { return number_of(embedded::migrations.back()); }

std::string is_newer(const std::string& path, std::int64_t version) {
  return path + " has schema " + std::to_string(version) + " and this program knows " +
         std::to_string(known_schema()) +
         " at most: run the newer program again, or restore the backup made before it.";
}

std::string is_fixed(const std::string& path) {
  return path + " can only be read, and its tables have to be brought to schema " +
         std::to_string(known_schema()) + " first: make it and its directory writable.";
}

bool is_writable(const std::filesystem::path& path) {
  return ::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0;
}

void use_wal(SQLite::Database& database, const std::string& path) {
  SQLite::Statement statement(database, "PRAGMA journal_mode = WAL");
  if (statement.executeStep() && statement.getColumn(0).getString() == "wal") return;
  throw std::runtime_error(path + " cannot be used in SQLite's WAL mode: put it on a local disk.");
}

void apply(SQLite::Database& database, const embedded::File& file) {
  database.exec("BEGIN IMMEDIATE");
  try {
    database.exec(std::string(file.content));
    database.exec("PRAGMA user_version = " + std::to_string(number_of(file)));
    database.exec("COMMIT");
  } catch (...) {
    database.tryExec("ROLLBACK");
    throw;
  }
}

}  // namespace

void migrate(SQLite::Database& database, const std::string& path) {
  const std::int64_t version = version_of(database, path);
  const std::int64_t known = known_schema();
  if (version > known) throw std::runtime_error(is_newer(path, version));
  if (is_read_only(database)) {
    if (version == known) return;
    throw std::runtime_error(is_fixed(path));
  }
  use_wal(database, path);
  for (const embedded::File& file : embedded::migrations) {
    if (number_of(file) > version) apply(database, file);
  }
}

std::string unusable_schema(const std::string& path) {
  // https://www.sqlite.org/fileformat2.html: user_version is at byte 60, application_id at 68, high byte
  // first.
  std::array<char, 72> header{};
  std::ifstream(path, std::ios::binary).read(header.data(), header.size());
  const auto number_at = [&](std::size_t at) {
    std::uint32_t number = 0;
    for (std::size_t i = at; i < at + 4; ++i) number = number << 8 | static_cast<unsigned char>(header[i]);
    return std::int64_t{number};
  };
  const std::int64_t version = number_at(60);
  if (number_at(68) != application_id || version == known_schema()) return "";
  if (version > known_schema()) return is_newer(path, version);
  return is_writable(path) && is_writable(std::filesystem::absolute(path).parent_path()) ? ""
                                                                                         : is_fixed(path);
}

}  // namespace failover
