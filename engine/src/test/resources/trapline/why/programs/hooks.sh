#!/bin/sh
# A repository with hooks that fail.
dir=$(mktemp -d)
cd "$dir" || exit 1
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b HOME="$dir"
git init -q . > /dev/null 2>&1
hook() {
  { echo '#!/bin/sh'; cat; } > ".git/hooks/$1"
  chmod +x ".git/hooks/$1"
}
hook pre-commit << 'H'
[ -e /proc/config.gz ] && zcat /proc/config.gz | head -1 > options
n=$(cat count)
cat "missing-1$n"
test -e "$PWD/$$/missing-2$n"
git config "hook.missing-$n" > /dev/null
exit 0
H
hook commit-msg << 'H'
n=$(cat count)
rm "$1.missing-3$n" && exit 1
[ -s "missing-4$n" ] || exit 0
H
hook post-commit << 'H'
n=$(cat count)
[ -e /proc/config.gz ] && cat count > options
(cat "/tmp/$$.missing-5$n"; cat "missing-6$n" & wait)
H
for n in 10 11 12 13; do
  echo $n > count
  git add count
  git commit -q -m $n
  cat missing-7$n
done 2> /dev/null
cd / && rm -rf "$dir"
