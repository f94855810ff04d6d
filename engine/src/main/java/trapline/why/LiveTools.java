package trapline.why;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import trapline.abi.Errnos;
import trapline.bytes.Bytes;
import trapline.kernel.run.Btf;
import trapline.kernel.run.CallTree;
import trapline.kernel.run.ErrorSearch;
import trapline.kernel.run.Folding;
import trapline.kernel.run.KernelCode;
import trapline.kernel.run.KernelSymbols;
import trapline.kernel.run.ReturnProbes;
import trapline.kernel.run.ReturnType;
import trapline.kernel.run.ReturnTypes;
import trapline.kernel.run.TracedCall;
import trapline.model.ErrorOrigin;
import trapline.model.KernelRun;
import trapline.model.MalformedBinary;
import trapline.model.RanFunction;

/// Reads what the running kernel's tracer says, with that kernel's symbols and types. Each is read
/// when it is first needed.
public final class LiveTools {
  private static final int LARGEST_TYPES = 256 << 20;

  /// More probes than this are not made: each takes the kernel some milliseconds.
  private static final int MOST_PROBES = 512;

  private final String release;
  private final Supplier<Source> sources;
  private @Nullable Source source;
  private @Nullable KernelSymbols symbols;
  private @Nullable ReturnTypes types;

  /// @param release as `uname -r` says it
  /// @param sources the kernel's source, as far as it is known
  public LiveTools(String release, Supplier<Source> sources) {
    this.release = release;
    this.sources = sources;
  }

  /// The kernel's source, as far as it is known.
  public Source source() {
    Source known = source;
    if (known == null) {
      known = sources.get();
      source = known;
    }
    return known;
  }

  private KernelSymbols symbols() {
    KernelSymbols known = symbols;
    if (known == null) {
      try (InputStream text = new FileInputStream("/proc/kallsyms")) {
        known = KernelSymbols.read(text);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
      symbols = known;
    }
    return known;
  }

  private ReturnTypes types() {
    ReturnTypes known = types;
    if (known == null) {
      String file = "/sys/kernel/btf/vmlinux";
      try (InputStream in = new FileInputStream(file)) {
        known = Btf.of(Bytes.of(file, in.readNBytes(LARGEST_TYPES)));
      } catch (IOException | MalformedBinary e) {
        known = ReturnTypes.NONE;
      }
      types = known;
    }
    return known;
  }

  /// What ran, as a fact.
  KernelRun run(TracedCall call, KernelRun.Where where) {
    return new KernelRun(
        release,
        where,
        KernelRun.Unit.NANOSECONDS,
        tree(call).toModel(types(), source().places()),
        call.result(),
        "",
        String.join(" ", tree(call).notes()));
  }

  private static CallTree tree(TracedCall call) {
    CallTree tree = call.tree();
    if (tree == null) {
      return CallTree.untraced();
    }
    return call.returned().isEmpty() ? tree : ReturnProbes.join(tree, call.returned());
  }

  /// Who said an error first.
  ErrorOrigin origin(TracedCall call) {
    int errno = (int) -call.result();
    boolean entered = !call.arguments().isEmpty();
    if (!entered && call.tree() == null && call.lost() == 0) {
      return new ErrorOrigin(
          Errnos.of(errno),
          ErrorOrigin.Kind.SECCOMP,
          List.of(),
          List.of(),
          "The kernel ended the call before it came to its event sys_enter, as it does when a"
              + " filter answers.");
    }
    return new ErrorSearch(types(), symbols(), KernelCode.NONE, source().places())
        .search(tree(call), errno);
  }

  /// The symbols of those functions that may return an error, for probes: none that several
  /// functions have, or whose function has several symbols.
  List<String> probeable(Set<String> functions) {
    KernelSymbols all = symbols();
    Map<String, Integer> found = new HashMap<>();
    for (int i = 0; i < all.size(); i++) {
      if (!all.isCold(i)) {
        String name = all.name(i);
        if (functions.contains(name)) {
          found.merge(name, i, (one, other) -> KernelSymbols.NONE);
        }
      }
    }
    List<String> chosen = new ArrayList<>();
    for (String name : functions) {
      int function = found.getOrDefault(name, KernelSymbols.NONE);
      ReturnType type = types().of(name);
      if (function != KernelSymbols.NONE
          && (type == null || type.kind().mayBeError())
          && !Folding.isNoise(new RanFunction(name, 0, List.of(), -1, null, "", List.of()))
          && chosen.size() < MOST_PROBES) {
        chosen.add(all.symbol(function));
      }
    }
    return chosen;
  }
}
