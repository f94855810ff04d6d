import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jacoco.agent.rt.RT;
import org.jacoco.core.analysis.Analyzer;
import org.jacoco.core.analysis.CoverageBuilder;
import org.jacoco.core.analysis.IClassCoverage;
import org.jacoco.core.tools.ExecFileLoader;

/// Runs a fuzz test on files of its corpus under JaCoCo's agent and prints how many lines of some
/// classes they reach: `percent covered/all`. Arguments: CLASS#METHOD, globs of class files below
/// the package `trapline`, and directories of inputs.
final class FuzzCoverage {
  private FuzzCoverage() {}

  public static void main(String[] args) throws Exception {
    int hash = args[0].indexOf('#');
    Constructor<?> maker = Class.forName(args[0].substring(0, hash)).getDeclaredConstructor();
    maker.setAccessible(true);
    Object test = maker.newInstance();
    Method target = test.getClass().getDeclaredMethod(args[0].substring(hash + 1), byte[].class);
    target.setAccessible(true);
    int failed = 0;
    for (int i = 2; i < args.length; i++) {
      for (Path input : files(Path.of(args[i]))) {
        try {
          target.invoke(test, (Object) Files.readAllBytes(input));
        } catch (InvocationTargetException e) {
          failed++;
          System.err.println(input + ": " + e.getCause());
        }
      }
    }
    ExecFileLoader loader = new ExecFileLoader();
    loader.load(new ByteArrayInputStream(RT.getAgent().getExecutionData(false)));
    CoverageBuilder builder = new CoverageBuilder();
    Analyzer analyzer = new Analyzer(loader.getExecutionDataStore(), builder);
    for (Path each : classes(args[1].split(","))) {
      analyzer.analyzeClass(Files.readAllBytes(each), each.toString());
    }
    int covered = 0;
    int all = 0;
    for (IClassCoverage each : builder.getClasses()) {
      covered += each.getLineCounter().getCoveredCount();
      all += each.getLineCounter().getTotalCount();
    }
    System.out.printf(
        "%d %% of %d%s%n",
        all == 0 ? 0 : 100 * covered / all, all, failed == 0 ? "" : ", " + failed + " inputs fail");
    System.exit(0);
  }

  private static List<Path> files(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static List<Path> classes(String[] globs) throws IOException {
    List<Path> found = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(":")) {
      Path root = Path.of(entry, "trapline");
      if (!Files.isDirectory(root) || entry.endsWith("test-classes")) {
        continue;
      }
      try (Stream<Path> files = Files.walk(root)) {
        files
            .filter(each -> each.toString().endsWith(".class"))
            .filter(each -> matches(root.relativize(each).toString(), globs))
            .forEach(found::add);
      }
    }
    return found;
  }

  private static boolean matches(String file, String[] globs) {
    String name = file.substring(0, file.length() - ".class".length());
    int nested = name.indexOf('$');
    String outer = nested < 0 ? name : name.substring(0, nested);
    for (String glob : globs) {
      if (outer.matches(glob.replace("*", "[^/]*")) && !outer.endsWith("package-info")) {
        return true;
      }
    }
    return false;
  }
}
