#!/bin/sh
# Becomes the payload. systemd has opened ttyS1 as standard output. What the payload prints goes into a pipe that it may
# open again by name; the service tare-output reads it. The mounts are of this service's own.
exec 3>&1 >/run/tare/output 2>&1
root=/srv/payload
. /usr/lib/tare/guest-requests.sh
. /run/tare/settings
prepare_payload "$root"
write_names /run/tare "$address"
# What a container has in /dev: the system's own has its disks and its memory.
mount -t tmpfs -o mode=755,size=64k,nosuid dev "$root/dev" || exit 126
mkdir "$root/dev/mqueue" "$root/dev/pts" "$root/dev/shm"
(cd /dev && cp -a core fd full null random stderr stdin stdout tty urandom zero "$root/dev/")
ln -s pts/ptmx "$root/dev/ptmx"
mount -a -T /run/tare/fstab || exit 126
# Debian's initramfs mounts it with noexec.
mount -o remount,bind,exec /run || exit 126
exec /run/tare/start </dev/null
