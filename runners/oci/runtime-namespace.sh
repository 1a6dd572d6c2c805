#!/bin/sh
# Takes away what a runtime must not see. Runs in the platform's mount namespace.
# usage: runtime-namespace.sh keep|empty MOUNT...
# empty: /proc/sys/net has nothing in it. gVisor takes a namespace in which it finds net/core/rmem_default for the machine's
# own and refuses to use its network; since 6.18 Linux shows that file in every namespace.
set -eu
net=$1
shift
umount --lazy "$@"
[ "$net" = keep ] || mount -t tmpfs -o ro,mode=555 tmpfs /proc/sys/net
