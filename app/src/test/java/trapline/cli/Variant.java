package trapline.cli;

import java.util.List;

/// The ways in which the matrix program is built.
enum Variant {
  O0("gcc", "-g -O0"),
  O2("gcc", "-g -O2"),
  LTO("gcc", "-g -O2 -flto"),
  NO_PIE("gcc", "-g -O1 -no-pie"),
  STATIC("gcc", "-g -O0 -static"),
  STATIC_PIE("gcc", "-g -O2 -static-pie"),
  NO_PLT("gcc", "-g -O2 -fno-plt"),
  BIND_NOW("gcc", "-g -O0 -Wl,-z,now"),
  LAZY("gcc", "-g -O2 -Wl,-z,lazy"),
  BRANCH_TRACKING("gcc", "-g -O2 -fcf-protection=full"),
  FRAME_POINTER_LESS("gcc", "-g -Os -fomit-frame-pointer"),
  DWARF_4("gcc", "-gdwarf-4 -O2"),
  DWARF_5("gcc", "-gdwarf-5 -O2"),
  STRIPPED("gcc", "-O2 -s"),
  DEBUG_LINK("gcc", "-g -O2"),
  DEBUG_DIRECTORY("gcc", "-g -O2 -Wl,--build-id"),
  MUSL("musl-gcc", "-g -O1"),
  MUSL_STATIC("musl-gcc", "-g -O1 -static");

  private final String compiler;
  private final List<String> options;

  Variant(String compiler, String options) {
    this.compiler = compiler;
    this.options = List.of(options.split(" "));
  }

  String compiler() {
    return compiler;
  }

  String[] options() {
    return options.toArray(new String[0]);
  }

  boolean isStatic() {
    return name().contains("STATIC");
  }

  boolean isMusl() {
    return compiler.equals("musl-gcc");
  }

  /// Whether the program has debug information somewhere.
  boolean hasDebugInfo() {
    return this != STRIPPED;
  }
}
