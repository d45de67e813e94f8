#!/usr/bin/env bash
# What check.sh has run in a booted Debian, as a unit: the package under a real systemd and a real PowerDNS service.
# /failoverd.deb and /next.deb lie ready; the last line of /result is "ok" where all of it holds.
set -euo pipefail
exec >/result 2>&1

name=shop.failover.example
export FAILOVER_TOKEN_FILE=/var/lib/failoverd/admin.token

die() {
  echo "under systemd: $*"
  systemctl --no-pager --lines=30 status failoverd pdns || true
  exit 1
}
install() { DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >/log 2>&1 || { cat /log && die "cannot install $*"; }; }
answer() { dig +short +time=2 +tries=1 @127.0.0.1 "$name" A; }
# Each asks for a name of its own, so that no cache of PowerDNS's answers in failoverd's place.
asks() {
  local i=0
  while [ ! -e /stop ]; do
    i=$((i + 1))
    dig +time=8 +tries=1 @127.0.0.1 "$1-$i.failover.example" A | grep -q 'status: NXDOMAIN' || echo "$1-$i" >>/lost
    echo "$i" >/asked
  done
}
# $1 names it, the rest is done while questions are asked.
without_loss() {
  local what=$1 asker
  shift
  rm -f /stop /lost
  asks "$what" &
  asker=$!
  sleep 1
  "$@"
  sleep 2
  touch /stop
  wait "$asker"
  [ ! -e /lost ] || die "$what: $(wc -l </lost) of $(cat /asked) questions lost"
  echo "$what: $(cat /asked) questions, none lost"
}
main_pid() { systemctl show --property=MainPID --value failoverd; }

install /failoverd.deb
systemctl is-active failoverd || die "installed and not running"
systemctl is-enabled failoverd || die "installed and not enabled"

sed 's/change-me/key-of-the-test/' /usr/share/failoverd/pdns.d/failoverd.conf >/failoverd.conf
echo key-of-the-test >/etc/failoverd/powerdns-api.key
chown failoverd /etc/failoverd/powerdns-api.key
chmod 600 /etc/failoverd/powerdns-api.key
sed -i 's/^#powerdns-api/powerdns-api/' /etc/failoverd/failoverd.toml
systemctl restart failoverd || die "the settings are refused"
mkdir -p /etc/powerdns/pdns.d
cp /failoverd.conf /etc/powerdns/pdns.d/
install pdns-server pdns-backend-remote
systemctl restart pdns || die "PowerDNS does not start"

failoverctl zones put failover.example --nameserver ns1.failover.example=192.0.2.53
failoverctl stacks put eu --server web=192.0.2.10
failoverctl stacks put us --server web=198.51.100.10
failoverctl groups create --label shop --primary eu --backup us
[ "$(answer)" = 192.0.2.10 ] || die "PowerDNS answers '$(answer)'"
failoverctl groups flip shop
[ "$(answer)" = 198.51.100.10 ] || die "after the flip PowerDNS answers '$(answer)'"
failoverctl groups flip shop
[ "$(answer)" = 192.0.2.10 ] || die "after the second flip PowerDNS answers '$(answer)'"
failoverctl doctor | grep 'through its control socket /run/pdns/pdns.controlsocket' ||
  die "failoverd does not get at PowerDNS's control socket: $(failoverctl doctor)"
failoverctl groups flip shop

echo "killed:"
before=$(main_pid)
kill -9 "$before"
sleep 2
[ "$(main_pid)" != "$before" ] || die "it was not killed"
[ "$(failoverctl --json groups show shop | grep -o '"live":"[a-z]*"')" = '"live":"backup"' ] || die "the flip was lost"
# PowerDNS learns of each dead connection by one question that fails; a resolver asks again.
for i in 1 2 3 4 5 6 7 8; do dig +time=2 +tries=1 @127.0.0.1 "none-$i.failover.example" A >/dev/null || true; done
[ "$(answer)" = 198.51.100.10 ] || die "not answering 2 s after a kill"

before=$(main_pid)
without_loss upgrade install /next.deb
[ "$(main_pid)" = "$before" ] || die "the upgrade started it anew"
without_loss restart systemctl restart failoverd
systemctl reload failoverd || die "reload fails"
[ "$(answer)" = 198.51.100.10 ] || die "after all that PowerDNS answers '$(answer)'"

echo "watchdog:"
[ "$(systemctl show --property=WatchdogUSec --value failoverd)" != 0 ] || die "there is no watchdog"
kill -STOP "$(main_pid)"
sleep 45
systemctl is-active failoverd || die "the watchdog did not bring it back"
[ "$(answer)" = 198.51.100.10 ] || die "after the watchdog PowerDNS answers '$(answer)'"

DEBIAN_FRONTEND=noninteractive apt-get purge -y failoverd >/log 2>&1 || { cat /log && die "cannot purge"; }
! systemctl is-active failoverd || die "purged and running"
echo ok
