/// Lazy, immutable views of ELF object files for x86-64.
///
/// Sources: the System V gABI chapters 4 and 5, the psABI for AMD64, and the GNU extensions as LSB
/// describes them. Everything is found through section headers where they exist, and through
/// program headers and the dynamic section where they were stripped.
package trapline.elf;
