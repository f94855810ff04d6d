package trapline.kernel;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import trapline.bytes.Bytes;
import trapline.bytes.Cursor;
import trapline.model.Place;

/// Every function definition of a kernel tree: a view of bytes, in which a name is looked up by
/// binary search.
///
/// ```
/// u32 format, u32 number of versions, u32 number of definitions of each
/// files, macros, names: SortedStrings
/// u32 start of the places of each block of names, u32 bytes of all places
/// places of one name: uleb line << 4 | flags
///   without SAME_FILE: zigzag uleb, the difference to the file before (in its block)
///   with HEADED: uleb number of the macro
///   of several versions: uleb versions that have it, as bits; for each of them but the first
///     zigzag uleb, how many lines further down it is than in the one before
///   with MORE: another place follows
/// ```
///
/// An instance is of one version.
///
/// Safe for use by many threads.
public final class FunctionIndex {
  static final int FORMAT = 2;
  static final int FLAG_BITS = 4;
  static final int MORE = 1;
  static final int HEADED = 2;
  static final int SAME_FILE = 4;
  static final int STATIC = 8;

  private final Bytes bytes;
  private final int versions;
  private final int version;
  private final int functions;
  private final SortedStrings files;
  private final SortedStrings macros;
  private final SortedStrings names;
  private final Bytes starts;
  private final Bytes places;

  private FunctionIndex(Bytes bytes, int version) {
    this.bytes = bytes;
    this.version = version;
    Cursor at = bytes.cursor(0);
    long format = at.u32();
    if (format != FORMAT) {
      throw bytes.malformed(0, "a function index of format " + format + ", not " + FORMAT);
    }
    long count = at.u32();
    if (count <= version || count > IndexFile.MAX_VERSIONS) {
      throw bytes.malformed(4, "functions of " + count + " versions, not of the one asked for");
    }
    versions = (int) count;
    int own = 0;
    long all = 0;
    for (int i = 0; i < versions; i++) {
      int each = at.i32();
      own = i == version ? each : own;
      all += Integer.toUnsignedLong(each);
    }
    functions = own;
    files = SortedStrings.read(at);
    macros = SortedStrings.read(at);
    names = SortedStrings.read(at);
    int blocks = (names.size() + SortedStrings.BLOCK - 1) / SortedStrings.BLOCK;
    starts = at.take(4L * blocks);
    places = at.take(at.u32());
    // A place is a byte at least, and serves each version once at most.
    if (all < names.size() || functions < 0 || functions > places.size()) {
      throw bytes.malformed(8, all + " functions of " + names.size() + " names");
    }
  }

  /// A view of an index of one version.
  ///
  /// @throws trapline.model.MalformedBinary when these bytes are none; damage inside is found, and
  ///     thrown the same way, when it is come to
  public static FunctionIndex read(Bytes bytes) {
    return read(bytes, 0);
  }

  /// A view of one version of an index.
  ///
  /// @param version its place in the order in which they were written
  /// @throws trapline.model.MalformedBinary as [#read(Bytes)], and when there is no such version
  public static FunctionIndex read(Bytes bytes, int version) {
    return new FunctionIndex(bytes, version);
  }

  /// The index as bytes that [#read] takes.
  public byte[] write() {
    return bytes.copy(0, bytes.size());
  }

  /// The files that define any, of all versions.
  public List<String> files() {
    List<String> paths = new ArrayList<>(files.size());
    for (int i = 0; i < files.size(); i++) {
      paths.add(files.get(i));
    }
    return paths;
  }

  /// The number of definitions.
  public int size() {
    return functions;
  }

  /// The definitions behind a symbol, in the order of their files and lines; empty when there is
  /// none. A symbol that the compiler or a macro made (`__x64_sys_socket`, `foo.isra.0`) is looked
  /// up by the name in the source, when it has no definition of its own: see [SymbolNames].
  public List<KernelFunction> named(String symbol) {
    for (String name : SymbolNames.inSource(symbol)) {
      int index = names.find(name);
      List<KernelFunction> found = index < 0 ? List.of() : at(index, name);
      if (!found.isEmpty()) {
        return found;
      }
    }
    return List.of();
  }

