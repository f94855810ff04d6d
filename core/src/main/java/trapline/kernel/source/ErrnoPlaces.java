package trapline.kernel.source;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import trapline.kernel.FunctionIndex;
import trapline.kernel.KernelFunction;
import trapline.model.ErrorOrigin.Candidate;
import trapline.model.Place;

/// Finds the places in a kernel function's source where it may say an error: `return -EADDRINUSE;`,
/// `err = -EINVAL` and the `goto out` that leaves with it, `sk->sk_err = ECONNREFUSED`.
///
/// It looks into functions that this one calls, too, when no tracer sees those because the compiler
/// put them into their callers: of the same file, and of headers; and into macros of both. Which of
/// the places it was the source cannot tell; they are candidates.
public final class ErrnoPlaces {
  private static final int MAX_CANDIDATES = 200;
  private static final int HELPER_LEVELS = 2;

  private final KernelFiles files;
  private final Headers headers;
  private final @Nullable FunctionIndex index;
  private final String architectureFolder;
  private final Predicate<String> inlined;

  /// @param files where the source is; a tarball must have been prepared for the function's file
  /// @param index to find inlined functions of headers by; `null` leaves those out
  /// @param architectureFolder below `arch/`, such as `x86`
  /// @param inlined whether a function of this name may have run unseen; one that the tracer would
  ///     have seen is not looked into, as the error would have been its own
  public ErrnoPlaces(
      KernelFiles files,
      @Nullable FunctionIndex index,
      String architectureFolder,
      Predicate<String> inlined) {
    this.files = files;
    this.headers = files.headers(architectureFolder);
    this.index = index;
    this.architectureFolder = architectureFolder;
    this.inlined = inlined;
  }

  /// The places in a function, by line, and then those in the functions that it calls, each behind
  /// its call. When neither has any, the calls whose results it hands on.
  ///
  /// @param errno such as `EADDRINUSE`; a name that the kernel keeps to itself, such as
  ///     `ERESTARTSYS`, when that is what the function returned
  /// @return empty when the file is not there, or nothing in it can say the error
  /// @throws IOException when the source cannot be read
  public List<Candidate> of(KernelFunction function, String errno) throws IOException {
    SourceFile file = files.parsed(function.place().file());
    String name = function.macro().isEmpty() ? function.name() : function.macro();
    FunctionBody body = file == null ? null : file.function(name, function.place().line());
    if (file == null || body == null) {
      return List.of();
    }
    ErrnoSpellings spellings = new ErrnoSpellings(errno);
    Found found = new Found(new ArrayList<>(), new HashSet<>(), new HashSet<>());
    found.visited.add(function.name());
    List<ErrnoSearch.Call> calls = look(body, file, spellings, found, HELPER_LEVELS, "");
    if (found.candidates.isEmpty() && !body.returnsBoolean()) {
      for (ErrnoSearch.Call call : calls) {
        if (call.leaves() && inlined.test(call.function())) {
          found.candidates.add(call.candidate());
        }
      }
    }
    return found.candidates.subList(0, Math.min(MAX_CANDIDATES, found.candidates.size()));
  }

  /// @param visited the functions that were looked into
  /// @param saying those of them that can say the error
  private record Found(List<Candidate> candidates, Set<String> visited, Set<String> saying) {}

  /// @param in the helper that the body is of, for its places; empty for the function itself
  private List<ErrnoSearch.Call> look(
      FunctionBody body,
      SourceFile file,
      ErrnoSpellings spellings,
      Found found,
      int levels,
      String in)
      throws IOException {
    ErrnoSearch search = new ErrnoSearch(body, file.path(), spellings);
    for (Candidate place : search.places()) {
      found.candidates.add(in.isEmpty() ? place : inHelper(place, in, in));
    }
    macros(body, file, search, spellings, found, in);
    if (levels > 0) {
      for (ErrnoSearch.Call call : search.calls()) {
        if (found.candidates.size() >= MAX_CANDIDATES) {
          break;
        }
        helper(call, file, spellings, found, levels, in);
      }
    }
    return search.calls();
  }

