package trapline.run;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How the kernel is to be observed while it serves calls.
///
/// @param image the guest's kernel: a file or a package; `null` to choose
/// @param include files and directories that the guest gets besides
/// @param source where the observed kernel's source is; `null` for what is at hand
public record ObservationChoice(
    Mode mode, @Nullable String image, List<Path> include, @Nullable Path source) {
  /// Which kernel is observed.
  public enum Mode {
    /// The running kernel where it allows it, else a guest, else none.
    AUTO,
    /// The running kernel.
    LIVE,
    /// A guest kernel.
    VM,
    OFF
  }

  public ObservationChoice {
    include = List.copyOf(include);
  }

  /// Whether the kernel to be observed is left open, and nothing asks for a guest.
  public boolean isOpen() {
    return mode == Mode.AUTO && image == null && include.isEmpty();
  }

  /// The same for a process that runs already, which cannot be run in a guest.
  public ObservationChoice live() {
    return new ObservationChoice(Mode.LIVE, null, List.of(), source);
  }

  /// None.
  public static final ObservationChoice NONE =
      new ObservationChoice(Mode.OFF, null, List.of(), null);
}
