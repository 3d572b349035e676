#!/usr/bin/env bash
# Makes the guest in .build/hardware, once: Debian's stock kernel and an initramfs with busybox and
# the modules that the test needs. Both packages are unpacked, never installed; `make clean` forgets
# them.
set -euo pipefail
cd "$(dirname "$0")/../../.."
folder=.build/hardware
# The root file system comes over 9p; SPI nodes are made by CUSE, and I2C buses and pins by the
# driver of a USB adapter (CP2112) that is plugged in from user space; a 1-wire bus by that of a chip
# at such an I2C bus (DS2482).
modules=(virtio_pci 9p 9pnet_virtio cuse uhid hid-generic hid-cp2112 i2c-dev ds2482 w1_therm)

made_from=$(cat Tests/Hardware/guest/{init.sh,prepare.sh,thermal_zone.py} | sha256sum)
[ "$(cat "$folder/made-from" 2>/dev/null)" != "$made_from" ] || exit 0

rm -rf "$folder"
mkdir -p "$folder/unpacked" "$folder/initramfs"/{bin,dev,host,modules,proc,repository,results,sys}
package=$(apt-cache depends linux-image-amd64 | sed -n 's/^ *Depends: //p' | head -1)
if [ -z "$package" ]; then
  echo "apt knows no linux-image-amd64: run apt-get update, then try again" >&2
  exit 1
fi
version=${package#linux-image-}
echo "fetching Debian's kernel $version (about 70 MB)"
(cd "$folder" && apt-get download -qq -o APT::Sandbox::User=root "$package" busybox-static)
for file in "$folder"/*.deb; do dpkg-deb -x "$file" "$folder/unpacked"; done
busybox=$folder/unpacked/bin/busybox
[ -x "$busybox" ] || busybox=$folder/unpacked/usr/bin/busybox
# Debian 12 has modules in /lib, Debian 13 in /usr/lib; each one's kmod looks where it expects them.
modules_folder=lib/modules
[ -d "$folder/unpacked/$modules_folder" ] || modules_folder=usr/lib/modules
for place in lib usr/lib; do
  mkdir -p "$folder/unpacked/$place"
  [ -e "$folder/unpacked/$place/modules" ] ||
    ln -s "$PWD/$folder/unpacked/$modules_folder" "$folder/unpacked/$place/modules"
done

depmod -b "$folder/unpacked" "$version"
number=100
for module in "${modules[@]}"; do
  modprobe -d "$folder/unpacked" -S "$version" --show-depends "$module"
done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r file; do
  number=$((number + 1))
  name=$(basename "${file%.xz}")
  case $file in
    *.xz) "$busybox" xzcat "$file" ;;
    *) cat "$file" ;;
  esac >"$folder/initramfs/modules/$number-$name"
done

cp "$busybox" "$folder/initramfs/bin/busybox"
cp Tests/Hardware/guest/init.sh "$folder/initramfs/init"
chmod 755 "$folder/initramfs/init"
(cd "$folder/initramfs" && find . | "$OLDPWD/$busybox" cpio -o -H newc 2>/dev/null) | gzip -1 \
  >"$folder/initramfs.gz"
cp "$folder/unpacked/boot/vmlinuz-$version" "$folder/vmlinuz"
python3 Tests/Hardware/guest/thermal_zone.py "$folder/thermal-zone.aml"
rm -rf "$folder/unpacked" "$folder/initramfs" "$folder"/*.deb
echo "$made_from" >"$folder/made-from"
