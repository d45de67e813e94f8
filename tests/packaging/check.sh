#!/usr/bin/env bash
# The package in a clean Debian: lintian, the unit's exposure, install, start as the unit would, upgrade in place (the
# answers go on, the data stays), remove, purge. As root; the Debian is made once, in build/packaging-root.tar.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

deb=$(ls build/package/failoverd_*.deb)
base=build/packaging-root.tar
work=$(mktemp -d "${TMPDIR:-/tmp}/failoverd-package.XXXXXX")
root=$work/root
daemon='' pdns='' asker=''

die() {
  echo "package-check: $*" >&2
  exit 1
}

# shellcheck disable=SC2317 # the trap calls it
clean() {
  local pid
  for pid in $asker $pdns $daemon; do kill -9 "$pid" 2>/dev/null || true; done
  umount "$root/proc" 2>/dev/null || true
  rm -rf "$work"
}
trap clean EXIT

inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@"; }
quietly() { "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2 && die "failed: $*"; }; }

echo "lintian:"
lintian --fail-on error --tag-display-limit 0 "$deb" || die "lintian has errors"

echo "exposure:"
dpkg-deb -x "$deb" "$work/unpacked"
systemd-analyze security --offline=true --threshold=20 --no-pager "$work/unpacked/lib/systemd/system/failoverd.service" \
  >"$work/exposure" || { cat "$work/exposure" >&2 && die "more exposed than 2.0"; }
tail -1 "$work/exposure"

if [ ! -s "$base" ]; then
  echo "making a clean Debian with PowerDNS and curl..."
  quietly debootstrap --variant=minbase --include=curl,ca-certificates,bind9-dnsutils,systemd-sysv,dbus bookworm "$root"
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod 755 "$root/usr/sbin/policy-rc.d"
  quietly inside apt-get update
  # What the package needs is fetched now, so that each later run installs without a network.
  cp "$deb" "$root/failoverd.deb"
  quietly inside apt-get install -y --no-install-recommends --download-only /failoverd.deb pdns-server pdns-backend-remote
  rm "$root/failoverd.deb"
  tar -C "$root" --one-file-system -cf "$base.part" .
  mv "$base.part" "$base"
else
  mkdir "$root"
  tar -C "$root" -xf "$base"
fi
next=$work/next.deb
dpkg-deb -R "$deb" "$work/next"
sed -i 's/^Version: .*/&+1/' "$work/next/DEBIAN/control"
dpkg-deb --root-owner-group -b "$work/next" "$next" >/dev/null

echo "under systemd:"
booted=$work/booted
mkdir "$booted"
tar -C "$booted" -xf "$base"
cp "$deb" "$booted/failoverd.deb"
cp "$next" "$booted/next.deb"
cp tests/packaging/under-systemd.sh "$booted/check"
rm "$booted/usr/sbin/policy-rc.d"
cat >"$booted/etc/systemd/system/check.service" <<'UNIT'
[Service]
Type=oneshot
ExecStart=/check
ExecStopPost=/usr/bin/systemctl --no-block poweroff
TimeoutStartSec=300
UNIT
ln -s ../check.service "$booted/etc/systemd/system/multi-user.target.wants/check.service"
timeout 360 systemd-nspawn --quiet --register=no --keep-unit --private-network --boot --directory="$booted" \
  </dev/null >"$work/nspawn" 2>&1 || true
if [ -e "$booted/result" ]; then
  sed 's/^/  /' "$booted/result"
  [ "$(tail -1 "$booted/result")" = ok ] || die "under systemd it fails"
else
  echo "  left out: no container boots on this machine: $(tail -1 "$work/nspawn")"
fi

mount -t proc proc "$root/proc"

install_package() { quietly inside apt-get install -y --no-install-recommends "$@"; }

# Where systemd does not run, this stands for it: it runs the unit's ExecStart as the unit's user and group, with its
# directories, and tells the package's scripts that the unit is active.
unit=$root/lib/systemd/system/failoverd.service
unit_says() { sed -n "s/^$1=//p" "$unit"; }
start() {
  local user group
  user=$(unit_says User) group=$(unit_says Group)
  inside install -d -o "$user" -g "$group" -m "$(unit_says StateDirectoryMode)" /var/lib/failoverd
  inside install -d -o "$user" -g "$group" -m "$(unit_says RuntimeDirectoryMode)" /run/failoverd
  read -ra exec_start <<<"$(unit_says ExecStart)"
  chroot "$root" setpriv --reuid "$user" --regid "$group" --init-groups --no-new-privs --inh-caps=-all \
    env -i PATH=/usr/sbin:/usr/bin STATE_DIRECTORY=/var/lib/failoverd RUNTIME_DIRECTORY=/run/failoverd \
    "${exec_start[@]}" >"$work/out" 2>"$work/err" &
  daemon=$!
  ready 1
}
ready() {
  local tries=0
  until [ "$(grep -c '^ready ' "$work/out")" -ge "$1" ]; do
    kill -0 "$daemon" 2>/dev/null || { cat "$work/err" >&2 && die "failoverd ended"; }
    tries=$((tries + 1))
    [ "$tries" -lt 200 ] || { cat "$work/err" >&2 && die "failoverd is not ready"; }
    sleep 0.05
  done
}
mkdir -p "$root/run/systemd/system"
cat >"$root/usr/bin/systemctl" <<'STUB'
#!/bin/sh
echo "systemctl $*" >>/run/systemctl.log
case "$*" in
  *is-active*) [ -s /run/failoverd.pid ] ;;
  *--signal=SIGUSR2*) kill -USR2 "$(cat /run/failoverd.pid)" ;;
  *) exit 0 ;;
