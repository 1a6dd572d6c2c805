#!/bin/sh
# Sends what the payload prints to the host.
. /usr/lib/tare/guest-requests.sh
. /run/tare/settings
(send_output </run/tare/output)
end_output
