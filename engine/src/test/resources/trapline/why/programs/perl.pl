#!/usr/bin/perl
# system, backquotes, pipes and forks.
use strict;
use File::Temp qw(tempdir);
my $dir = tempdir(CLEANUP => 1);
open(STDERR, '>', '/dev/null');
system("zcat /proc/config.gz | head -1 > $dir/options") if -e "/proc/config.gz";
for my $i (10 .. 15) {
  -e "$dir/$$/missing-1$i";
  system("cat", "$dir/missing-2$i");
  system("cat $dir/$$-missing-3$i; true");
  my $text = `cat $dir/missing-4$i`;
  if (open(my $in, '-|', "cat", "$dir/missing-5$i")) { my @lines = <$in>; close $in; }
  my $child = fork();
  if ($child == 0) {
    system("true") if -e "/proc/config.gz" && $i % 2;
    open(my $file, '<', "$dir/$$.missing-6$i");
    exec("cat", "missing-7$i") if $i % 2;
    system("rm $dir/missing-8$i");
    exit 0;
  }
  waitpid($child, 0);
}