esac
STUB

echo "install:"
cp "$deb" "$root/failoverd.deb"
install_package /failoverd.deb
install_package pdns-server pdns-backend-remote
inside sh -c 'failoverd --version && failoverctl --version' || die "the programs do not run"
for file in /etc/failoverd/failoverd.toml /usr/share/man/man1/failoverctl.1.gz /usr/share/man/man8/failoverd.8.gz \
  /usr/share/bash-completion/completions/failoverctl /usr/share/zsh/vendor-completions/_failoverctl \
  /usr/share/failoverd/pdns.d/failoverd.conf /usr/share/doc/failoverd/examples/pdns-config/pdns-unix.conf; do
  [ -s "$root$file" ] || die "$file is missing"
done

# shellcheck disable=SC2016 # the shell inside reads the token
api() {
  inside sh -c 'curl -sS --fail-with-body -H "Authorization: Bearer $(cat /var/lib/failoverd/admin.token)" \
    -H "Content-Type: application/json" "$@"' api "$@"
}
admin=http://127.0.0.1:$((20000 + $$ % 8000))
ask() { inside dig +short +time=2 +tries=1 @127.0.0.1 -p "$dns_port" shop.failover.example A; }
dns_port=$((28000 + $$ % 4000))
printf 'admin = "%s"\n' "${admin#http://}" >>"$root/etc/failoverd/failoverd.toml"

echo "start:"
start
echo "$daemon" >"$root/run/failoverd.pid"
[ "$(stat -c %a "$root/var/lib/failoverd/admin.token")" = 600 ] || die "the token is not its owner's alone"
[ "$(inside stat -c '%U:%G %a' /run/failoverd/pdns.sock)" = 'failoverd:pdns 660' ] || die "the socket is not PowerDNS's"
api -X PUT "$admin/v1/zones/failover.example" \
  -d '{"nameservers":[{"name":"ns1.failover.example","addresses":["192.0.2.53"]}]}' >/dev/null
api -X PUT "$admin/v1/stacks/eu" -d '{"servers":[{"name":"web","role":"web","addresses":["192.0.2.10"]}]}' >/dev/null
api -X POST "$admin/v1/groups" -d '{"label":"shop","primary":"eu"}' >/dev/null

# The snippet, as PowerDNS's user.
cp "$root/usr/share/failoverd/pdns.d/failoverd.conf" "$root/etc/powerdns/pdns.d/"
chroot "$root" setpriv --reuid pdns --regid pdns --init-groups /usr/sbin/pdns_server --guardian=no --daemon=no \
  --local-address=127.0.0.1 --local-port="$dns_port" --webserver=no --api=no --socket-dir=/tmp \
  --cache-ttl=0 --query-cache-ttl=0 >"$work/pdns.log" 2>&1 &
pdns=$!
tries=0
until [ "$(ask)" = 192.0.2.10 ]; do
  tries=$((tries + 1))
  [ "$tries" -lt 100 ] || { cat "$work/pdns.log" >&2 && die "PowerDNS does not answer"; }
  sleep 0.1
done

echo "upgrade, while questions are asked:"
(
  asked=0
  while [ ! -e "$work/upgraded" ]; do
    [ "$(ask)" = 192.0.2.10 ] || echo "$(date +%T.%N) no answer" >>"$work/lost"
    asked=$((asked + 1))
    echo "$asked" >"$work/asked"
  done
) &
asker=$!
cp "$next" "$root/next.deb"
install_package /next.deb
ready 2
sleep 1
touch "$work/upgraded"
wait "$asker"
asker=''
kill -0 "$daemon" 2>/dev/null || die "the upgrade ended the service"
grep -q 'SIGUSR2' "$root/run/systemctl.log" || die "the upgrade did not ask the program to take over"
[ ! -e "$work/lost" ] || { cat "$work/lost" >&2 && die "questions were lost in the upgrade"; }
api "$admin/v1/groups/shop" | grep -q '"live":"primary"' || die "the upgrade lost the group"
echo "  $(cat "$work/asked") questions, none lost"
kill "$pdns"
pdns=''

echo "remove, install again, purge:"
kill -TERM "$daemon"
wait "$daemon" || die "failoverd ended with $?"
daemon=''
rm "$root/run/failoverd.pid"
quietly inside apt-get remove -y failoverd
[ -s "$root/etc/failoverd/failoverd.toml" ] || die "remove took the settings"
[ -s "$root/var/lib/failoverd/failover.db" ] || die "remove took the data"
install_package /failoverd.deb
start
api "$admin/v1/groups/shop" | grep -q '"live":"primary"' || die "removing and installing again lost the group"
kill -TERM "$daemon"
wait "$daemon" || die "failoverd ended with $?"
daemon=''
quietly inside apt-get purge -y failoverd
for left in /etc/failoverd /var/lib/failoverd /usr/sbin/failoverd; do
  [ ! -e "$root$left" ] || die "purge left $left"
done
! inside getent passwd failoverd >/dev/null || die "purge left the user"
inside getent group pdns >/dev/null || die "purge took PowerDNS's group"
echo "package-check: all of it holds"
