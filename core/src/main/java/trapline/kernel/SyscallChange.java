package trapline.kernel;

import java.util.Optional;
import java.util.StringJoiner;
import java.util.TreeSet;

/// One difference between two versions' facts of a call.
///
/// @param before the call in the first version; empty when it was added
/// @param after the call in the second version; empty when it was removed
public record SyscallChange(
    Kind kind, Optional<SyscallFacts> before, Optional<SyscallFacts> after) {
  /// What differs.
  public enum Kind {
    /// A name, with its number, that the first version does not have.
    ADDED("added"),
    /// A name that the second version no longer has, and whose number has no other.
    REMOVED("removed"),
    /// The same number with another name.
    RENAMED("renamed"),
    /// The same name with another number.
    RENUMBERED("renumbered"),
    /// The row names another function.
    ENTRY("entry changed"),
    /// Types or names of the arguments.
    SIGNATURE("signature changed"),
    /// Another [SyscallState].
    STATE("state changed"),
    /// Defined in another file. Another line of the same file is no difference.
    MOVED("moved");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    /// The name in text and JSON output.
    public String label() {
      return label;
    }
  }

  /// What the first version has; empty when it has nothing of this kind.
  public String was() {
    return before.isEmpty() ? "" : aspect(kind, before.get());
  }

  /// What the second version has; empty when it has nothing of this kind.
  public String is() {
    return after.isEmpty() ? "" : aspect(kind, after.get());
  }

  /// The facts to name the call by: those of the second version, if it has the call.
  public SyscallFacts facts() {
    return after.or(() -> before).orElseThrow();
  }

  /// Whether two versions of a call differ in this.
  static boolean differs(Kind kind, SyscallFacts before, SyscallFacts after) {
    boolean needsDefinitions = kind == Kind.SIGNATURE || kind == Kind.MOVED;
    if (needsDefinitions && (before.definitions().isEmpty() || after.definitions().isEmpty())) {
      return false; // a change of its state
    }
    return !aspect(kind, before).equals(aspect(kind, after));
  }

  private static String aspect(Kind kind, SyscallFacts facts) {
    return switch (kind) {
      case ADDED, REMOVED, SIGNATURE -> signatures(facts);
      case RENAMED -> facts.row().name();
      case RENUMBERED -> Integer.toString(facts.row().number());
      case ENTRY -> facts.entry();
      case STATE -> facts.state().label();
      case MOVED -> files(facts);
    };
  }

  /// Those of all definitions that can serve it, each once.
  private static String signatures(SyscallFacts facts) {
    TreeSet<String> texts = new TreeSet<>();
    for (SyscallDefinition definition : facts.definitions()) {
      texts.add("(" + definition.argumentText() + ")");
    }
    return join(texts, " or ");
  }

  private static String files(SyscallFacts facts) {
    TreeSet<String> files = new TreeSet<>();
    for (SyscallDefinition definition : facts.definitions()) {
      files.add(definition.place().file());
    }
    return join(files, ", ");
  }

  private static String join(TreeSet<String> texts, String between) {
    StringJoiner joined = new StringJoiner(between);
    texts.forEach(joined::add);
    return joined.toString();
  }
}
