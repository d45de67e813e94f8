"""What the integration tests stand on: real programs on loopback, each in a directory of its own."""
from harness.api import Api, Reply
from harness.backend import Backend, HttpBackend
from harness.question import addresses, dig, rcode, transfer
from harness.failoverd import Failoverd, program
from harness.ports import free_port
from harness.powerdns import PowerDns
from harness.wait import eventually

__all__ = ["Api", "Reply", "Backend", "HttpBackend", "addresses", "dig", "rcode", "transfer", "Failoverd", "program",
           "free_port", "PowerDns", "eventually"]
