package trapline.kernel.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trapline.kernel.FunctionIndex;
import trapline.kernel.KernelFunction;
import trapline.model.ErrorOrigin.Candidate;
import trapline.testing.Command;
import trapline.testing.Tools;

/// Where functions of Debian's kernel sources say an error: as a person reads them, and as grep
/// finds them in the whole of some directories.
@Tag("host")
class ErrnoPlacesSourceTest {
  private static final List<String> FOLDERS = List.of("kernel", "fs", "net/ipv4", "mm");
  private static final List<String> HEADERS =
      List.of("include/linux/fs.h", "include/net/sock.h", "fs/internal.h");

  @TempDir static Path folder;

  /// What a person wrote down of one function.
  private record Reading(String function, String file, String errno, Set<String> inlined) {}

  @ParameterizedTest
  @ValueSource(strings = {"6.12", "6.1"})
  void placesAreThoseThatAPersonReads(String series) throws IOException {
    Map<Reading, List<String>> readings = readings(series);
    KernelFiles files = new KernelFiles(new TarballSource(tarball(series)));
    Set<String> wanted = new TreeSet<>(HEADERS);
    readings.keySet().forEach(reading -> wanted.add(reading.file));
    long[] progress = new long[2];
    files.prepare(
        wanted,
        (done, total) -> {
          progress[0] = Math.max(progress[0], done);
          progress[1] = total;
        });
    FunctionCollector collector = new FunctionCollector();
    for (String path : wanted) {
      byte[] text = text(files, path);
      collector.take(path, text, text.length);
    }
    FunctionIndex index = collector.index();

    Map<Reading, List<String>> found = new LinkedHashMap<>();
    for (Reading reading : readings.keySet()) {
      ErrnoPlaces places = new ErrnoPlaces(files, index, "x86", reading.inlined::contains);
      KernelFunction function =
          index.named(reading.function, "x86").stream()
              .filter(each -> each.place().file().equals(reading.file))
              .findFirst()
              .orElseThrow();
      List<Candidate> candidates = places.of(function, reading.errno);
      for (Candidate candidate : candidates) {
        assertThat(lineOf(files, candidate)).isEqualTo(candidate.text());
      }
      found.put(
          reading,
          candidates.stream()
              .map(each -> each.text() + "\t" + each.how().replaceAll("line [0-9]+", "line N"))
              .toList());
    }

    assertThat(found).isEqualTo(readings);
    assertThat(progress[0]).as("bytes unpacked").isGreaterThan(100L << 20);
    assertThat(files.file("net/socket.c")).as("a file that was not named").isEmpty();
  }

  /// gcc drops the comments, ctags says where functions begin and end, and a pattern finds the
  /// error. Not a line is missing, none too many, and none is taken for a mere comparison that is
  /// not one.
  @Test
  void linesEqualARecount() throws IOException {
    Tools.require("ctags", "gcc");
    Path tree = unpack();
    List<String> files = files(tree);
    Map<String, String> expected = insideFunctions(tree, files, linesWithErrno(tree, files));
    Map<String, String> found = new TreeMap<>();
    Map<String, String> other = new TreeMap<>();
    for (String file : files) {
      search(tree, file, expected, found, other);
    }
    System.out.println("lines with EINVAL in functions: " + expected.size());

    assertThat(found.keySet()).isEqualTo(expected.keySet());
    assertThat(other).isEmpty();
    assertThat(expected.size()).isGreaterThan(7_000);
  }

  private static void search(
      Path tree,
      String file,
      Map<String, String> expected,
      Map<String, String> found,
      Map<String, String> other)
      throws IOException {
    byte[] text = Files.readAllBytes(tree.resolve(file));
    FunctionCollector collector = new FunctionCollector();
    collector.take(file, text, text.length);
    List<KernelFunction> functions = new ArrayList<>();
    collector.index().forEach(functions::add);
    Pattern comparison =
        Pattern.compile(
            "([=!]=|[<>]=?|\\bcase)\\s*(ERR_PTR)?\\(?\\s*-?\\s*EINVAL|EINVAL\\)*\\s*[=!]=");
    for (KernelFunction function : functions) {
      String name = function.macro().isEmpty() ? function.name() : function.macro();
      FunctionBody body = FunctionBody.at(text, name, function.place().line());
      assertThat(body).as(function.toString()).isNotNull();
      ErrnoSearch search = new ErrnoSearch(body, file, new ErrnoSpellings("EINVAL"));
      Map<Integer, String> said = new HashMap<>();
      for (Candidate place : search.places()) {
        if (!place.how().contains(" as set on line ")) {
          said.put(place.place().line(), place.how());
        }
      }
      for (int line : search.lines()) {
        String place = file + ":" + line;
        String source = expected.getOrDefault(place, "");
        found.put(place, source);
        if (said.containsKey(line) == comparison.matcher(source).find()) {
          other.put(place, source);
        }
      }
    }
  }

  /// Each line that names the error outside of comments, strings, directives and `#if 0`.
  private static Map<String, String> linesWithErrno(Path tree, List<String> files)
      throws IOException {
    Map<String, String> lines = new TreeMap<>();
    for (int from = 0; from < files.size(); from += 200) {
      List<String> command =
          new ArrayList<>(List.of("gcc", "-fpreprocessed", "-dD", "-E", "-x", "c"));
      command.addAll(files.subList(from, Math.min(files.size(), from + 200)));
      collect(Command.runIn(tree, command).out(), lines);
    }
    return lines;
  }

