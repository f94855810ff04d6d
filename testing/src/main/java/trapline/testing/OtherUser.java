package trapline.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A user without any rights, as whom a command can be run.
public final class OtherUser {
  public static final int ID = 65_000;

  private final Path classes;

  /// Tests need root for it, and are skipped without.
  ///
  /// @param folder where class files can be copied to, as others may not read those of root
  public OtherUser(Path folder) {
    Tools.requireHost(Tools.isRoot(), "root, to become another user");
    Tools.require("setpriv");
    this.classes = folder.resolve("classes");
    Command.run("chmod", "755", folder.toString()).orFail();
  }

  /// The words that run a command as this user.
  public List<String> words() {
    return List.of("setpriv", "--reuid=" + ID, "--regid=" + ID, "--clear-groups");
  }

  /// Gives it a file or directory, with all that is in that.
  public void give(Path path) {
    Command.run("chown", "-hR", ID + ":" + ID, path.toString()).orFail();
  }

  /// A command of Java's that the user can run: with a class path that it can read.
  public List<String> java(List<String> command) {
    List<String> readable = new ArrayList<>(command);
    int at = command.indexOf("-cp") + 1;
    StringBuilder path = new StringBuilder();
    try {
      Files.createDirectories(classes);
      int number = 0;
      for (String element : command.get(at).split(":")) {
        if (!element.isEmpty() && Files.exists(Path.of(element))) {
          Path copy = classes.resolve(Integer.toString(number++));
          if (!Files.exists(copy)) {
            Command.run("cp", "-r", element, copy.toString()).orFail();
          }
          path.append(copy).append(':');
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Command.run("chmod", "-R", "a+rX", classes.toString()).orFail();
    readable.set(at, path.toString());
    Tools.requireHost(
        Command.runIn(classes, joined(words(), List.of(command.getFirst(), "-version"))).status()
            == 0,
        "a Java that others may run");
    return readable;
  }

  private static List<String> joined(List<String> one, List<String> other) {
    List<String> all = new ArrayList<>(one);
    all.addAll(other);
    return all;
  }
}
