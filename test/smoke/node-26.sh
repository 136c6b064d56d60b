#!/usr/bin/env bash
# Starts the built server on Node 26, gets a file and puts one, in the clear and over TLS, and stops it.
set -euo pipefail
main=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/dist/architectures/main.js
work=$(mktemp -d)
server=

cleanup() {
  [[ -z $server ]] || kill -KILL "$server" 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT

die() {
  echo "$1" >&2
  cat "$work/out" "$work/err" >&2
  exit 1
}

# The program itself rather than npx around it: what is started here is stopped by its pid.
node=$(npx --yes --package node@26 node --print process.execPath)
echo "Node $("$node" --version)"

# Below the headings; an alias may follow the name.
for architecture in $("$node" "$main" architectures | awk 'NR > 1 { sub(",", "", $1); print $1 }'); do
  rm -rf "$work/root"
  mkdir "$work/root"
  head --bytes=1000000 /dev/urandom >"$work/root/file.bin"
  # Not what the server before has said: the shell may look before the new one has begun.
  : >"$work/out"
  XDG_STATE_HOME="$work/state" "$node" "$main" serve --architecture "$architecture" --root "$work/root" --port 0 \
    --tls self-signed --tls-resumption warn >"$work/out" 2>"$work/err" &
  server=$!

  for ((tries = 0; tries < 100; tries++)); do
    ! grep --quiet '^Ctrl-C stops it' "$work/out" || break
    kill -0 "$server" 2>/dev/null || die "$architecture: the server ended before it served"
    sleep 0.1
  done
  url=$(grep --only-matching --max-count=1 'ftp://[0-9.]*:[0-9]*' "$work/out") || die "$architecture: no address"
  password=$(sed --quiet 's/.*, password //p' "$work/out")

  curl --silent --show-error --max-time 20 "$url/file.bin" --output "$work/got.bin"
  curl --silent --show-error --max-time 20 --user "ohai:$password" --upload-file "$work/got.bin" "$url/put.bin"
  cmp "$work/root/file.bin" "$work/root/put.bin"

  # Twice over one connection: the second time with a ticket that the first one has brought.
  for version in 1.2 1.3; do
    tls=(--ssl-reqd --cacert "$work/state/ohai-ftpd/self-signed.pem" "--tlsv$version" --tls-max "$version")
    curl --silent --show-error --max-time 20 "${tls[@]}" \
      "$url/file.bin" --output "$work/got.bin" "$url/file.bin" --output "$work/again.bin"
    cmp "$work/root/file.bin" "$work/again.bin"
    curl --silent --show-error --max-time 20 "${tls[@]}" --user "ohai:$password" \
      --upload-file "$work/got.bin" "$url/put-$version.bin"
    cmp "$work/root/file.bin" "$work/root/put-$version.bin"
  done
  # With TLS 1.2, curl asks for session IDs, which there are none of.
  (($(grep --count 'does not resume' "$work/err") <= 3)) || die "$architecture: TLS sessions are not resumed"

  kill -TERM "$server"
  wait "$server" || die "$architecture: ended with $?"
  server=
  echo "$architecture: served, and ended well"
done
