package trapline.elf;

import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.model.Diagnostic;
import trapline.model.MalformedBinary;
import trapline.model.Unsupported;

/// The symbol table that some distributions leave in stripped files: `.gnu_debugdata` holds a whole
/// ELF file, compressed with xz, with the names that the dynamic symbol table does not have (gdb's
/// manual, "Debugging information in a special section").
///
/// @param file `null` when there is none
/// @param defect why it could not be read; `null` when there is nothing to say
record MiniDebugInfo(@Nullable ElfFile file, @Nullable Diagnostic defect) {
  private static final MiniDebugInfo NONE = new MiniDebugInfo(null, null);

  static MiniDebugInfo of(ElfFile elf) {
    Section section = elf.section(".gnu_debugdata");
    if (section == null || !section.hasContents()) {
      return NONE;
    }
    try {
      Bytes packed = elf.data(section);
      ElfFile file = ElfFile.of(Compression.unpackMini(packed));
      // Read now, so that damage is met here. What it may have of its own kind is not looked at.
      return file.ownFunctions().isEmpty() ? NONE : new MiniDebugInfo(file, null);
    } catch (MalformedBinary e) {
      return refused(elf, String.valueOf(e.getMessage()), "");
    } catch (Unsupported e) {
      return refused(elf, e.feature() + " needs " + e.needs(), e.remedy());
    }
  }

  private static MiniDebugInfo refused(ElfFile elf, String why, String remedy) {
    return new MiniDebugInfo(
        null,
        new Diagnostic(
            elf.bytes().file(), "its mini debug information is not used: " + why, remedy));
  }
}
