/// Calls into the C library and the kernel: layouts, downcalls, captured errno; nothing clever.
package trapline.linux.sys;
