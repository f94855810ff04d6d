package trapline.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import trapline.testing.Command;
import trapline.testing.Programs;
import trapline.testing.Tools;

/// The matrix program in all its variants, each built, followed and run in gdb once for all tests.
final class Matrix {
  private static final Map<Variant, Path> PROGRAMS = new EnumMap<>(Variant.class);
  private static final Map<Variant, Follow> FOLLOWED = new EnumMap<>(Variant.class);
  private static final Map<Variant, List<List<JsonNode>>> STOPS = new EnumMap<>(Variant.class);
  private static final Path FOLDER = folder();

  private Matrix() {}

  /// The program's source.
  static String source() {
    return source("matrix.c");
  }

  static String source(String name) {
    try (InputStream in = Objects.requireNonNull(Matrix.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static synchronized Path program(Variant variant) {
    return PROGRAMS.computeIfAbsent(variant, Matrix::build);
  }

  /// Every call of the program.
  static synchronized Follow followed(Variant variant) {
    return FOLLOWED.computeIfAbsent(
        variant,
        each -> {
          Follow run = Follow.json(options(each), List.of(program(each).toString()));
          return run.orFail();
        });
  }

  /// What gdb sees at every call of the program, by thread.
  static synchronized List<List<JsonNode>> stops(Variant variant) {
    return STOPS.computeIfAbsent(
        variant,
        each ->
            GdbStops.of(
                program(each),
                each == Variant.DEBUG_DIRECTORY
                    ? "set debug-file-directory " + debugDirectory(each) + ":/usr/lib/debug"
                    : "set confirm off",
                ""));
  }

  private static List<String> options(Variant variant) {
    return variant == Variant.DEBUG_DIRECTORY
        ? List.of("--all", "--debug-dir", debugDirectory(variant).toString())
        : List.of("--all");
  }

  private static Path debugDirectory(Variant variant) {
    return program(variant).resolveSibling("debug");
  }

  private static Path build(Variant variant) {
    try {
      Path folder = Files.createDirectory(FOLDER.resolve(variant.name()));
      Path program =
          Programs.compileWith(variant.compiler(), folder, "matrix", source(), variant.options());
      String file = program.toString();
      String debug = file + ".debug";
      switch (variant) {
        case DEBUG_LINK -> {
          Tools.require("objcopy", "strip");
          Command.run("objcopy", "--only-keep-debug", file, debug).orFail();
          Command.run("strip", file).orFail();
          Command.run("objcopy", "--add-gnu-debuglink=" + debug, file).orFail();
        }
        case DEBUG_DIRECTORY -> {
          Tools.require("objcopy", "strip", "readelf");
          String id = Readelf.buildId(program);
          Path place = folder.resolve("debug/.build-id").resolve(id.substring(0, 2));
          Files.createDirectories(place);
          Path separate = place.resolve(id.substring(2) + ".debug");
          Command.run("objcopy", "--only-keep-debug", file, separate.toString()).orFail();
          Command.run("strip", file).orFail();
        }
        default -> {}
      }
      return program;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path folder() {
    try {
      Path folder = Files.createTempDirectory("trapline-matrix");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      // What is left lies where the system keeps temporary files.
      return;
    }
  }
}
