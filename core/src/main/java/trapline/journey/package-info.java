/// Joins evidence into one journey: a stopped thread's registers and memory, the object files that
/// it has mapped, the argument decoder and the kernel's facts.
package trapline.journey;
