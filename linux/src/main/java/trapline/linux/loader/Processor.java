package trapline.linux.loader;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// What this machine's processor can, as far as libraries are chosen by it: the levels of the
/// x86-64 psABI, by the names of `/proc/cpuinfo`.
final class Processor {
  private static final List<String> SECOND =
      List.of("cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3");
  private static final List<String> THIRD =
      List.of("avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave");
  private static final List<String> FOURTH =
      List.of("avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl");

  private final Set<String> flags;

  Processor(Set<String> flags) {
    this.flags = flags;
  }

  static Processor ofThisMachine() {
    try (BufferedReader in =
        Files.newBufferedReader(Path.of("/proc/cpuinfo"), StandardCharsets.ISO_8859_1)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.startsWith("flags")) {
          return new Processor(Set.of(line.substring(line.indexOf(':') + 1).strip().split(" +")));
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      // Then it is any processor.
    }
    return new Processor(Set.of());
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

  /// Whether glibc's older versions name it `haswell`.
  boolean isHaswell() {
    return flags.containsAll(List.of("avx2", "bmi1", "bmi2", "abm", "fma", "movbe", "popcnt"))
        && !flags.containsAll(List.of("avx512er", "avx512cd"));
  }
}
