# Forks and executes a program that does nothing.
left=$1
while [ "$left" -gt 0 ]; do
  /bin/true
  left=$((left - 1))
done
