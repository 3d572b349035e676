#!/usr/bin/env bash
# Builds without a warning and passes every test with Debian 13's own Swift.
#
#     Tools/check-debian13.sh [FILTER of swift test]
#
# The system is made with debootstrap in .build-debian13/system, once, from the mirror that this
# machine's apt uses. The repository is mounted into it at /source, with a .build of its own over
# it, in a mount namespace that ends with this script: nothing stays mounted, however it ends.
# The same seeds must give the same records as with this system's Swift.
# CHARGEPI_CHECK=build|unit|interop|release|records does one part only.
set -euo pipefail
cd "$(dirname "$0")/.."
repository=$PWD
folder=$repository/.build-debian13
system=$folder/system
part=${CHARGEPI_CHECK:-all}
jobs=${JOBS:-$(nproc)}

# The Debian mirror in apt's own configuration, whatever form that has.
mirror() {
  local mirrors
  mirrors=$(apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' 'Created-By: Packages')
  grep -m 1 '^Debian|Debian|' <<<"$mirrors" | cut -d '|' -f 3 || {
    echo "apt knows no Debian mirror: run apt-get update first" >&2
    exit 1
  }
}

make_system() {
  [ -e "$folder/ready" ] && return
  if ! command -v debootstrap >/dev/null; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends debootstrap
  fi
  echo "making a Debian 13 system in $system"
  rm -rf --one-file-system "$system"
  mkdir -p "$system"
  debootstrap --variant=minbase --include=ca-certificates,make trixie "$system" "$(mirror)" \
    >"$folder/debootstrap.log" || { tail "$folder/debootstrap.log" >&2; exit 1; }
  touch "$folder/ready"
}

mount_repository() {
  mkdir -p "$system/source" "$folder/build" "$repository/.build"
  mount --bind "$repository" "$system/source"
  mount --bind "$folder/build" "$system/source/.build"
  mount -t proc proc "$system/proc"
  mount --rbind /dev "$system/dev"
  mount --bind /sys "$system/sys"
  # The network as this machine has it, for apt and pip.
  cat /etc/resolv.conf >"$system/etc/resolv.conf"
  cat /etc/hosts >"$system/etc/hosts"
  cat /etc/ssl/certs/ca-certificates.crt >"$system/etc/ssl/certs/ca-certificates.crt"
  [ ! -e /etc/pip.conf ] || cat /etc/pip.conf >"$system/etc/pip.conf"
}

inside() {
  chroot "$system" /usr/bin/env -i HOME=/root LANG=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    http_proxy="${http_proxy:-}" https_proxy="${https_proxy:-}" \
    CHARGEPI_PYTHON=/source/.build/venv/bin/python \
    bash -c 'cd /source && "$@"' bash "$@"
}

wants() { [ "$part" = all ] || [ "$part" = "$1" ]; }

check() {
  inside Tools/setup.sh
  inside swift --version
  # As errors, because an incremental build does not repeat the warnings of files that it skips.
  inside swift build --build-tests -j "$jobs" -Xswiftc -warnings-as-errors 2>&1 |
    tee "$folder/build.log"
  if grep -n 'warning:' "$folder/build.log"; then
    echo "the build gives warnings" >&2
    exit 1
  fi
  if wants unit; then inside swift test --skip-build ${1:+--filter "$1"}; fi
  if wants interop; then
    inside .build/venv/bin/python Tests/Interop/run.py --binary .build/debug/chargepi \
      --replay .build/debug/chargepi-replay --jobs "$jobs"
  fi
  if wants release || wants records; then
    inside swift build -c release -j "$jobs" -Xswiftc -warnings-as-errors
  fi
  if wants records; then records; fi
}

# Debug and release of that system's Swift, against release of this system's.
records() {
  (cd "$repository" && swift build -c release --product chargepi-simulate)
  Tools/same-records.sh --print .build/release/chargepi-simulate >"$folder/records.txt"
  local configuration
  for configuration in debug release; do
    inside Tools/same-records.sh --print ".build/$configuration/chargepi-simulate" |
      diff "$folder/records.txt" - || {
        echo "Debian 13's Swift gives other records ($configuration)" >&2
        exit 1
      }
  done
  echo "the same records, $(wc -l <"$folder/records.txt") lives, with both compilers"
}

if [ "$(id -u)" != 0 ]; then exec sudo --preserve-env=CHARGEPI_CHECK,JOBS "$0" "$@"; fi
if [ -z "${CHARGEPI_NAMESPACE:-}" ]; then
  make_system
  export CHARGEPI_NAMESPACE=1
  exec unshare --mount --propagation private "$0" "$@"
fi
mount_repository
check "$@"
echo "Debian 13: all is well"
