/// Walks a thread's stack from the trap to where the thread started, by call frame information
/// (DWARF 5, section 6.4; Linux Standard Base, `.eh_frame`) and, where there is none, by named
/// rules that read instructions.
package trapline.unwind;
