#include "net/listen.hpp"

#include <sys/stat.h>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <system_error>

#include "net/peer.hpp"

namespace failover::net {
BOOST_AUTO_TEST_SUITE(listening)

BOOST_AUTO_TEST_CASE(tcp) {
  const Fd four = listen_tcp("127.0.0.1:0");
  const std::string address = local_address(four);
  BOOST_TEST(address.starts_with("127.0.0.1:"));
  BOOST_TEST(address != "127.0.0.1:0");
  Peer::tcp(address);
  BOOST_CHECK_THROW(listen_tcp(address), std::system_error);
  BOOST_TEST(local_address(listen_tcp("[::1]:0")).starts_with("[::1]:"));
}

BOOST_AUTO_TEST_CASE(what_is_no_address) {
  for (const char* text : {"", ":", "8380", ":8380", "localhost:8380", "127.0.0.1",
                           "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1: 1",
                           "::1:8380", "[::1]", "[::1:8380", "[127.0.0.1]:1", "256.0.0.1:1"})
    BOOST_TEST_CONTEXT(text) BOOST_CHECK_THROW(listen_tcp(text), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(loopback) {
  for (const char* text : {"127.0.0.1:8380", "127.255.0.9:0", "[::1]:1"}) BOOST_TEST(is_loopback(text), text);
  for (const char* text : {"0.0.0.0:1", "[::]:1", "192.0.2.1:1", "128.0.0.1:1", "[::ffff:127.0.0.1]:1",
                           "localhost:1", "127.0.0.1", ""})
    BOOST_TEST(!is_loopback(text), text);
}

BOOST_AUTO_TEST_CASE(unix_sockets) {
  const TemporaryFolder folder;
  const std::string path = folder / "s";
  {
    const Fd first = listen_unix(path);
    struct stat there {};
    BOOST_TEST(::stat(path.c_str(), &there) == 0);
    BOOST_TEST((there.st_mode & 0777) == 0660u);
    Peer::unix_socket(path);
    // Another one serves it: left alone.
    BOOST_CHECK_THROW(listen_unix(path), std::runtime_error);
    Peer::unix_socket(path);
  }
  // What is left over is replaced.
  const Fd second = listen_unix(path);
  Peer::unix_socket(path);

  std::ofstream(folder / "file") << "precious";
  BOOST_CHECK_THROW(listen_unix(folder / "file"), std::runtime_error);
  BOOST_TEST(std::filesystem::file_size(folder / "file") == 8u);
  BOOST_CHECK_THROW(listen_unix(folder / "no/such/folder"), std::system_error);
  BOOST_CHECK_THROW(listen_unix(""), std::invalid_argument);
  BOOST_CHECK_THROW(listen_unix("/" + std::string(108, 'x')), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
}  // namespace failover::net
