#!/bin/sh
# Answers the host's requests in the full guest. systemd has opened ttyS1 as standard input and output.
. /usr/lib/tare/guest-requests.sh

# The whole machine goes down in order, and the payload's service with it.
stop_workload() {
  systemctl --no-block poweroff
}

kill_workload() {
  systemctl kill --kill-who=main --signal=KILL payload
}

while read -r request; do
  case $request in
    off) echo >/run/tare/off ;;
    *) answer_request "$request" ;;
  esac
done
