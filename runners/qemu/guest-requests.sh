# Shell functions for what goes between a guest and the host, which both kinds of guest read in. What the host asks
# comes on standard input, one line each; answers go to standard output.
#   from the host: stop | memory | off
#   to the host:   memory TOTAL_KIB AVAILABLE_KIB
# Whoever reads this in defines stop_workload, output_end, and what comes after `off`: the host has read all that was
# printed.

answer_request() {
  case $1 in
    stop) stop_workload ;;
    memory) tell_memory ;;
  esac
}

tell_memory() {
  while read -r key value _; do
    case $key in
      MemTotal:) total=$value ;;
      MemAvailable:) break ;;
    esac
  done </proc/meminfo
  echo "memory $total $value"
}

# Becomes the program that copies standard input to the port, whose device appears a moment after its driver. A write to
# the port is at most 32 KiB.
send_output() {
  until find_port; do sleep 0.01; done
  exec dd bs=32k of="$port" 2>/dev/null
}

# Tells the host, by a zero byte and a text that was agreed upon, that nothing more will be printed.
end_output() {
  find_port
  printf '\000%s' "$output_end" >"$port"
}

find_port() {
  for port in /dev/vport*p1; do :; done
  [ -c "$port" ]
}