  private static void collect(String preprocessed, Map<String, String> lines) {
    Pattern marker = Pattern.compile("# (\\d+) \"(.*)\".*");
    Pattern directive = Pattern.compile("\\s*#\\s*(\\w*)\\s*(.*)");
    Pattern errno = Pattern.compile("\\bEINVAL\\b");
    String file = "";
    int line = 0;
    boolean continued = false;
    List<Boolean> dead = new ArrayList<>();
    for (String text : preprocessed.split("\n", -1)) {
      Matcher marked = marker.matcher(text);
      if (marked.matches()) {
        if (!marked.group(2).equals(file)) {
          dead.clear();
          continued = false;
        }
        file = marked.group(2);
        line = Integer.parseInt(marked.group(1));
        continue;
      }
      int at = line++;
      Matcher directed = directive.matcher(text);
      boolean directs = !continued && directed.matches();
      if (directs) {
        String word = directed.group(1);
        if (word.startsWith("if")) {
          dead.add(word.equals("if") && directed.group(2).strip().equals("0"));
        } else if (word.startsWith("el") && !dead.isEmpty()) {
          dead.set(dead.size() - 1, false);
        } else if (word.equals("endif") && !dead.isEmpty()) {
          dead.removeLast();
        }
      }
      boolean skipped = directs || continued || dead.contains(true);
      continued = (directs || continued) && text.endsWith("\\");
      String code = text.replaceAll("\"(\\\\.|[^\"\\\\])*\"", "\"\"");
      if (!skipped && errno.matcher(code).find()) {
        lines.put(file + ":" + at, code);
      }
    }
  }

  private static Map<String, String> insideFunctions(
      Path tree, List<String> files, Map<String, String> lines) throws IOException {
    Path list = Files.write(folder.resolve("errno-files"), files);
    Path tags = folder.resolve("errno-tags");
    List<String> command = new ArrayList<>(List.of("ctags", "-L", list.toString()));
    command.addAll(List.of("--languages=C", "--langmap=C:.c.h", "--kinds-C=f", "--fields=+e"));
    command.addAll(List.of("--sort=no", "-x", "--_xformat=%n %e %F", "-o", tags.toString()));
    Command.runIn(tree, command).orFail();
    Map<String, String> inside = new TreeMap<>();
    for (String tag : Files.readAllLines(tags, StandardCharsets.ISO_8859_1)) {
      String[] words = tag.split(" ");
      for (int line = Integer.parseInt(words[0]); line <= Integer.parseInt(words[1]); line++) {
        String place = words[2] + ":" + line;
        String code = lines.get(place);
        if (code != null) {
          inside.put(place, code);
        }
      }
    }
    return inside;
  }

  private static List<String> files(Path tree) throws IOException {
    try (Stream<Path> paths = Files.walk(tree)) {
      return paths
          .filter(path -> path.toString().endsWith(".c") || path.toString().endsWith(".h"))
          .filter(path -> Files.isRegularFile(path, java.nio.file.LinkOption.NOFOLLOW_LINKS))
          .map(path -> tree.relativize(path).toString())
          .sorted()
          .toList();
    }
  }

  private static Path unpack() throws IOException {
    Path to = Files.createDirectory(folder.resolve("errno-tree"));
    List<String> command = new ArrayList<>(List.of("tar", "-C", to.toString(), "-xJf"));
    command.add(tarball("6.12").toString());
    command.addAll(List.of("--strip-components=1", "--wildcards"));
    for (String part : FOLDERS) {
      command.add("linux-source-6.12/" + part + "/*.[ch]");
    }
    Command.run(command.toArray(new String[0])).orFail();
    return to;
  }

  private static Path tarball(String series) {
    String file = "/usr/src/linux-source-" + series + ".tar.xz";
    if (series.equals("6.12")) {
      Tools.require(file);
    }
    Tools.requireHost(Files.exists(Path.of(file)), "Debian's linux-source-" + series);
    return Path.of(file);
  }

  private static Map<Reading, List<String>> readings(String series) throws IOException {
    Map<Reading, List<String>> readings = new LinkedHashMap<>();
    List<String> places = new ArrayList<>();
    try (InputStream in =
        Objects.requireNonNull(
            ErrnoPlacesSourceTest.class.getResourceAsStream("errno-places.txt"))) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
        if (line.startsWith("\t")) {
          places.add(line.substring(1));
        } else if (!line.startsWith("#")) {
          String[] words = line.split(" ");
          places = new ArrayList<>();
          if (List.of(words[0].split(",")).contains(series)) {
            Set<String> inlined = words[4].equals("-") ? Set.of() : Set.of(words[4].split(","));
            readings.put(new Reading(words[1], words[2], words[3], inlined), places);
          }
        }
      }
    }
    return readings;
  }

  private static byte[] text(KernelFiles files, String path) throws IOException {
    var content = files.file(path).orElseThrow(() -> new IOException(path + " is not there"));
    return content.copy(0, content.size());
  }

  private static String lineOf(KernelFiles files, Candidate candidate) throws IOException {
    String file = new String(text(files, candidate.place().file()), StandardCharsets.UTF_8);
    return file.split("\n", -1)[candidate.place().line() - 1].strip();
  }
}
