#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A Docker engine for the tests alone: the machine's own dockerd in mount, network, PID, IPC and UTS namespaces of its
# own, with its own socket, data root, exec root, PID file and bridge. It never touches the user's engine.
#   private_engine.sh start DIR          prints DOCKER_HOST=unix://DIR/engine.sock
#                                        (also tcp://127.0.0.1:2376 in its network, with the certificates in DIR/certs)
#   private_engine.sh exec DIR COMMAND…  runs a command in the engine's network: published ports are on 127.0.0.1
#   private_engine.sh stop DIR           ends it and removes DIR
set -euo pipefail
action=${1:?start, exec or stop}
dir=$(realpath -m "${2:?directory}")
shift 2
socket=$dir/engine.sock
cgroup=/crstack-$(basename "$dir")

# The first process inside the namespaces (dockerd), or nothing.
inner_pid() { [ -s "$dir/pid" ] && pgrep -P "$(cat "$dir/pid")" | head -n 1; }

wait_until() {  # wait_until TENTHS COMMAND...: bounded
  local tenths=$1
  shift
  for _ in $(seq "$tenths"); do "$@" && return; sleep 0.1; done
  return 1
}
answers() { curl -fs -m 2 --unix-socket "$socket" http://engine/_ping >/dev/null 2>&1; }
gone() { ! kill -0 "$1" 2>/dev/null; }

# An authority, and what it has signed for the engine and for its clients.
make_certificates() {
  mkdir -p "$dir/certs"
  cd "$dir/certs"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=crstack-tests \
    -keyout ca-key.pem -out ca.pem 2>/dev/null
  sign server "subjectAltName=IP:127.0.0.1"
  sign client extendedKeyUsage=clientAuth
  mv client.pem cert.pem
  mv client-key.pem key.pem
  cd - >/dev/null
}
sign() {  # sign NAME EXTENSION
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" -keyout "$1-key.pem" -out "$1.csr" 2>/dev/null
  openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 2 -out "$1.pem" \
    -extfile <(echo "$2") 2>/dev/null
}

start() {
  mkdir -p "$dir/data"
  rm -f "$socket"
  make_certificates
  cat >"$dir/inside.sh" <<INSIDE
set -e
mount --make-rprivate /
mount -t proc proc /proc
mkdir -p "$dir/cgroup" && mount --rbind /sys/fs/cgroup "$dir/cgroup"
mount -t sysfs sysfs /sys && mount --rbind "$dir/cgroup" /sys/fs/cgroup
mount -t tmpfs tmpfs /run && mkdir -p /run/lock
ip link set lo up
exec dockerd --host "unix://$socket" --host tcp://127.0.0.1:2376 --tlsverify --tlscacert "$dir/certs/ca.pem" \
  --tlscert "$dir/certs/server.pem" --tlskey "$dir/certs/server-key.pem" --data-root "$dir/data" --exec-root /run/docker --pidfile /run/docker.pid \
  --cgroup-parent "$cgroup" --bip 10.213.77.1/24
INSIDE
  setsid unshare --mount --net --pid --ipc --uts --fork --kill-child=KILL bash "$dir/inside.sh" \
    >"$dir/dockerd.log" 2>&1 </dev/null &
  echo $! >"$dir/pid"
  if ! wait_until 300 answers; then
    echo "private_engine.sh: no engine came up; the end of $dir/dockerd.log:" >&2
    tail -n 5 "$dir/dockerd.log" >&2
    exit 1
  fi
  DOCKER_HOST=unix://$socket "$(dirname "$0")/busybox_image.sh"
  echo "DOCKER_HOST=unix://$socket"
}

stop() {
  local outer inner
  outer=$(cat "$dir/pid" 2>/dev/null || true)
  inner=$(inner_pid || true)
  if [ -n "$inner" ]; then
    kill -TERM "$inner" 2>/dev/null || true
    wait_until 150 gone "$inner" || true
  fi
  [ -z "$outer" ] || kill -KILL "$outer" 2>/dev/null || true
  for controller in /sys/fs/cgroup "/sys/fs/cgroup"/*; do
    [ ! -d "$controller$cgroup" ] || find "$controller$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null || true
  done
  rm -rf --one-file-system "$dir"
}

case $action in
  start) start ;;
  exec) exec nsenter -t "$(inner_pid)" -n "$@" ;;
  stop) stop ;;
  *) echo "private_engine.sh: start, exec or stop" >&2; exit 2 ;;
esac
