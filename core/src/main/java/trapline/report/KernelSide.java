package trapline.report;

import org.jspecify.annotations.Nullable;
import trapline.model.Evidence;
import trapline.model.Hop;
import trapline.model.HopKind;
import trapline.model.Journey;
import trapline.model.KernelFacts;
import trapline.model.Place;

/// The section below the boundary: entry, table, declaration, definition.
final class KernelSide {
  private static final HopKind[] KINDS = Road.of(HopKind.Side.KERNEL);

  private KernelSide() {}

  /// The boundary, and what lies below it.
  ///
  /// @return whether the boundary is drawn only once, because the way in was shown with an earlier
  ///     journey
  static boolean render(Page page, Journey journey, Road road) {
    Hop.Missing nothing = Absence.common(road, KINDS);
    if (page.told.hasKernelPart(journey)) {
      return again(page, journey, road, nothing);
    }
    if (road.get(HopKind.KERNEL_ENTRY) instanceof Hop.KernelEntry entry
        && page.told.hasFacts(journey.kernel())
        && page.told.hasWayIn(entry)
        && lastStage(page, entry)) {
      page.side(Tone.KERNEL);
      hops(page, road, true);
      return true;
    }
    page.boundary(true);
    page.side(Tone.KERNEL);
    page.gap();
    page.heading(page.glyphs.branch, "KERNEL", version(page, journey.kernel()), "");
    if (nothing == null) {
      hops(page, road, false);
    } else {
      page.row("", Absence.phrase(page, nothing.why(), nothing.remedy()), "", Page.NO_MARK);
    }
    return false;
  }

  /// @param withoutEntry whether the entry was shown
  private static void hops(Page page, Road road, boolean withoutEntry) {
    Hop.Missing before = null;
    for (HopKind kind : KINDS) {
      Hop hop = road.get(kind);
      if (hop instanceof Hop.Missing missing) {
        if (before != null && Absence.sameReason(before, missing)) {
          Absence.again(page, missing);
        } else {
          Absence.row(page, missing);
        }
        before = missing;
      } else if (hop != null && !(withoutEntry && kind == HopKind.KERNEL_ENTRY)) {
        render(page, hop, withoutEntry ? road.get(HopKind.KERNEL_ENTRY) : null);
        before = null;
      }
    }
  }

  /// The boundary's line with what was shown in full with an earlier call; and what ran for this
  /// one.
  private static boolean again(
      Page page, Journey journey, Road road, Hop.@Nullable Missing nothing) {
    Phrase fact = Phrase.of(journey.name());
    String place = "";
    if (nothing != null) {
      fact = Absence.phrase(page, nothing.why(), nothing.remedy());
    } else {
      if (road.get(HopKind.KERNEL_ENTRY) instanceof Hop.KernelEntry entry
          && !entry.path().isEmpty()) {
        Hop.KernelSymbol last = entry.path().getLast();
        fact.step(page.glyphs.to, last.name(), Tone.PLAIN);
        place = last.place() == null ? "" : last.place().toString();
      }
      if (road.get(HopKind.IMPLEMENTATION) instanceof Hop.Implementation implementation
          && implementation.definitions().size() == 1) {
        place = implementation.definitions().getFirst().place().toString();
      }
      fact.word(page.glyphs.above, Tone.FAINT);
    }
    page.boundary("KERNEL", fact, place, Page.NO_MARK);
    page.side(Tone.KERNEL);
    Hop ran = road.get(HopKind.KERNEL_FUNCTION);
    if (nothing == null && ran instanceof Hop.KernelFunctions functions) {
      RanRows.render(page, functions);
    } else if (nothing == null) {
      Absence.row(page, ran);
    }
    return true;
  }

  private static Phrase version(Page page, KernelFacts kernel) {
    Phrase version = new Phrase().words("running " + kernel.running() + ";", Tone.PLAIN);
    if (kernel.source().isEmpty()) {
      return version.words("no source facts at hand", Tone.PLAIN);
    }
    version.words("facts from " + kernel.source(), Tone.PLAIN);
    if (page.told.hasFacts(kernel)) {
      return version.word("(above)", Tone.FAINT);
    }
    version.word("(" + kernel.origin() + "):");
    if (kernel.exact()) {
      return version.words("exact", Tone.PLAIN);
    }
    return version.words(
        kernel.running().equals(kernel.source())
            ? "perhaps another build, lines may differ"
            : "another version, lines may differ",
        Tone.STRONG);
  }

