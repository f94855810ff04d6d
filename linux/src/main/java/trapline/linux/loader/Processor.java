package trapline.linux.loader;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// What this machine's processor can, as far as libraries are chosen by it: the levels of the
/// x86-64 psABI, by the names of `/proc/cpuinfo`; and what glibc went by before 2.37, with
/// processors of Intel's only (`sysdeps/x86/cpu-features.c`).
final class Processor {
  private static final List<String> SECOND =
      List.of("cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3");
  private static final List<String> THIRD =
      List.of("avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave");
  private static final List<String> FOURTH =
      List.of("avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl");

  private static final List<String> HASWELL =
      List.of("avx2", "bmi1", "bmi2", "abm", "fma", "movbe", "popcnt");

  private final Set<String> flags;
  private final boolean intel;

  Processor(Set<String> flags, boolean intel) {
    this.flags = flags;
    this.intel = intel;
  }

  static Processor ofThisMachine() {
    try (BufferedReader in =
        Files.newBufferedReader(Path.of("/proc/cpuinfo"), StandardCharsets.ISO_8859_1)) {
      boolean intel = false;
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        intel |= line.startsWith("vendor_id") && line.endsWith(" GenuineIntel");
        if (line.startsWith("flags")) {
          String flags = line.substring(line.indexOf(':') + 1).strip();
          return new Processor(Set.of(flags.split(" +")), intel);
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      // Then it is any processor.
    }
    return new Processor(Set.of(), false);
  }

  /// @param level as `glibc-hwcaps` has it
  boolean hasLevel(String level) {
    boolean second = flags.containsAll(SECOND);
    boolean third = second && flags.containsAll(THIRD);
    return switch (level) {
      case "x86-64-v2" -> second;
      case "x86-64-v3" -> third;
      case "x86-64-v4" -> third && flags.containsAll(FOURTH);
      default -> false;
    };
  }

  /// What glibc's older versions call it; empty when they have no name for it.
  String platform() {
    if (intel && flags.containsAll(List.of("avx512cd", "avx512er", "avx512pf"))) {
      return "xeon_phi";
    }
    return intel && flags.containsAll(HASWELL) ? "haswell" : "";
  }

  /// Whether it has what glibc's older versions call `avx512_1`.
  boolean hasFirstAvx512() {
    return intel
        && !flags.contains("avx512er")
        && flags.containsAll(List.of("avx512cd", "avx512bw", "avx512dq", "avx512vl"));
  }
}
