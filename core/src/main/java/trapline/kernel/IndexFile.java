package trapline.kernel;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import trapline.bytes.Bytes;

/// The sections of an index file, and the strings and lists that their records refer to.
///
/// The file is little-endian: the eight letters `TRAPKIDX`, then 32-bit words: the format's
/// number, the number of sections, the file's length in bytes, the CRC-32C of all between the
/// word itself and the last section, the CRC-32C of the last section, and offset and length in
/// bytes of each section. Of every section but the strings a record is some words of 32 bits, of
/// `V` versions:
///
/// - versions, oldest first: release, package's version, distribution, SHA-256
/// - numberings: label, list of rows; for each version whether it has it, prefix, list of prefixes
///   of rows (second column, prefix), list of aliases (name, function), and list of paths
///   (instruction, number of stages; for each symbol, file, line, inlined)
/// - rows: number, ABI, name, entry, compat, noreturn, file; each version's line
/// - entries, by name: entry point, first declaration and how many, first definition and how
///   many, versions in which it is optional, as bits
/// - declarations: text, file, conditions; each version's line
/// - definitions: macro, signature, file, arguments (type, name), conditions, gates; each
///   version's first and last line
/// - redirections: architecture, from, to, file; each version's line
/// - settings, by architecture: architecture, symbol, two bits a version from the lowest up
/// - gaps: version, file, line, reason
/// - files of the kernel's core, by name: file; each version's gates
/// - lists: the length of a list, or one of its words
/// - string offsets: where in the strings each starts; one more than there are strings
/// - strings, in UTF-8
/// - functions: a function index of all versions, or nothing; its checksum is looked at when it is
///   first needed
///
/// A line of 0 says that the version has not got the fact. A string is its number, a list the
/// index of the word that holds its length.
final class IndexFile {
  static final String MAGIC = "TRAPKIDX";
  static final int FORMAT = 4;
  static final int HEADER = 28;

  /// What two bits in a word of 32 can tell.
  static final int MAX_VERSIONS = 16;

  static final int VERSIONS = 0;
  static final int NUMBERINGS = 1;
  static final int ROWS = 2;
  static final int ENTRIES = 3;
  static final int DECLARATIONS = 4;
  static final int DEFINITIONS = 5;
  static final int REDIRECTIONS = 6;
  static final int SETTINGS = 7;
  static final int GAPS = 8;
  static final int FILES = 9;
  static final int LISTS = 10;
  static final int OFFSETS = 11;
  static final int STRINGS = 12;
  static final int FUNCTIONS = 13;
  static final int SECTIONS = 14;

  static final int VERSION_RECORD = 16;

  /// Of one version in a numbering's record.
  static final int NUMBERING_PART = 20;

  static final int ENTRY_RECORD = 24;
  static final int SETTING_RECORD = 12;
  static final int GAP_RECORD = 16;

  private static final int MAX_LIST = 8192;
  private static final int FUNCTIONS_SUM = 24;
  private static final int SUM_CHUNK = 1 << 20;

  private final Bytes file;
  private final Bytes[] sections = new Bytes[SECTIONS];
  private final int versions;
  private volatile boolean functionsChecked;

  private IndexFile(Bytes file) {
    this.file = file;
    for (int i = 0; i < SECTIONS; i++) {
      long at = HEADER + 8L * i;
      sections[i] = file.slice(file.u32(at), file.u32(at + 4));
    }
    versions = records(VERSIONS, VERSION_RECORD);
    if (versions < 1 || versions > MAX_VERSIONS) {
      throw file.malformed(HEADER, "an index of " + versions + " versions");
    }
    for (int section :
        new int[] {NUMBERINGS, ROWS, ENTRIES, DECLARATIONS, DEFINITIONS, REDIRECTIONS, FILES}) {
      records(section, recordSize(section));
    }
    records(SETTINGS, SETTING_RECORD);
    records(GAPS, GAP_RECORD);
    records(LISTS, 4);
    records(OFFSETS, 4);
  }

