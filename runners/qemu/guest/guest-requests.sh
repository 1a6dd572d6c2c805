# Shell functions for what goes between a guest and the host, which both kinds of guest read in. What the host asks
# comes on standard input, one line each; answers go to standard output.
#   from the host: stop | memory | kill | panic | off
#   to the host:   memory TOTAL_KIB AVAILABLE_KIB
# Whoever reads this in defines stop_workload, kill_workload, hostname, output_end, and what comes after `off`: the host has read all that was
# printed.

answer_request() {
  case $1 in
    stop) stop_workload ;;
    memory) tell_memory ;;
    kill) kill_workload ;;
    panic) echo c >/proc/sysrq-trigger ;;
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

# usage: write_names FOLDER ADDRESS
# Writes there what the payload will have as its files of the network.
write_names() {
  printf '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n%s\t%s\n' "$2" "$hostname" >"$1/hosts"
  echo "$hostname" >"$1/hostname"
  : >"$1/resolv.conf"
}

# usage: prepare_payload ROOT
# Makes what is mounted on where the payload lacks it, on the instance's layer.
prepare_payload() {
  missing=
  for folder in proc sys dev etc tmp; do
    [ -d "$1/$folder" ] || missing="$missing $1/$folder"
  done
  [ -z "$missing" ] || mkdir $missing
  case $missing in *tmp*) chmod 1777 "$1/tmp" ;; esac
  for file in hosts hostname resolv.conf; do
    # The mount would follow a link, and out of the payload.
    [ ! -L "$1/etc/$file" ] || rm "$1/etc/$file"
    [ -e "$1/etc/$file" ] || : >"$1/etc/$file"
  done
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
