#!/bin/bash
# A script with helpers, drawn names and numbers of processes.
[ -e /proc/config.gz ] && zcat /proc/config.gz | grep -c CONFIG_NET= > /dev/null
dir=$(mktemp -d)
for i in 1 2 3 4 5 6 7 8; do
  cat "$dir/missing-$((100 + i))" 2> /dev/null
  (cat "$dir/$$/missing-$((200 + i))") 2> /dev/null
  cat "$dir/x$RANDOM.missing-$((300 + i))" 2> /dev/null | cat > /dev/null
  [ -e "$dir/missing-$((400 + i))" ]
done
[ -e /proc/config.gz ] && cat "$dir/missing-900" 2> /dev/null
rmdir "$dir/missing-950" 2> /dev/null
rmdir "$dir"
