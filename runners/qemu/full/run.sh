#!/bin/sh
# Becomes the payload. systemd has opened ttyS1 as standard output. What the payload prints goes into a pipe that it may
# open again by name; the service tare-output reads it. The mounts are of this service's own.
exec 3>&1 >/run/tare/output 2>&1
root=/srv/payload
missing=
for folder in proc sys dev tmp; do
  [ -d "$root/$folder" ] || missing="$missing $root/$folder"
done
if [ -n "$missing" ]; then
  mkdir $missing
  case $missing in *tmp*) chmod 1777 "$root/tmp" ;; esac
fi
mount -a -T /run/tare/fstab || exit 126
# Debian's initramfs mounts it with noexec.
mount -o remount,bind,exec /run || exit 126
exec /run/tare/start </dev/null
