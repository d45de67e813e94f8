// The HTTP server over TLS: certificates made on the spot, one exchanged while it serves.
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <boost/test/unit_test.hpp>
#include <cstdio>
#include <fstream>
#include <memory>

#include "net/http_client.hpp"
#include "net/http_server.hpp"
#include "net/listen.hpp"

namespace failover::net {
namespace {

template <class T, void (*free)(T*)>
using Owned = std::unique_ptr<T, std::integral_constant<decltype(free), free>>;

// A new key and its own certificate for `name`.
void make_certificate(const TlsFiles& files, const std::string& name, bool rsa = false) {
  const Owned<EVP_PKEY, EVP_PKEY_free> key(rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256"));
  const Owned<X509, X509_free> certificate(X509_new());
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key.get());
  auto* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), subject);
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  std::FILE* file = std::fopen(files.key.c_str(), "w");
  PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(file);
  file = std::fopen(files.certificate.c_str(), "w");
  PEM_write_X509(file, certificate.get());
  std::fclose(file);
}

class TlsPeer {
 public:
  TlsPeer(const std::string& address, int greatest_version)
      : peer_(Peer::tcp(address)), context_(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX_set_max_proto_version(context_.get(), greatest_version);
    SSL_CTX_set_security_level(context_.get(), 0);
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), peer_.fd());
    connected_ = SSL_connect(ssl_.get()) == 1;
  }

  bool connected() const { return connected_; }
  std::string name() const {
    const Owned<X509, X509_free> certificate(SSL_get1_peer_certificate(ssl_.get()));
    char text[100] = "";
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, text, sizeof text);
    return text;
  }
  void send(std::string_view text) { SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size())); }
  std::string line() {
    while (held_.find('\n') == held_.npos && read_more()) {
    }
    const auto end = held_.find('\n');
    auto text = held_.substr(0, end);
    held_.erase(0, end == held_.npos ? end : end + 1);
    return text;
  }
  std::string exactly(std::size_t size) {
    while (held_.size() < size && read_more()) {
    }
    auto text = held_.substr(0, size);
    held_.erase(0, size);
    return text;
  }

 private:
  bool read_more() {
    char bytes[4096];
    const int got = SSL_read(ssl_.get(), bytes, sizeof bytes);
    if (got > 0) held_.append(bytes, static_cast<std::size_t>(got));
    return got > 0;
  }

  Peer peer_;
  Owned<SSL_CTX, SSL_CTX_free> context_;
  Owned<SSL, SSL_free> ssl_;
  bool connected_ = false;
  std::string held_;
};

class Greeter final : public HttpApplication {
 public:
  HttpAdmission admit(HttpRequest&) override { return {{}, 100'000, false}; }
  void handle(HttpRequest request, std::function<void(HttpReply)> reply) override {
    reply({200, {}, "hello " + request.body});
  }
  HttpReply refuse(int status) override { return {status, {}, "refused"}; }
};

struct Place {
  Place() { make_certificate(files, "first"); }
  std::string address() const { return local_address(listener); }

  TemporaryFolder folder;
  TlsFiles files{folder / "cert.pem", folder / "key.pem"};
  Fd listener = listen_tcp("127.0.0.1:0");
  Greeter greeter;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(http_tls)

BOOST_AUTO_TEST_CASE(requests_are_answered_over_tls_1_2_and_1_3_and_not_below) {
  Place place;
  const HttpServer server(place.listener, place.greeter, {}, place.files);
  for (const int version : {TLS1_3_VERSION, TLS1_2_VERSION}) {
    TlsPeer client(place.address(), version);
    BOOST_TEST(client.connected());
    client.send(request("POST", "/", "", "you") + request("POST", "/", "", std::string(50'000, 'x')));
    BOOST_TEST(read_reply(client).body == "hello you");
    BOOST_TEST(read_reply(client).body.size() == 50'006u);
  }
  BOOST_TEST(!TlsPeer(place.address(), TLS1_1_VERSION).connected());
}

BOOST_AUTO_TEST_CASE(plain_text_is_not_answered_on_a_tls_port) {
  Place place;
  const HttpServer server(place.listener, place.greeter, {}, place.files);
  Peer client = Peer::tcp(place.address());
  client.send(request("GET", "/"));
  BOOST_TEST(client.all().find("HTTP/1.1") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_new_certificate_is_taken_and_a_broken_one_is_not) {
  Place place;
  HttpServer server(place.listener, place.greeter, {}, place.files);
  TlsPeer before(place.address(), TLS1_3_VERSION);
  BOOST_TEST(before.name() == "first");

  make_certificate(place.files, "second");
  BOOST_TEST(server.reload_tls() == "");
  BOOST_TEST(TlsPeer(place.address(), TLS1_3_VERSION).name() == "second");
  before.send(request("POST", "/", "", "still"));
  BOOST_TEST(read_reply(before).body == "hello still");

  std::ofstream(place.files.certificate) << "no certificate";
  BOOST_TEST(server.reload_tls().find(place.files.certificate) != std::string::npos);
  BOOST_TEST(TlsPeer(place.address(), TLS1_3_VERSION).name() == "second");

  // The key stays the second's, of another certificate of its own type and of another type.
  for (const bool rsa : {false, true}) {
    make_certificate({place.files.certificate, place.folder / "other.pem"}, "third", rsa);
    BOOST_TEST(server.reload_tls().find(place.files.key) != std::string::npos);
    BOOST_TEST(TlsPeer(place.address(), TLS1_3_VERSION).name() == "second");
  }
}

BOOST_AUTO_TEST_CASE(a_server_does_not_start_without_its_certificate) {
  Place place;
  place.files.certificate += ".missing";
  BOOST_CHECK_THROW(HttpServer(place.listener, place.greeter, {}, place.files), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
}  // namespace failover::net
