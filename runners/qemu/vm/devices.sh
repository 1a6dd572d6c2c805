#!/bin/sh
# In a mount namespace of its own: replaces the devices that QEMU opens by name with nodes that belong to a user, then
# becomes the program. The machine's own nodes are often root's alone.
# usage: devices.sh USER PROGRAM [ARGUMENT...]
set -eu
user=$1
shift
mount -t tmpfs -o mode=755,nosuid,noexec,size=64k devices /dev/net
# Numbers of the kernel's Documentation/admin-guide/devices.txt.
give() {
  mknod -m 600 "/dev/net/$1" c 10 "$2"
  chown "$user:$user" "/dev/net/$1"
}
give tun 200
if [ -e /dev/kvm ]; then
  give kvm 232
  mount --bind /dev/net/kvm /dev/kvm
fi
if [ -e /dev/vhost-net ]; then
  give vhost-net 238
  mount --bind /dev/net/vhost-net /dev/vhost-net
fi
unset user
exec "$@"