  /// @param entry whose last stage was shown with its place; `null` when it was not
  private static void render(Page page, Hop hop, @Nullable Hop entry) {
    switch (hop.kind()) {
      case KERNEL_ENTRY -> entry(page, (Hop.KernelEntry) hop);
      case TABLE_ROW -> table(page, (Hop.TableRow) hop);
      case DECLARATION -> declaration(page, (Hop.Declaration) hop);
      case IMPLEMENTATION -> implementation(page, (Hop.Implementation) hop, entry);
      case KERNEL_FUNCTION -> RanRows.render(page, (Hop.KernelFunctions) hop);
      case SOURCE_LINE, CALL_SITE, PLT, WRAPPER, SYSCALL_INSTRUCTION, RETURN -> {} // other sections
    }
  }

  private static void entry(Page page, Hop.KernelEntry entry) {
    boolean addresses = false;
    boolean places = false;
    int width = 0;
    for (Hop.KernelSymbol symbol : entry.path()) {
      addresses |= symbol.address() != 0;
      places |= symbol.place() != null && entry.places() != null;
      width = Math.max(width, stage(page, symbol.name(), width == 0).width());
    }
    if (addresses || places) {
      stages(page, entry, width + 2);
    } else {
      Phrase fact = new Phrase();
      for (Hop.KernelSymbol symbol : entry.path()) {
        fact.step(page.glyphs.to, symbol.name(), Tone.PLAIN);
      }
      page.row("entry", fact, "", entry.evidence().mark());
    }
    Phrase note = new Phrase();
    if (addresses && places) {
      note.words("addresses from kallsyms", Tone.FAINT);
      if (!entry.note().isEmpty()) {
        note.glue(";", Tone.FAINT);
      }
    }
    note.words(entry.note(), Tone.FAINT);
    if (!note.isEmpty()) {
      boolean symbols = entry.evidence() instanceof Evidence.Symbols || (addresses && places);
      page.row("", note, "", symbols && places ? 's' : Page.NO_MARK);
    }
  }

  /// The boundary with the call's own function; the way to it was shown with an earlier call.
  ///
  /// @return whether that fits into a line
  private static boolean lastStage(Page page, Hop.KernelEntry entry) {
    Hop.KernelSymbol last = entry.path().getLast();
    Phrase fact = Phrase.of(page.glyphs.dots, Tone.FAINT);
    fact.step(page.glyphs.to, last.name(), Tone.PLAIN);
    if (last.address() != 0) {
      fact.word(Long.toHexString(last.address()), Tone.FAINT, 2);
    }
    Evidence evidence = entry.evidence();
    String place = "";
    if (last.place() != null && entry.places() != null) {
      place = last.place().toString();
      evidence = entry.places();
    }
    if (!page.fitsBoundary(fact, place)) {
      return false;
    }
    page.boundary("KERNEL", fact, place, evidence.mark());
    return true;
  }

  private static Phrase stage(Page page, String name, boolean first) {
    return first ? Phrase.of(name) : Phrase.of(page.glyphs.to, Tone.FAINT).word(name);
  }

  /// One stage a line: its name, its address, its place. The mark is that of the place.
  ///
  /// @param column where addresses start when places stand at the right
  private static void stages(Page page, Hop.KernelEntry entry, int column) {
    boolean first = true;
    for (Hop.KernelSymbol symbol : entry.path()) {
      Phrase fact = stage(page, symbol.name(), first);
      String address = symbol.address() == 0 ? "" : Long.toHexString(symbol.address());
      String right = address;
      char mark = first ? entry.evidence().mark() : Page.NO_MARK;
      Evidence places = entry.places();
      if (places != null) {
        fact.at(column, address, Tone.FAINT);
        Place place = symbol.place();
        right = place == null ? "" : place.toString();
        mark = place == null ? Page.NO_MARK : places.mark();
      }
      page.row(first ? "entry" : "", fact, right, mark);
      first = false;
    }
  }

