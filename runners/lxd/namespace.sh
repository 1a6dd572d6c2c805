#!/bin/sh
# Prepares the mount namespace of a daemon that will live in another network namespace.
# usage: namespace.sh NETNS FOLDER
#   NETNS   path of the network namespace, whose devices /sys is to show
#   FOLDER  an empty folder to work in
set -eu
nsenter --net="$1" mount -t sysfs -o nosuid,nodev,noexec sysfs "$2"
mount --rbind /sys/fs/cgroup "$2/fs/cgroup"
mount --move "$2" /sys
# Locks of its own: liblxc never removes one.
mount -t tmpfs -o mode=755 tmpfs /run/lxc
