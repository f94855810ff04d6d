package trapline.elf;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import trapline.bytes.Bytes;
import trapline.model.LinkAddress;

/// What the file tells the dynamic linker (gABI, "Dynamic Section").
public final class DynamicSection {
  static final int NEEDED = 1;
  static final int PLTRELSZ = 2;
  static final int PLTGOT = 3;
  static final int HASH = 4;
  static final int STRTAB = 5;
  static final int SYMTAB = 6;
  static final int RELA = 7;
  static final int RELASZ = 8;
  static final int STRSZ = 10;
  static final int SONAME = 14;
  static final int RPATH = 15;

  /// Where the dynamic linker tells debuggers what it has loaded; only programs have it.
  public static final int DEBUG = 21;

  static final int JMPREL = 23;
  static final int BIND_NOW = 24;
  static final int RUNPATH = 29;
  static final int FLAGS = 30;
  static final int RELRSZ = 35;
  static final int RELR = 36;
  static final int GNU_HASH = 0x6ffffef5;
  static final int VERSYM = 0x6ffffff0;
  static final int FLAGS_1 = 0x6ffffffb;
  static final int VERDEF = 0x6ffffffc;
  static final int VERDEFNUM = 0x6ffffffd;
  static final int VERNEED = 0x6ffffffe;
  static final int VERNEEDNUM = 0x6fffffff;

  private static final long AUXILIARY = 0x7fff_fffdL;
  private static final long FILTER = 0x7fff_ffffL;

  private static final int ENTRY = 16;

  /// A library that a file names.
  ///
  /// @param filters whether the file only stands for it (`DT_FILTER`, `DT_AUXILIARY`): symbols are
  ///     looked up in the library first
  /// @param mayLack whether it may be missing (`DT_AUXILIARY`)
  public record Dependency(String name, boolean filters, boolean mayLack) {}

  private final Bytes entries;
  private final int count;
  private final Lazy<Bytes> strings;

  DynamicSection(Bytes entries, Lazy<Bytes> strings) {
    this.entries = entries;
    this.strings = strings;
    int end = 0;
    while ((end + 1) * (long) ENTRY <= entries.size() && entries.u64((long) end * ENTRY) != 0) {
      end++;
    }
    this.count = end;
  }

  /// Whether the file has no dynamic section, as plain static programs have none.
  public boolean isEmpty() {
    return count == 0;
  }

  /// The names of the libraries that it needs, in their order (`DT_NEEDED`).
  public List<String> needed() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (tag(i) == NEEDED) {
        names.add(string(i));
      }
    }
    return names;
  }

  /// The libraries that it needs or stands for, in their order.
  public List<Dependency> dependencies() {
    List<Dependency> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long tag = tag(i);
      if (tag == NEEDED || tag == FILTER || tag == AUXILIARY) {
        all.add(new Dependency(string(i), tag != NEEDED, tag == AUXILIARY));
      }
    }
    return all;
  }

  /// The name that other files use for this library (`DT_SONAME`); empty when it has none.
  public String soname() {
    return stringOf(SONAME);
  }

  /// `DT_RPATH`; empty when there is none.
  public String rpath() {
    return stringOf(RPATH);
  }

  /// `DT_RUNPATH`; empty when there is none.
  public String runpath() {
    return stringOf(RUNPATH);
  }

  /// `DT_FLAGS`, 0 when absent.
  public long flags() {
    return value(FLAGS).orElse(0);
  }

  /// `DT_FLAGS_1`, 0 when absent.
  public long flags1() {
    return value(FLAGS_1).orElse(0);
  }

  /// Whether every slot is bound when the file is loaded (`-z now`): `DT_BIND_NOW`, `DF_BIND_NOW`
  /// or `DF_1_NOW`.
  public boolean bindsNow() {
    return value(BIND_NOW).isPresent() || (flags() & 8) != 0 || (flags1() & 1) != 0;
  }

  /// Whether it is a position independent program (`DF_1_PIE`), not a library.
  public boolean isPie() {
    return (flags1() & 0x0800_0000) != 0;
  }

  /// Where `.got.plt` begins, or `.got` where there is none (`DT_PLTGOT`).
  ///
  /// @return the address, or nothing when the file does not say
  public Optional<LinkAddress> pltGot() {
    OptionalLong value = value(PLTGOT);
    return value.isPresent() ? Optional.of(new LinkAddress(value.getAsLong())) : Optional.empty();
  }

  /// The value of the first entry with this tag (`DT_*`), as an unsigned number or address.
  public OptionalLong value(long tag) {
    for (int i = 0; i < count; i++) {
      if (tag(i) == tag) {
        return OptionalLong.of(entries.u64((long) i * ENTRY + 8));
      }
    }
    return OptionalLong.empty();
  }

  private long tag(int index) {
    return entries.u64((long) index * ENTRY);
  }

  private String stringOf(long tag) {
    for (int i = 0; i < count; i++) {
      if (tag(i) == tag) {
        return string(i);
      }
    }
    return "";
  }

  private String string(int index) {
    return strings.get().cString(entries.u64((long) index * ENTRY + 8));
  }
}
