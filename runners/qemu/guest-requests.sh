# Shell functions for the line between a guest and the host, which both kinds of guest read in. What the host asks
# comes on standard input, one line each; answers go to standard output.
#   from the host: stop | memory
#   to the host:   memory TOTAL_KIB AVAILABLE_KIB
# Whoever reads this in defines stop_workload.

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
