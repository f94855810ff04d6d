/// What a run needs around the session: the program, the kernel's facts, what is observed of the
/// kernel.
@org.jspecify.annotations.NullMarked
package trapline.run;
