#!/bin/sh
# Makes the parts of the file system private that engines and their helpers keep state in whatever they are told, so that
# nothing of this engine meets the machine's own one, and all of it ends with the mount namespace.
# usage: namespace.sh KEPT SCRATCH VAR [HIDDEN]
#   KEPT     folder that stays the same inside and outside: sockets
#   SCRATCH  folder on a real disk for what is written below /etc
#   VAR      folder of the engine below /var/lib that is to be private, or -
#   HIDDEN   cgroup hierarchy that the engine's runtime must not see
set -eu
kept=$1
scratch=$2
var=$3
mkdir -p "$scratch/kept" "$scratch/upper" "$scratch/work"
mount --bind "$kept" "$scratch/kept"
mount -t tmpfs -o nosuid,nodev,mode=755 tmpfs /run
mount -t tmpfs -o nosuid,nodev,mode=1777 tmpfs /dev/shm
mkdir -p "$kept" /run/lock
mount --bind "$scratch/kept" "$kept"
umount "$scratch/kept"
mount -t overlay -o "lowerdir=/etc,upperdir=$scratch/upper,workdir=$scratch/work" overlay /etc
[ "$var" = - ] || [ ! -d "$var" ] || mount -t tmpfs -o mode=700 tmpfs "$var"
[ -z "${4:-}" ] || umount "$4"
