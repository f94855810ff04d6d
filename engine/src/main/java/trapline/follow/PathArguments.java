package trapline.follow;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import trapline.abi.Parameter;
import trapline.abi.Phase;
import trapline.abi.SyscallSignature;
import trapline.abi.SyscallTable;
import trapline.bytes.ByteText;
import trapline.model.RemoteMemory;
import trapline.model.SyscallId;

/// Which arguments of a call name files, as its signature says.
///
/// @param argument which one is the path's address, from 0
/// @param folder which one is the open directory that a relative path starts from; -1 when that is
///     the working directory
public record PathArguments(int argument, int folder) {
  /// What a directory's descriptor is for the working directory (`fcntl.h`).
  public static final int AT_FDCWD = -100;

  /// How many registers carry arguments.
  static final int REGISTERS = 6;

  private static final int LONGEST_PATH = 4096; // PATH_MAX
  private static final int CHUNK = 256;

  private static final Map<SyscallId, List<PathArguments>> KNOWN = new ConcurrentHashMap<>();

  /// A path that a call names.
  ///
  /// @param text empty when the path is, or cannot be read to its end
  public record Named(PathArguments argument, String text) {}

  /// The paths that a call names.
  ///
  /// @param arguments the six argument registers
  public static List<Named> read(SyscallId id, List<Long> arguments, RemoteMemory memory) {
    List<PathArguments> all = known(id);
    if (all.isEmpty()) {
      return List.of();
    }
    List<Named> named = new ArrayList<>(all.size());
    for (PathArguments each : all) {
      String text = text(arguments.get(each.argument()), memory);
      named.add(new Named(each, text == null ? "" : text));
    }
    return named;
  }

  /// The same of a call whose paths were read before.
  ///
  /// @param texts in the order of its arguments
  static List<Named> of(SyscallId id, List<String> texts) {
    List<PathArguments> all = known(id);
    List<Named> named = new ArrayList<>(all.size());
    for (int i = 0; i < all.size() && i < texts.size(); i++) {
      named.add(new Named(all.get(i), texts.get(i)));
    }
    return named;
  }

  /// The paths that a call takes; none when it takes none or is not known.
  /// Remembers only calls that there are: a program can make up numbers without end.
  private static List<PathArguments> known(SyscallId id) {
    List<PathArguments> known = KNOWN.get(id);
    if (known != null) {
      return known;
    }
    SyscallSignature signature = SyscallTable.of(id.abi()).byNumber(id.number());
    if (signature == null) {
      return List.of();
    }
    List<PathArguments> paths = new ArrayList<>();
    List<Parameter> parameters = signature.parameters();
    for (int i = 0; i < parameters.size(); i++) {
      Parameter each = parameters.get(i);
      if (each.format().name().equals("path") && each.phase() == Phase.ENTRY) {
        boolean isRelative = i > 0 && parameters.get(i - 1).format().name().equals("dirfd");
        paths.add(new PathArguments(i, isRelative ? i - 1 : -1));
      }
    }
    KNOWN.put(id, paths);
    return paths;
  }

  /// The path at an address; `null` when it is empty or cannot be read to its end.
  private static @Nullable String text(long address, RemoteMemory memory) {
    byte[] bytes = new byte[LONGEST_PATH];
    int end = 0;
    int length = 0;
    while (end == length && length < LONGEST_PATH) { // most paths are short
      length += memory.read(address + length, bytes, length, CHUNK);
      if (length == end) {
        return null;
      }
      while (end < length && bytes[end] != 0) {
        end++;
      }
    }
    return end == 0 || end == length ? null : ByteText.decode(bytes, 0, end);
  }
}