  /// @param in where the place is
  /// @param helper the function to name
  private static Candidate inHelper(Candidate place, String in, String helper) {
    return new Candidate(place.place(), place.text(), in + " " + place.how(), helper);
  }

  private void helper(
      ErrnoSearch.Call call,
      SourceFile caller,
      ErrnoSpellings spellings,
      Found found,
      int levels,
      String in)
      throws IOException {
    String name = call.function();
    if (!inlined.test(name)) {
      return;
    }
    Candidate site = call.candidate();
    Candidate shown = in.isEmpty() ? site : inHelper(site, in, name);
    if (!found.visited.add(name)) {
      if (found.saying.contains(name)) {
        found.candidates.add(shown); // what it says stands behind the first call
      }
      return;
    }
    int before = found.candidates.size();
    found.candidates.add(shown);
    for (FunctionBody body : caller.functions(name)) {
      lookInHelper(body, caller, spellings, found, levels, name);
    }
    if (caller.functions(name).isEmpty() && index != null) {
      for (KernelFunction definition : index.named(name, architectureFolder)) {
        Place place = definition.place();
        SourceFile header = place.file().endsWith(".h") ? files.parsed(place.file()) : null;
        FunctionBody body = header == null ? null : header.function(name, place.line());
        if (header != null && body != null) {
          lookInHelper(body, header, spellings, found, levels, name);
        }
      }
    }
    if (found.candidates.size() == before + 1) {
      found.candidates.removeLast();
    } else {
      found.saying.add(name);
    }
  }

  private void lookInHelper(
      FunctionBody body,
      SourceFile file,
      ErrnoSpellings spellings,
      Found found,
      int levels,
      String name)
      throws IOException {
    if (!body.returnsBoolean()) {
      look(body, file, spellings, found, levels - 1, name);
    }
  }

  /// Macros that say the error, of the same file or of a header that it includes. Each use is a
  /// place; what a macro says stands behind its first use.
  private void macros(
      FunctionBody body,
      SourceFile file,
      ErrnoSearch search,
      ErrnoSpellings spellings,
      Found found,
      String in)
      throws IOException {
    Map<String, List<Candidate>> known = new HashMap<>();
    Set<Integer> lines = new HashSet<>();
    for (int i = 0; i < body.size() && found.candidates.size() < MAX_CANDIDATES; i++) {
      if (!body.isName(i) || body.isMember(i)) {
        continue;
      }
      String name = body.text(i);
      List<Candidate> says = known.get(name);
      boolean first = says == null;
      if (says == null) {
        says = ofMacro(name, body.is(i + 1, '('), file, spellings);
        known.put(name, says);
      }
      if (says.isEmpty() || !lines.add(body.line(i))) {
        continue;
      }
      Place place = new Place(file.path(), body.line(i));
      String how = (in.isEmpty() ? "" : in + " ") + "through a macro" + search.conditionOf(i);
      found.candidates.add(new Candidate(place, body.lineOf(i), how, name));
      if (first) {
        found.candidates.addAll(says);
      }
    }
  }

  private List<Candidate> ofMacro(
      String name, boolean isCall, SourceFile file, ErrnoSpellings spellings) throws IOException {
    SourceFile from = file.hasMacro(name) ? file : null;
    if (from == null && isCall && file.functions(name).isEmpty()) {
      from = headers.withMacro(name, file, spellings);
    }
    FunctionBody macro = from == null ? null : from.macro(name);
    if (from == null || macro == null) {
      return List.of();
    }
    List<Candidate> says = new ArrayList<>();
    for (Candidate said : new ErrnoSearch(macro, from.path(), spellings).places()) {
      says.add(inHelper(said, name, name));
    }
    return says;
  }
}