  /// The definitions behind a symbol in a kernel of one architecture, the likeliest first: no other
  /// architecture's and none of programs beside the kernel (`tools/`, `samples/`) unless there are
  /// no others; those in C files with external linkage first, inlined ones of headers last.
  ///
  /// @param architectureFolder below `arch/`, such as `x86` or `arm64`
  public List<KernelFunction> named(String symbol, String architectureFolder) {
    List<KernelFunction> all = named(symbol);
    List<KernelFunction> own = new ArrayList<>();
    for (KernelFunction function : all) {
      if (isOfKernel(function.place().file(), architectureFolder)) {
        own.add(function);
      }
    }
    List<KernelFunction> chosen = own.isEmpty() ? new ArrayList<>(all) : own;
    chosen.sort(Comparator.comparingInt(FunctionIndex::rank));
    return chosen;
  }

  /// Whether a file's functions can be in a kernel of this architecture.
  public static boolean isOfKernel(String file, String architectureFolder) {
    if (file.startsWith("arch/")) {
      return file.startsWith("arch/" + architectureFolder + "/")
          && !file.startsWith("um/", 6 + architectureFolder.length())
          && !file.startsWith("tools/", 6 + architectureFolder.length())
          && !file.startsWith("boot/", 6 + architectureFolder.length());
    }
    return !file.startsWith("tools/")
        && !file.startsWith("samples/")
        && !file.startsWith("scripts/")
        && !file.startsWith("usr/")
        && !file.startsWith("Documentation/");
  }

  private static int rank(KernelFunction function) {
    boolean header = function.place().file().endsWith(".h");
    return header ? 2 : function.isStatic() ? 1 : 0;
  }

  /// Hands over every definition, by name, file and line.
  public void forEach(Consumer<KernelFunction> consumer) {
    for (int first = 0; first < names.size(); first += SortedStrings.BLOCK) {
      SortedStrings.Walk walk = names.walk(first / SortedStrings.BLOCK);
      Places of = new Places(first / SortedStrings.BLOCK);
      for (int i = first; i < Math.min(names.size(), first + SortedStrings.BLOCK); i++) {
        walk.next();
        String name = walk.text();
        do {
          of.next();
          if (of.isHere()) {
            consumer.accept(of.function(name));
          }
        } while (of.more());
      }
    }
  }

  private List<KernelFunction> at(int index, String name) {
    Places of = new Places(index / SortedStrings.BLOCK);
    for (int i = index % SortedStrings.BLOCK; i > 0; i--) {
      do {
        of.next();
      } while (of.more());
    }
    List<KernelFunction> found = new ArrayList<>();
    do {
      of.next();
      if (of.isHere()) {
        found.add(of.function(name));
      }
    } while (of.more());
    return found;
  }

  /// Reads the places of one block of names.
  private final class Places {
    private final Cursor at;
    private long word;
    private long file;
    private long macro;

    /// In the version of this instance; 0 when it has not got the function.
    private long line;

    Places(int block) {
      at = places.cursor(starts.u32(4L * block));
    }

    void next() {
      int start = at.position();
      word = at.uleb();
      if ((word & SAME_FILE) == 0) {
        long delta = at.uleb();
        file += delta >>> 1 ^ -(delta & 1);
      }
      macro = (word & HEADED) != 0 ? at.uleb() : -1;
      line = versions == 1 ? word >>> FLAG_BITS : lineHere(word >>> FLAG_BITS);
      if (file < 0
          || file >= files.size()
          || macro >= macros.size()
          || macro < -1
          || line < 0
          || line > Integer.MAX_VALUE) {
        throw places.malformed(start, "a place that is none");
      }
    }

    private long lineHere(long first) {
      long mask = at.uleb();
      long here = 0;
      long at = first;
      boolean begun = false;
      for (int i = 0; i < versions; i++) {
        if ((mask >>> i & 1) != 0) {
          if (begun) {
            long delta = this.at.uleb();
            at += delta >>> 1 ^ -(delta & 1);
          }
          begun = true;
          here = i == version ? at : here;
        }
      }
      return here;
    }

    boolean isHere() {
      return line != 0;
    }

    boolean more() {
      return (word & MORE) != 0;
    }

    KernelFunction function(String name) {
      return new KernelFunction(
          name,
          new Place(files.get((int) file), (int) line),
          (word & STATIC) != 0,
          macro < 0 ? "" : macros.get((int) macro));
    }
  }
}
