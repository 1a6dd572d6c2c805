#!/bin/sh
# Joins cgroups and sets the limit of open files, then becomes the program.
# usage: launch.sh SOFT-LIMIT HARD-LIMIT FILE... -- PROGRAM [ARGUMENT...]
# Each FILE is a cgroup.procs; "0" stands for the writing process, and echo is built in.
set -eu
ulimit -S -n "$1"
ulimit -H -n "$2"
shift 2
while [ "$1" != -- ]; do
  echo 0 >"$1"
  shift
done
shift
# The shell adds these; the program is to have the environment that was declared.
unset PWD OLDPWD SHLVL
exec "$@"