  /// @throws trapline.model.MalformedBinary when it is something else, is damaged or was made by
  ///     another version of Trapline
  static IndexFile read(Bytes file) {
    byte[] magic = file.copy(0, Math.min(MAGIC.length(), file.size()));
    for (int i = 0; i < MAGIC.length(); i++) {
      if (i >= magic.length || magic[i] != MAGIC.charAt(i)) {
        throw file.malformed(0, "not a kernel index");
      }
    }
    long format = file.u32(8);
    if (format != FORMAT) {
      throw file.malformed(
          8, "a kernel index of format " + format + "; this Trapline reads format " + FORMAT);
    }
    if (file.u32(16) != file.size()) {
      throw file.malformed(
          16, "the index is cut: it says " + file.u32(16) + " bytes, and has " + file.size());
    }
    if (file.u32(12) != SECTIONS) {
      throw file.malformed(12, "a kernel index has " + SECTIONS + " sections");
    }
    return new IndexFile(file);
  }

  /// Compares the file with the checksum that it holds.
  ///
  /// @throws trapline.model.MalformedBinary when they differ
  void check() {
    CRC32C sum = new CRC32C();
    sum.update(file.copy(24, file.u32(HEADER + 8L * FUNCTIONS) - 24));
    if (sum.getValue() != file.u32(20)) {
      throw file.malformed(20, "the index is damaged: its checksum differs");
    }
  }

  /// The functions' section, compared with its own checksum when it is first asked for.
  ///
  /// @throws trapline.model.MalformedBinary when they differ
  Bytes functions() {
    Bytes functions = sections[FUNCTIONS];
    if (!functionsChecked) {
      if (sum(functions) != (int) file.u32(FUNCTIONS_SUM)) {
        throw file.malformed(
            FUNCTIONS_SUM, "the index is damaged: the checksum of its functions differs");
      }
      functionsChecked = true;
    }
    return functions;
  }

  /// The CRC-32C of a section.
  static int sum(Bytes section) {
    CRC32C sum = new CRC32C();
    for (int at = 0; at < section.size(); at += SUM_CHUNK) {
      sum.update(section.copy(at, Math.min(SUM_CHUNK, section.size() - at)));
    }
    return (int) sum.getValue();
  }

  Bytes bytes() {
    return file;
  }

  int versions() {
    return versions;
  }

  /// Bytes of a record of a section whose records depend on the number of versions.
  int recordSize(int section) {
    return recordSize(section, versions);
  }

  static int recordSize(int section, int versions) {
    return 4
        * switch (section) {
          case NUMBERINGS -> 2 + NUMBERING_PART / 4 * versions;
          case ROWS -> 7 + versions;
          case ENTRIES -> ENTRY_RECORD / 4;
          case DECLARATIONS -> 3 + versions;
          case DEFINITIONS -> 6 + 2 * versions;
          case REDIRECTIONS -> 4 + versions;
          case FILES -> 1 + versions;
          default -> throw new IllegalArgumentException("section " + section);
        };
  }

  Bytes section(int number) {
    return sections[number];
  }

  /// How many records a section has.
  int records(int number, int size) {
    if (sections[number].size() % size != 0) {
      throw file.malformed(
          HEADER + 8L * number + 4, "section " + number + " is not made of whole records");
    }
    return sections[number].size() / size;
  }

  /// The record of that name in a section that is sorted by its first word's string; or -1.
  int find(int number, int size, String name) {
    Bytes section = sections[number];
    int low = 0;
    int high = section.size() / size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      int order = string(section, (long) middle * size).compareTo(name);
      if (order == 0) {
        return middle * size;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return -1;
  }

  String string(Bytes section, long at) {
    return string(section.i32(at));
  }

  String string(int id) {
    long at = Integer.toUnsignedLong(id) * 4;
    long from = sections[OFFSETS].u32(at);
    long to = sections[OFFSETS].u32(at + 4);
    return new String(sections[STRINGS].copy(from, to - from), StandardCharsets.UTF_8);
  }

  List<String> strings(int list) {
    int[] words = list(list);
    List<String> texts = new ArrayList<>(words.length);
    for (int word : words) {
      texts.add(string(word));
    }
    return texts;
  }

  int[] list(int index) {
    Bytes lists = sections[LISTS];
    long at = Integer.toUnsignedLong(index) * 4;
    long count = lists.u32(at);
    if (count > MAX_LIST) {
      throw lists.malformed(at, "a list too long: " + count);
    }
    int[] words = new int[(int) count];
    for (int i = 0; i < words.length; i++) {
      words[i] = lists.i32(at + 4 + 4L * i);
    }
    return words;
  }
}
