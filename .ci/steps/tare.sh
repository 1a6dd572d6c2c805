# Sourced by the other steps: Tare from the checkout that this file is in, as root.

steps=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# Under sudo, with this environment; its PATH too, since Node is often in a folder that sudo does not know.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -E env "PATH=$PATH" "$@"; fi
}

tare() {
  as_root node "$steps/../../dist/bench/cli.js" "$@"
}
