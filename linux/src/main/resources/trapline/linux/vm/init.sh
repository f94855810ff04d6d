#!/trapline/busybox sh
# The guest's first process. It talks with Trapline over the second serial port, a line at a time;
# where a line ends in a number of bytes, they follow. Memory from physical address 0x10000000 on is
# kept from the kernel: files come to the guest there.
b=/trapline/busybox
PATH=

$b mount -t proc proc /proc
$b mount -t sysfs sysfs /sys
$b mount -t devtmpfs devtmpfs /dev
$b mkdir -p /dev/shm /dev/pts
$b mount -t tmpfs -o mode=1777 tmpfs /dev/shm
$b mount -t devpts -o gid=5,mode=620,ptmxmode=666 devpts /dev/pts
$b ln -s /proc/self/fd /dev/fd
$b ln -s /proc/self/fd/0 /dev/stdin
$b ln -s /proc/self/fd/1 /dev/stdout
$b ln -s /proc/self/fd/2 /dev/stderr
echo > /proc/sys/kernel/modprobe      # there are no modules
$b ip link set lo up
# The first connection of a kernel's life fills a table of random numbers (net/ipv4/inet_hashtables.c,
# table_perturb), millions of instructions that have nothing to do with the program's.
$b nc 127.0.0.1 1 < /dev/null 2> /dev/null
$b stty raw -echo < /dev/ttyS1
exec 9<>/dev/ttyS1

send() { # NAME FILE
  echo "$1 $($b wc -c < "$2")" >&9
  $b cat "$2" >&9
}

echo "ready $($b uname -r)" >&9
while read -r command argument count <&9; do
  case $command in
    symbols)
      $b gzip -1 -c /proc/kallsyms > /trapline/symbols
      send symbols /trapline/symbols
      $b rm /trapline/symbols
      echo saved >&9 ;;
    files) # seconds since 1970, pages of the program that fetches the rest
      $b date -s "@$argument" > /dev/null
      $b dd if=/dev/mem of=/trapline/fetch bs=4096 skip=65536 count="$count" 2> /dev/null
      $b chmod 700 /trapline/fetch
      (cd / && /trapline/fetch 9>&- | $b cpio -idmu) > /trapline/said 2>&1
      $b rm /trapline/fetch
      [ -s /trapline/hostname ] && $b hostname -F /trapline/hostname
      while read -r folder; do
        $b mount --bind "$folder" "$folder" && $b mount -o remount,ro,bind "$folder"
      done < /trapline/read-only
      send unpacked /trapline/said ;;
    start)
      /trapline/launch 9>&- 3> /trapline/end < /trapline/input \
        > /trapline/output 2> /trapline/errors
      for part in output errors; do
        $b head -c 1048576 /trapline/$part | $b gzip -1 -c > /trapline/packed
        send $part /trapline/packed
      done
      send end /trapline/end ;;
  esac
done
