"""Questions by real DNS packets."""
import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import dns.zone


def dig(port, name, qtype="A", tcp=False, timeout=15):
    """One question to 127.0.0.1: the reply, a dns.message.Message."""
    question = dns.message.make_query(name, qtype)
    question.flags &= ~dns.flags.RD
    ask = dns.query.tcp if tcp else dns.query.udp
    return ask(question, "127.0.0.1", port=port, timeout=timeout)


def rcode(reply):
    return dns.rcode.to_text(reply.rcode())


def records(section):
    """[("A", "192.0.2.10", ttl), ...] of a section, sorted, names without their trailing dot."""
    return sorted((dns.rdatatype.to_text(rrset.rdtype), rdata.to_text().rstrip("."), rrset.ttl)
                  for rrset in section for rdata in rrset)


def addresses(port, name, qtype="A", **options):
    """The sorted contents of the answer, without type and TTL."""
    return [content for _, content, _ in records(dig(port, name, qtype, **options).answer)]


def transfer(port, zone):
    """The whole zone by AXFR, as a dns.zone.Zone with full names."""
    found = dns.zone.Zone(zone.rstrip(".") + ".", relativize=False)
    dns.query.inbound_xfr("127.0.0.1", found, port=port, timeout=20, lifetime=60)
    return found
