#!/bin/sh
# Removes a tracing instance by its name; one that is not there is no error. To be run in a mount namespace of its own,
# since it mounts tracefs where the machine has not.
# usage: remove-tracing-instance.sh NAME
set -eu
root=/sys/kernel/tracing
# A kernel without tracefs has no instances.
grep -q tracefs /proc/filesystems || exit 0
[ -d "$root/instances" ] || mount -t tracefs -o nosuid,nodev,noexec tracefs "$root"
[ ! -d "$root/instances/$1" ] || rmdir "$root/instances/$1"
