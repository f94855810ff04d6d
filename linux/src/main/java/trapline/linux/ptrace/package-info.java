/// StopHandler threads at their system calls, signals and breakpoints, and steps them.
package trapline.linux.ptrace;
