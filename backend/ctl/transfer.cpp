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

// How much of a file has been sent, on a terminal's one line.
class Progress {
 public:
  Progress(const Output& output, const std::string& path) : output_(output) {
    struct stat facts {};
    if (path != "-" && stat(path.c_str(), &facts) == 0) total_ = static_cast<std::uint64_t>(facts.st_size);
    shown_ = isatty(STDERR_FILENO) != 0;
  }
  void sent(std::size_t bytes) {
    sent_ += bytes;
    const auto megabytes = [](std::uint64_t count) { return std::to_string(count >> 20) + " MiB"; };
    if (!shown_) return;
    output_.err << "\r\033[K" << megabytes(sent_) << " sent";
    if (total_ > 0) output_.err << " of " << megabytes(total_) << ", " << sent_ * 100 / total_ << " %";
    output_.err << std::flush;
  }
  void end() {
    if (shown_ && sent_ > 0) output_.err << "\r\033[K" << std::flush;
  }

 private:
  const Output& output_;
  bool shown_ = false;
  std::uint64_t total_ = 0, sent_ = 0;
};

Result<void> report(const Reply& reply, const Output& output) {
  rapidjson::Document result;
  result.Parse(reply.body.data(), reply.body.size());
  if (result.HasParseError() || !result.IsObject())
    return Failure{Exit::unreachable,
                   "the server answered the import with something other than JSON. Look with "
                   "'failoverctl export' at what stands."};
  const auto& failed = list_of(result, "failed");
  if (output.json)
    output.out << reply.body << (reply.body.ends_with('\n') ? "" : "\n");
  else
    output.out << text_of(result, "imported") << " imported, " << failed.Size() << " failed\n";
  for (const auto& line : failed.GetArray())
    output.err << "line " << text_of(line, "line") << ": " << printable(text_of(line, "code")) << ": "
               << printable(text_of(line, "detail")) << '\n';
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
  Progress progress(output, path);
  const auto reply = api.raw({.method = "POST",
                              .target = "/v1/import",
                              .headers = {{"Content-Type", "application/x-ndjson"}},
                              .source = [&]() -> Result<std::string> {
                                std::string piece(piece_size, '\0');
                                in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
                                piece.resize(static_cast<std::size_t>(in.gcount()));
                                progress.sent(piece.size());
                                return piece;
                              },
                              .patience = import_patience});
  progress.end();
  if (!reply) return reply.error();
  return report(*reply, output);
}

Result<void> export_all(const Api& api, const Output& output) {
  const auto reply = api.raw({.method = "GET",
                              .target = "/v1/export",
                              .headers = {{"Accept", "application/x-ndjson"}},
                              .sink = [&](std::string_view piece) {
                                output.out << piece;
                                return output.out.good();
                              }});
  if (reply) return {};
  if (reply.error().exit != Exit::unreachable) return reply.error();
  return Failure{Exit::unreachable,
                 reply.error().message + "\nWhat was printed may not be all of it: do not keep it."};
}

}  // namespace

void add_transfer(Commands& commands) {
  const auto path = std::make_shared<std::string>();
  CLI::App& app =
      commands.add(commands.root(), "import",
                   "Import zones, stacks and groups, one JSON object a line, as export prints them",
                   "failoverctl import groups.ndjson\nfailoverctl export | "
                   "FAILOVER_URL=https://other.example failoverctl import -",
                   [path](const Api& api, const Output& output) { return import_from(api, output, *path); });
  add_text(app, "FILE", "FILE", *path, "The file, - for standard input").required();
  commands.add(commands.root(), "export",
               "Export all zones, stacks, groups and retired addresses, one a line",
               "failoverctl export > failover.ndjson", export_all);
}

}  // namespace failover::ctl
