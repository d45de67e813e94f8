"""TLS on the admin side: served from files that are read again on SIGHUP."""
import socket
import ssl
import subprocess

import pytest
import requests

from harness import Failoverd, eventually
from harness.failoverd import run


def certificate(directory, name):
    """A new key and a certificate of its own for `name`, at the same two paths each time."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days",
                    "2", "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                    directory / "key.pem",
                    "-out", directory / "cert.pem"], check=True, capture_output=True)


def flags(directory):
    return ["--admin-tls-cert", str(directory / "cert.pem"), "--admin-tls-key", str(directory / "key.pem")]


@pytest.fixture
def secure():
    """A failoverd with TLS and its directory."""
    running = Failoverd()
    certificate(running.directory, "first")
    running.flags = flags(running.directory)
    with running:
        running.url = running.url.replace("http://", "https://")
        yield running


def subject(running):
    """The name in the certificate that is served to a new connection."""
    host, port = running.ready["admin"].rsplit(":", 1)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection((host, int(port)), timeout=10) as plain, context.wrap_socket(plain) as tls:
        served = tls.getpeercert(binary_form=True)
    text = subprocess.run(["openssl", "x509", "-inform", "der", "-noout", "-subject"], input=served, check=True,
                          capture_output=True).stdout.decode()
    return text.strip().split("CN = ")[1]


def client(running):
    api = running.api()
    api.session.verify = str(running.directory / "cert.pem")
    return api


def test_it_serves_tls(secure):
    api = client(secure)
    api.put_zone()
    assert [zone["name"] for zone in api.all("/v1/zones")] == ["failover.example"]


def test_plain_http_is_not_served(secure):
    with pytest.raises(requests.exceptions.ConnectionError):
        requests.get(secure.url.replace("https://", "http://") + "/healthz", timeout=10)
    assert client(secure).ask("GET /healthz").status == 200


@pytest.mark.parametrize("path, status", [("/", 200), ("/healthz", 200), ("/v1/groups", 200), ("/nope", 404)])
def test_browsers_are_told_to_stay_with_tls(secure, server, path, status):
    header = "Strict-Transport-Security"
    reply = client(secure).ask(f"GET {path}")
    assert (reply.status, reply.headers[header]) == (status, "max-age=31536000")
    assert header not in server.api().ask(f"GET {path}").headers


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_old_versions_are_refused(secure, version):
    host, port = secure.ready["admin"].rsplit(":", 1)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    with socket.create_connection((host, int(port)), timeout=10) as plain, pytest.raises(OSError):
        context.wrap_socket(plain)


def test_hangup_serves_the_new_certificate(secure):
    assert subject(secure) == "first"
    kept = client(secure)
    assert kept.ask("GET /v1/groups").status == 200
    certificate(secure.directory, "second")
    assert subject(secure) == "first", "not before the signal"
    secure.reload()
    eventually(lambda: subject(secure) == "second", "the new one is served", 10)
    assert kept.ask("GET /v1/groups").status == 200, "connections are kept"


@pytest.mark.parametrize("broken", ["cert.pem", "key.pem", "a key of another type"])
def test_a_broken_certificate_at_hangup_leaves_the_old_one_serving(secure, broken):
    log = len(secure.log())
    if broken == "a key of another type":
        subprocess.run(["openssl", "genrsa", "-out", secure.directory / "key.pem", "2048"], check=True,
                       capture_output=True)
    else:
        (secure.directory / broken).write_text("broken")
    secure.reload()
    eventually(lambda: len(secure.log()) > log, "it says so", 10)
    assert subject(secure) == "first"
    certificate(secure.directory, "second")
    secure.reload()
    eventually(lambda: subject(secure) == "second", "the new one is served", 10)
    assert secure.log().count("files again") == 1, "only what went well is told so"


def test_a_broken_certificate_at_the_start(tmp_path):
    certificate(tmp_path, "x")
    (tmp_path / "cert.pem").write_text("broken")
    done = run("--admin", "127.0.0.1:0", *flags(tmp_path),
               environment={"STATE_DIRECTORY": str(tmp_path), "RUNTIME_DIRECTORY": str(tmp_path)})
    assert done.returncode != 0 and "cert.pem" in done.stderr and done.stdout == ""


def test_other_than_loopback_is_served_with_tls():
    running = Failoverd("--admin", "0.0.0.0:0")
    certificate(running.directory, "first")
    running.flags += flags(running.directory)
    with running:
        running.ready["admin"] = running.ready["admin"].replace("0.0.0.0", "127.0.0.1")
        assert subject(running) == "first"


def test_half_a_handshake_holds_nobody_up(secure):
    host, port = secure.ready["admin"].rsplit(":", 1)
    slow = [socket.create_connection((host, int(port))) for _ in range(100)]
    for connection in slow[:50]:
        connection.sendall(b"\x16\x03\x01\x02\x00")
    assert client(secure).ask("GET /healthz").status == 200
    for connection in slow:
        connection.close()
