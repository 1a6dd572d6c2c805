#!/bin/sh
# Joins cgroups, then becomes the program: now, or once a line of input says so.
# usage: launch.sh now|wait FILE... -- PROGRAM [ARGUMENT...]
# Each FILE is a cgroup.procs; "0" stands for the writing process, and echo is built in.
set -eu
umask 022
when=$1
shift
while [ "$1" != -- ]; do
  echo 0 >"$1"
  shift
done
shift
if [ "$when" = wait ]; then
  echo waiting
  # Nobody is there to say it any more: the harness is gone.
  read -r word || exit 1
  unset word
  exec </dev/null
fi
unset when
# The shell adds these; the program is to have the environment that was declared.
unset PWD OLDPWD SHLVL
exec "$@"
