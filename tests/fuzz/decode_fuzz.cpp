// libFuzzer's entrance to the decoder and the responder: whatever the bytes, a reply in valid JSON comes out.
#include <cstdlib>
#include <memory>

#include "../unit/powerdns/sample.hpp"
#include "../unit/powerdns/show.hpp"
#include "powerdns/respond.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace failover;
  static powerdns::Sample sample;
  static Table::Reader reader(sample.table);
  static powerdns::Notified notified;
  static powerdns::Decoder decoder;
  static const std::function<Revision()> revision = [] { return Revision{12}; };

  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto end = std::min(bytes.find('\n'), bytes.size());
  for (const bool http : {false, true}) {
    // Over HTTP the first line is the target and the rest the body.
    const powerdns::Question& question =
        http ? decoder.http(bytes.substr(0, end), bytes.substr(std::min(end + 1, bytes.size())))
             : decoder.line(bytes);
    std::string reply;
    powerdns::respond(question, {reader, notified, revision}, reply);
    if (!powerdns::is_reply(reply)) std::abort();
  }
  // A line that begins with a space is read as JSON; a lookup of PowerDNS's need not be, and means the
  // same.
  const std::string quick = powerdns::show(decoder.line(bytes));
  const std::string as_json = powerdns::show(decoder.line(' ' + std::string(bytes)));
  if (quick != as_json && !(quick.starts_with("refused: ") && as_json.starts_with("refused: "))) std::abort();
  return 0;
}
