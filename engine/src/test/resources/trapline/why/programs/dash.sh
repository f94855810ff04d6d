#!/bin/sh
# Functions, pipes, background processes and a trap.
dir=/tmp/dash.$$
mkdir "$dir"
try() { ls "$dir/missing-$1" > /dev/null 2>&1; }
if [ -r /proc/config.gz ]; then try 900; x=$(zcat /proc/config.gz | head -c 100 | wc -c); fi
for i in 101 102 103 104 105; do
  try "$i" &
  wait
  echo "$i" | { read -r n; try "$((n + 100))"; }
  sh -c "test -f $dir/missing-$((i + 200))"
done
trap 'rmdir "$dir/missing-999" 2> /dev/null; rm -r "$dir"' EXIT
exit 0
