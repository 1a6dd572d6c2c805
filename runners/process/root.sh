#!/bin/sh
# Makes a payload's root the root of this mount namespace. Runs once for an instance, before it is started.
# usage: root.sh ROOT
set -eu
root=$1
mkdir -p "$root/proc" "$root/sys" "$root/dev"
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
# All of the host's /sys, cgroups included: that is what a bare process sees.
mount --rbind /sys "$root/sys"
mount -t tmpfs -o nosuid,mode=755,size=64k tmpfs "$root/dev"
cp -a /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty "$root/dev/"
ln -s /proc/self/fd "$root/dev/fd"
ln -s /proc/self/fd/0 "$root/dev/stdin"
ln -s /proc/self/fd/1 "$root/dev/stdout"
ln -s /proc/self/fd/2 "$root/dev/stderr"
mkdir "$root/dev/shm"
mount -t tmpfs -o nosuid,nodev,mode=1777,size=64m shm "$root/dev/shm"
# Whoever enters the namespace gets the topmost mount on / as its root: no chroot is needed at the start.
mount --move "$root" /
