/// What `/proc` says of a process and of this machine, and the memory of a process.
package trapline.linux.proc;
