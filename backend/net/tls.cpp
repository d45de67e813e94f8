#include "net/tls.hpp"

#include <openssl/err.h>

#include <boost/asio/ssl/error.hpp>
#include <stdexcept>

namespace failover::net {

namespace ssl = boost::asio::ssl;

std::shared_ptr<ssl::context> load_tls(const TlsFiles& files) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  context->set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 | ssl::context::no_sslv3 |
                       ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1 | ssl::context::single_dh_use);
  SSL_CTX_set_options(context->native_handle(), SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  boost::system::error_code failed;
  context->use_certificate_chain_file(files.certificate, failed);
  if (failed)
    throw std::runtime_error("the certificate " + files.certificate + " cannot be used (" + failed.message() +
                             "): give a readable PEM file with the certificate first, then its chain");
  context->use_private_key_file(files.key, ssl::context::pem, failed);
  // A key of another type than the certificate's is loaded beside it, as if another certificate were to come.
  if (!failed && SSL_CTX_check_private_key(context->native_handle()) != 1)
    failed.assign(static_cast<int>(ERR_get_error()), boost::asio::error::get_ssl_category());
  if (failed)
    throw std::runtime_error("the key " + files.key + " cannot be used (" + failed.message() +
                             "): give the readable, unencrypted PEM key that belongs to " +
                             files.certificate);
  return context;
}

}  // namespace failover::net
