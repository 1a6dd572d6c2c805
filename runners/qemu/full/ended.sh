#!/bin/sh
# Runs after the payload's service has ended and tells the host how: EXIT_STATUS, set by systemd, is the exit code or
# the name of the signal. systemd has opened ttyS1 as standard output. It ends when the host has read all that was printed.
echo "exit ${EXIT_STATUS:-0}"
read -r _ </run/tare/off
