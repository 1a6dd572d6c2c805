# Read in before the payload is started, in a mount namespace of its service's own: gives the payload its /proc, /sys
# and /dev. A folder that it lacks is made on the instance's layer.
root=/srv/payload
missing=
for folder in proc sys dev tmp; do
  [ -d "$root/$folder" ] || missing="$missing $root/$folder"
done
if [ -n "$missing" ]; then
  mkdir $missing
  case $missing in *tmp*) chmod 1777 "$root/tmp" ;; esac
fi
mount -a -T /usr/lib/tare/payload.fstab || exit 126
