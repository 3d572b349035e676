#!/usr/bin/env bash
# Installs what the build and the tests need, with apt-get and pip; says nothing when all is there.
# `setup.sh hardware` includes what `make test-hardware` needs.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(libgpiod-dev libjansson-dev liblmdb-dev libssl-dev libwebsockets-dev make openssl
  pkg-config protobuf-compiler python3 python3-venv curl)
[ "${1:-}" != hardware ] || packages+=(kmod qemu-system-x86)
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
    missing+=("$package")
done
# Swift itself: Debian 13 has it; elsewhere it comes from swift.org.
if ! command -v swift >/dev/null; then
  if apt-cache show swiftlang >/dev/null 2>&1; then
    missing+=(swiftlang gcc libc6-dev libstdc++-14-dev)
  else
    echo "Swift is missing: install it from https://swift.org/install, then try again" >&2
    exit 1
  fi
fi
if [ ${#missing[@]} -gt 0 ]; then
  echo "installing: ${missing[*]}"
  sudo=""
  [ "$(id -u)" = 0 ] || sudo=sudo
  $sudo apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi

stamp=.build/venv/.requirements
if ! cmp -s Tests/Interop/requirements.txt "$stamp"; then
  echo "preparing the Python side in .build/venv"
  mkdir -p .build
  python3 -m venv .build/venv
  .build/venv/bin/pip -q --disable-pip-version-check install -r Tests/Interop/requirements.txt
  cp Tests/Interop/requirements.txt "$stamp"
fi
