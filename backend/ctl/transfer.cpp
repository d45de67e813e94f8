#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>

#include "ctl/command.hpp"
#include "ctl/show.hpp"

namespace failover::ctl {
namespace {

// The server commits as it reads and answers at the end: a long file takes long.
constexpr std::chrono::hours import_patience{1};
constexpr std::size_t piece_size = 256 * 1024;

// How much has come by, on one line of the terminal that standard error is; nothing where it is none.
class Progress {
 public:
  // `total` is 0 where it is not known.
  Progress(const Output& output, bool shown, std::uint64_t total)
      : output_(output), shown_(shown), total_(total) {}

  void add(std::size_t bytes) {
    const auto before = std::exchange(done_, done_ + bytes);
    if (!shown_ || done_ >> 16 == before >> 16) return;  // now and then is enough
    const auto megabytes = [](std::uint64_t count) { return std::to_string(count >> 20) + " MiB"; };
    output_.err << "\r\033[K" << megabytes(done_);
    if (total_ > 0) output_.err << " of " << megabytes(total_) << ", " << done_ * 100 / total_ << " %";
    output_.err << std::flush;
  }
  void end() {
    if (shown_ && done_ > 0) output_.err << "\r\033[K" << std::flush;
  }

 private:
  const Output& output_;
  const bool shown_;
  const std::uint64_t total_;
  std::uint64_t done_ = 0;
};

// 0 where it has none that counts, as a pipe.
std::uint64_t size_of(const std::string& path) {
  struct stat facts {};
  return path != "-" && stat(path.c_str(), &facts) == 0 ? static_cast<std::uint64_t>(facts.st_size) : 0;
}

Result<void> report(const Reply& reply, const Output& output) {
  rapidjson::Document result;
  result.Parse(reply.body.data(), reply.body.size());
  if (result.HasParseError() || !result.IsObject())
    return Failure{Exit::unreachable,
                   "the server answered the import with something other than JSON. Look with "
                   "'failoverctl export' at what stands."};
  const auto& failed = list_of(result, "failed");
  const auto more = result.FindMember("not_listed");
  const std::uint64_t not_listed =
      more != result.MemberEnd() && more->value.IsUint64() ? more->value.GetUint64() : 0;
  if (output.json)
    output.out << reply.body << (reply.body.ends_with('\n') ? "" : "\n");
  else
    output.out << text_of(result, "imported") << " imported, " << failed.Size() + not_listed << " failed\n";
  for (const auto& line : failed.GetArray())
    output.err << "line " << text_of(line, "line") << ": " << printable(text_of(line, "code")) << ": "
               << printable(text_of(line, "detail")) << '\n';
  if (not_listed > 0)
    output.err << "and " << not_listed << " more lines, of which the server tells no reason\n";
  if (failed.Empty()) return {};
  return Failure{Exit::refused, "the other lines stand. Put these right and import them again."};
}

Result<void> import_from(const Api& api, const Output& output, const std::string& path) {
  std::ifstream file;
  if (path != "-") file.open(path, std::ios::binary);
  std::istream& in = path == "-" ? std::cin : file;
  if (!in || (path != "-" && file.peek() == std::ifstream::traits_type::eof() && file.bad()))
    return usage_error("cannot read " + path + ": " + std::strerror(errno) +
                       ". Check its path and who may read it.");
  Progress progress(output, isatty(STDERR_FILENO) != 0, size_of(path));
  const auto reply =
      api.raw({.method = "POST",
               .target = "/v1/import",
               .headers = {{"Content-Type", "application/x-ndjson"}},
               .source = [&]() -> Result<std::string> {
                 std::string piece(piece_size, '\0');
                 in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
                 if (in.bad())
                   return Failure{Exit::wrong_usage, "cannot read all of " + path +
                                                         ": the lines up to there are in. Put it right "
                                                         "and run the import again."};
                 piece.resize(static_cast<std::size_t>(in.gcount()));
                 progress.add(piece.size());
                 return piece;
               },
               .patience = import_patience,
               .unsure = "The lines up to there may be in: run the import again."});
  progress.end();
  if (!reply) return reply.error();
  return report(*reply, output);
}

Result<void> export_all(const Api& api, const Output& output) {
  Progress progress(output, isatty(STDERR_FILENO) != 0 && isatty(STDOUT_FILENO) == 0, 0);
  const auto reply = api.raw({.method = "GET",
                              .target = "/v1/export",
                              .headers = {{"Accept", "application/x-ndjson"}},
                              .sink = [&](std::string_view piece) {
                                output.out << piece;
                                progress.add(piece.size());
                                return output.out.good();
                              }});
  progress.end();
  if (reply) return {};
  if (reply.error().exit != Exit::unreachable) return reply.error();
  return Failure{Exit::unreachable,
                 reply.error().message + "\nWhat was printed may not be all of it: do not keep it."};
}

}  // namespace

void add_transfer(Commands& commands) {
  const auto path = std::make_shared<std::string>();
  CLI::App& app = commands.add(
      commands.root(), "import",
      "Import zones, stacks and groups, one JSON object a line, as export prints them. Run it "
      "again where it was interrupted: what is there is set to what its line says. (A group whose "
      "line has no label is made anew each time.) --timeout does not count here: the answer comes "
      "when all is in",
      "failoverctl import groups.ndjson\nfailoverctl export | "
      "FAILOVER_URL=https://other.example failoverctl import -",
      [path](const Api& api, const Output& output) { return import_from(api, output, *path); });
  add_text(app, "FILE", "FILE", *path, "The file, - for standard input").required();
  commands.add(commands.root(), "export",
               "Export all zones, stacks, groups and retired addresses, one a line",
               "failoverctl export > failover.ndjson", export_all);
}

}  // namespace failover::ctl
