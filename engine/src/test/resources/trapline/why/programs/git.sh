#!/bin/sh
# A repository, with hooks that are not there.
dir=$(mktemp -d)
cd "$dir" || exit 1
[ -e /proc/config.gz ] && cp /proc/config.gz . && rm config.gz
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b HOME="$dir"
git init -q . > /dev/null 2>&1
echo text > file
git add file
git commit -q -m one
git log -1 > /dev/null
git show HEAD:missing-101 > /dev/null 2>&1
git rm -q missing-102 > /dev/null 2>&1
cat missing-103 2> /dev/null
cd / && rm -rf "$dir"
