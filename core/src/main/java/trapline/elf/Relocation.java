package trapline.elf;

import org.jspecify.annotations.Nullable;
import trapline.model.LinkAddress;

/// One relocation of the dynamic linker (psABI AMD64, 4.4). Those of RELR tables appear as
/// [#RELATIVE] ones, with the addend that the file holds at their place.
///
/// @param place the address that it changes
/// @param type `R_X86_64_*`
/// @param symbol `null` when it has none
public record Relocation(LinkAddress place, int type, long addend, @Nullable Symbol symbol) {
  public static final int ABS64 = 1;
  public static final int COPY = 5;
  public static final int GLOB_DAT = 6;
  public static final int JUMP_SLOT = 7;
  public static final int RELATIVE = 8;
  public static final int IRELATIVE = 37;

  private static final String[] NAMES = {
    "NONE",
    "64",
    "PC32",
    "GOT32",
    "PLT32",
    "COPY",
    "GLOB_DAT",
    "JUMP_SLOT",
    "RELATIVE",
    "GOTPCREL",
    "32",
    "32S",
    "16",
    "PC16",
    "8",
    "PC8",
    "DTPMOD64",
    "DTPOFF64",
    "TPOFF64",
    "TLSGD",
    "TLSLD",
    "DTPOFF32",
    "GOTTPOFF",
    "TPOFF32",
    "PC64",
    "GOTOFF64",
    "GOTPC32",
    "GOT64",
    "GOTPCREL64",
    "GOTPC64",
    "GOTPLT64",
    "PLTOFF64",
    "SIZE32",
    "SIZE64",
    "GOTPC32_TLSDESC",
    "TLSDESC_CALL",
    "TLSDESC",
    "IRELATIVE",
    "RELATIVE64",
    "39",
    "40",
    "GOTPCRELX",
    "REX_GOTPCRELX"
  };

  /// Its name, such as `R_X86_64_JUMP_SLOT`; `R_X86_64_99` for a number that has none.
  public String typeName() {
    return typeName(type);
  }

  static String typeName(int type) {
    return "R_X86_64_"
        + (type >= 0 && type < NAMES.length ? NAMES[type] : Integer.toUnsignedString(type));
  }
}
