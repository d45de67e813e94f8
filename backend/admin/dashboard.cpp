#include <sodium.h>

#include <algorithm>

#include "admin/dashboard.hpp"
#include "admin/handlers.hpp"
#include "admin/problem.hpp"
#include "embedded/dashboard.hpp"

namespace failover::admin {
namespace {

constexpr std::string_view policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src "
    "'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

constexpr std::pair<std::string_view, std::string_view> types[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".webmanifest", "application/manifest+json"},
};

const embedded::File* find(std::string_view name) {
  const auto found = std::ranges::find(embedded::dashboard, name, &embedded::File::name);
  return found == embedded::dashboard.end() ? nullptr : &*found;
}

std::string etag_of(std::string_view content) {
  unsigned char hash[16];
  char text[2 * sizeof hash + 1];
  crypto_generichash(hash, sizeof hash, reinterpret_cast<const unsigned char*>(content.data()),
                     content.size(), nullptr, 0);
  return '"' + std::string(sodium_bin2hex(text, sizeof text, hash, sizeof hash)) + '"';
}

}  // namespace

bool is_dashboard_file(std::string_view name) { return find(name) != nullptr; }

void show_dashboard(Call call) {
  const auto* file =
      find(call.path.empty() ? std::string_view("index.html") : std::string_view(call.path[0]));
  if (!file) return call.reply(problem({Code::not_found, "There is no such page: the dashboard is at /."}));
  net::HttpReply reply;
  reply.headers = {{"ETag", etag_of(file->content)},
                   {"Cache-Control", "no-cache"},
                   {"Content-Security-Policy", std::string(policy)}};
  if (call.http.header("if-none-match") == reply.headers[0].second) {
    reply.status = 304;
    return call.reply(std::move(reply));
  }
  const auto type =
      std::ranges::find_if(types, [&](const auto& one) { return file->name.ends_with(one.first); });
  reply.headers.emplace_back("Content-Type",
                             type == std::end(types) ? "text/plain; charset=utf-8" : type->second);
  reply.body = file->content;
  call.reply(std::move(reply));
}

}  // namespace failover::admin