  private static void table(Page page, Hop.TableRow row) {
    Phrase fact =
        Phrase.of(Integer.toString(row.number()))
            .word(row.abi(), Tone.PLAIN, 2)
            .word(row.name(), Tone.PLAIN, 2);
    if (row.entry().isEmpty()) {
      fact.word("(no entry point)", Tone.FAINT, 2);
    } else {
      fact.word(row.entry(), Tone.PLAIN, 2);
    }
    String place = row.place().toString();
    if (page.told.hasTable(row)) {
      place = Names.baseName(place);
    }
    page.row("table", fact, place, row.evidence().mark());
  }

  private static void declaration(Page page, Hop.Declaration declaration) {
    String label = "declared";
    for (Hop.Text text : declaration.declarations()) {
      page.row(
          label,
          new Phrase().words(text.text(), Tone.PLAIN),
          text.place().toString(),
          declaration.evidence().mark());
      label = "";
    }
  }

  /// @param entry whose last stage was shown with its place; `null` when it was not
  private static void implementation(
      Page page, Hop.Implementation implementation, @Nullable Hop entry) {
    Place known = entry instanceof Hop.KernelEntry path ? path.path().getLast().place() : null;
    String label = "defined";
    for (Hop.Definition definition : implementation.definitions()) {
      page.row(
          label,
          new Phrase().words(definition.signature(), Tone.PLAIN),
          definition.place().equals(known) ? "" : definition.place().toString(),
          implementation.evidence().mark());
      label = "";
      if (!definition.gates().isEmpty()) {
        Phrase gates = Phrase.of("when", Tone.FAINT);
        boolean first = true;
        for (String gate : definition.gates()) {
          if (!first) {
            gates.word("and", Tone.FAINT);
          }
          gates.word(gate, Tone.FAINT);
          first = false;
        }
        Hop.Built built = definition.built();
        if (built != null) {
          gates
              .glue(":", Tone.FAINT)
              .words(built.here() ? "built here" : "not built here", Tone.PLAIN);
          gates.word("(" + built.from() + ")", Tone.FAINT);
        }
        page.row("", gates, "", built == null ? Page.NO_MARK : 'o');
      }
      source(page, definition);
    }
    if (!implementation.confirmation().isEmpty()) {
      page.row(label, new Phrase().words(implementation.confirmation(), Tone.PLAIN), "", 'o');
    }
  }

  private static void source(Page page, Hop.Definition definition) {
    int from = signatureLines(definition);
    int shown = Math.min(definition.source().size() - from, page.style.sourceLines());
    if (shown <= 0) {
      return;
    }
    int firstLine = definition.place().line() + from;
    int numberWidth = Integer.toString(firstLine + shown).length();
    int room = page.area() - numberWidth - 2;
    for (int i = 0; i < shown; i++) {
      String number = Integer.toString(firstLine + i);
      String text =
          Display.cut(
              Display.cleanSource(definition.source().get(from + i)).stripTrailing(),
              room,
              page.glyphs.dots);
      Phrase line = Phrase.of(" ".repeat(numberWidth - number.length()) + number, Tone.FAINT);
      if (!text.isEmpty()) {
        line.word(text, Tone.FAINT, 2);
      }
      page.row("", line, "", Page.NO_MARK);
    }
    int left = definition.source().size() - from - shown;
    if (left > 0) {
      page.row(
          "",
          Phrase.of(page.glyphs.dots + " " + left + " more lines", Tone.FAINT),
          "",
          Page.NO_MARK);
    }
  }

  /// How many lines at the start of the source text only repeat the signature.
  private static int signatureLines(Hop.Definition definition) {
    String signature = definition.signature();
    int at = 0;
    int lines = 0;
    while (at < signature.length() && lines < definition.source().size()) {
      String line = definition.source().get(lines);
      for (int i = 0; i < line.length(); i++) {
        if (isSpace(line.charAt(i))) {
          continue;
        }
        while (at < signature.length() && isSpace(signature.charAt(at))) {
          at++;
        }
        if (at == signature.length() || signature.charAt(at) != line.charAt(i)) {
          return 0;
        }
        at++;
      }
      lines++;
    }
    return at == signature.length() ? lines : 0;
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t';
  }
}
