/// Drives the running kernel's function tracer, in an instance of its own.
package trapline.linux.tracefs;
