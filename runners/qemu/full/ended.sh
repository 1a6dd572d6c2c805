#!/bin/sh
# Runs after the payload's service has ended and tells the host how: EXIT_STATUS, set by systemd, is the exit code or
# the name of the signal.
(echo "exit ${EXIT_STATUS:-0}" >/dev/ttyS1)
