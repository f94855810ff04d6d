package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The build's rewriting of class files changes when code is linked, and nothing that it does.
@Tag("host")
class LinkEarlyTest {
  private static final Path BIN = Path.of(System.getProperty("java.home"), "bin");
  private static final Path TOOL = Path.of("..", "tools", "LinkEarly.java").toAbsolutePath();

  private static final String PROGRAM =
      """
      import java.util.List;
      import java.util.Set;

      public class Program {
        record Nothing() {}
        record All(boolean z, byte b, short s, char c, int i, long l, float f, double d, String t,
            int[] array, List<String> list) {}
        record Nested(All all, Nothing nothing) {}
        sealed interface Shape {
          private static String local(Object o) {
            return switch (o) {
              case Integer i when i > 5 -> "large";
              case Integer i -> "small " + i;
              case CharSequence text -> "text " + text;
              case int[] numbers -> "numbers " + numbers.length;
              case Nothing() -> "nothing";
              case null -> "null";
              default -> "other";
            };
          }
        }
        record Circle(double radius) implements Shape {}
        record Square(Shape inner, long side) implements Shape {}
        enum Color { RED, GREEN }

        static String name(Shape shape) {
          return switch (shape) {
            case Circle(double radius) when radius > 1 -> "wide circle";
            case Circle circle -> "circle " + circle;
            case Square(Circle inner, long side) -> "round " + inner.radius() + " in " + side;
            case Square square -> "square " + square.hashCode();
          };
        }

        public static void main(String[] args) {
          int[] array = {1, 2};
          All one = all(array, 1.5, "text");
          for (All other : List.of(all(array, 1.5, "text"), all(array, -0.0, "text"),
              all(array, 0.0, "text"), all(array, Double.NaN, null), all(array, Double.NaN, null),
              all(new int[] {1, 2}, 1.5, "text"))) {
            System.out.println(one.equals(other) + " " + other.equals(other) + " "
                + (one.hashCode() == other.hashCode()));
          }
          All fixed = all(null, 2.25, "\\u00fc");
          System.out.println(fixed + " " + fixed.hashCode());
          System.out.println(new Nested(fixed, new Nothing()) + " "
              + new Nested(null, null).hashCode() + new Nested(null, null));
          System.out.println(new Nothing().equals(new Nothing()) + " " + new Nothing().equals(null)
              + new Nothing().equals(one) + new Nothing().hashCode());
          System.out.println(Set.of(new Circle(1), new Circle(2)).contains(new Circle(2)));
          for (Object o : new Object[] {3, 7, "s", new StringBuilder("b"), array, new Nothing(),
              null, 1L, Color.RED}) {
            System.out.println(Shape.local(o));
          }
          for (Shape s : List.of(new Circle(2), new Circle(0.5), new Square(new Circle(1), 3),
              new Square(new Square(null, 1), 2), new Square(null, 4))) {
            System.out.println(name(s));
          }
          try {
            name(null);
          } catch (NullPointerException e) {
            System.out.println("refused");
          }
        }

        private static All all(int[] array, double d, String text) {
          return new All(true, (byte) -1, (short) -300, 'x', 7, 1L << 40, 1.25f, d, text, array,
              List.of("a"));
        }
      }
      """;

  @TempDir Path folder;

  private String run(String... command) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of(command));
    words.set(0, BIN.resolve(command[0]).toString());
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(words)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    int status = process.waitFor();
    String text = Files.readString(output);
    assertThat(status).as(text).isZero();
    return text;
  }

  private String bootstraps(String jar, String... classes) throws Exception {
    List<String> command = new ArrayList<>(List.of("javap", "-v", "-p", "-cp", jar));
    command.addAll(List.of(classes));
    return run(command.toArray(String[]::new));
  }

  @Test
  void rewrittenClassesDoTheSame() throws Exception {
    Files.writeString(folder.resolve("Program.java"), PROGRAM);
    run("javac", "-XDstringConcat=inline", "-d", "classes", "Program.java");
    Files.createDirectory(folder.resolve("lib"));
    run("jar", "cf", "lib/trapline-sample.jar", "-C", "classes", ".");
    String before = run("java", "-cp", "lib/trapline-sample.jar", "Program");
    String[] classes = {"Program", "Program$All", "Program$Shape", "Program$Nested"};
    assertThat(bootstraps("lib/trapline-sample.jar", classes))
        .contains("SwitchBootstraps.typeSwitch", "ObjectMethods.bootstrap");
    run("java", TOOL.toString(), "lib");
    assertThat(bootstraps("lib/trapline-sample.jar", classes)).doesNotContain("invokedynamic");
    assertThat(run("java", "-cp", "lib/trapline-sample.jar", "Program"))
        .isEqualTo(before)
        .contains("wide circle", "numbers 2", "refused");
  }
}
