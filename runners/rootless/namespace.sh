#!/bin/sh
# Makes the machine, in the platform's mount namespace, what an ordinary user finds on an ordinary one: the user is known,
# has a folder below /run/user, and may open /dev/net/tun. The folders that the user works in are at a place that it can reach.
# usage: namespace.sh COMMON KEPT SCRATCH STORE SEEN UID GID LINES [HIDDEN]
#   COMMON  the script that makes /run, /dev/shm and /etc private; it gets KEPT, SCRATCH and HIDDEN
#   SEEN    where KEPT is seen, and STORE below it: nobody but root may enter the folders above them
#   LINES   folder with files whose lines are added to those in /etc; may be empty
set -eu
common=$1
kept=$2
scratch=$3
store=$4
seen=$5
uid=$6
gid=$7
lines=$8
shift 8
sh "$common" "$kept" "$scratch" - "$@"
# Where a hierarchy is hidden, crun makes a folder all the same; root may, so the user may, too.
[ -z "${1:-}" ] || mount -t tmpfs -o "mode=755,uid=$uid,gid=$gid" tmpfs "$1"
mkdir "$seen"
mount --bind "$kept" "$seen"
mount --bind "$store" "$seen/store"
for file in "$lines"/*; do
  [ ! -e "$file" ] || cat "$file" >>"/etc/${file##*/}"
done
mkdir -p "/run/user/$uid"
chown "$uid:$gid" "/run/user/$uid"
chmod 700 "/run/user/$uid"
# udev gives it this mode; without udev it is root's alone.
mkdir "$scratch/dev"
mount -t tmpfs -o mode=755 tmpfs "$scratch/dev"
mknod -m 666 "$scratch/dev/tun" c 10 200
mount --bind "$scratch/dev/tun" /dev/net/tun
