package trapline.report;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.model.Abi;
import trapline.model.CodeLine;
import trapline.model.Hop;
import trapline.model.HopKind;
import trapline.model.Journey;
import trapline.model.Place;
import trapline.model.StartedProgram;

/// The sections above the boundary: the user's program and the library.
final class UserSide {
  private static final int PATH_MAX = 9;
  private static final HopKind[] LIBRARY = Road.of(HopKind.Side.LIBRARY);

  private UserSide() {}

  static void render(Page page, Journey journey, Road road) {
    program(page, journey, road);
    page.gap();
    library(page, road, journey.id().abi());
  }

  private static void program(Page page, Journey journey, Road road) {
    String module = road.userModule();
    StartedProgram started = journey.program();
    String file = started.file().isEmpty() ? module : started.file();
    Phrase name = new Phrase();
    name.word(
        !started.name().isEmpty()
            ? started.name()
            : file.isEmpty() ? journey.command() : Names.baseName(file));
    if (page.told.isSameProgram(journey)) {
      page.section(page.glyphs.start, "PROGRAM");
    } else {
      page.heading(page.glyphs.start, "YOUR PROGRAM", name, isPath(file) ? file : "");
    }
    Hop source = road.get(HopKind.SOURCE_LINE);
    Hop callSite = road.get(HopKind.CALL_SITE);
    if (source instanceof Hop.SourceLine line) {
      boolean shown = callSite instanceof Hop.CallSite site && isShown(page, line, site);
      StackRows.render(page, "source", line, shown);
      if (shown) {
        return;
      }
    } else {
      Absence.row(page, source);
    }
    if (source == null && callSite == null) {
      page.row("", Absence.phrase(page, "nothing is known", ""), "", Page.NO_MARK);
    }
    if (callSite instanceof Hop.CallSite site) {
      if (!module.isEmpty() && !module.equals(site.module())) {
        // These addresses are of another file than the user's line: of one that this calls, or,
        // when
        // a library traps by itself, of the one that called it.
        boolean outer = module.equals(road.trapModule());
        page.row(
            outer ? "called by" : "through",
            Phrase.of(site.module().isEmpty() ? "code in no file" : Names.baseName(site.module())),
            site.module(),
            Page.NO_MARK);
      }
      if (site.code().isEmpty()) {
        page.row(
            "call site",
            Phrase.of(Names.shown(site.function(), page.glyphs.dots)),
            "",
            site.evidence().mark());
      } else {
        callSite(page, site);
      }
    } else {
      Absence.row(page, callSite);
    }
  }

  /// Whether an earlier journey came from the same call site, called by the same functions.
  private static boolean isShown(Page page, Hop.SourceLine line, Hop.CallSite site) {
    if (line.user() < 0
        || page.told.callersFrom(line) > line.user()
        || StackRows.isForeign(line)
        || site.code().isEmpty()
        || !site.module().equals(line.frame().module())) {
      return false;
    }
    for (CodeLine each : site.code()) {
      if (!page.told.hasCode(site.module(), each)) {
        return false;
      }
    }
    return true;
  }

  /// The instructions; of those that were shown only the last, which makes the call.
  private static void callSite(Page page, Hop.CallSite site) {
    List<CodeLine> code = site.code();
    List<CodeLine> left = new ArrayList<>(code.size());
    for (CodeLine line : code) {
      if (!page.told.hasCode(site.module(), line)) {
        left.add(line);
      }
    }
    boolean whole = left.size() == code.size();
    CodeLine last = code.getLast();
    if (left.isEmpty() || !left.getLast().equals(last)) {
      left.add(last);
    }
    CodeBlock.render(
        page, "call site", left, whole ? "" : page.glyphs.above, site.evidence().mark());
  }

  private static boolean isPath(String module) {
    return module.indexOf('/') >= 0;
  }

  private static void library(Page page, Road road, Abi abi) {
    Hop plt = road.get(HopKind.PLT);
    Hop wrapper = road.get(HopKind.WRAPPER);
    String trapModule = road.trapModule();
    boolean elsewhere = !trapModule.isEmpty() && !trapModule.equals(road.callingModule());
    Hop.Missing none = Absence.common(road, HopKind.PLT, HopKind.WRAPPER);
    boolean heading = none != null && !(elsewhere && plt == null && wrapper == null);
    if (none != null && heading) {
      page.heading(
          page.glyphs.branch, "LIBRARY", Absence.phrase(page, none.why(), none.remedy()), "");
    } else {
      if (wrapper instanceof Hop.Wrapper function
          && page.told.hasLibrary(function, road.callingModule())) {
        page.section(page.glyphs.branch, "LIBRARY");
      } else {
        libraryHeading(page, plt, wrapper, road.callingModule(), trapModule);
      }
    }
    for (HopKind kind : LIBRARY) {
      Hop hop = road.get(kind);
      boolean inHeading = heading && (kind == HopKind.PLT || kind == HopKind.WRAPPER);
      if (hop instanceof Hop.Missing && !inHeading) {
        Absence.row(page, hop);
      } else if (hop != null && !inHeading) {
        libraryHop(page, hop, road, abi);
      }
    }
  }

  private static void libraryHop(Page page, Hop hop, Road road, Abi abi) {
    switch (hop.kind()) {
      case PLT -> plt(page, (Hop.Plt) hop, road.get(HopKind.WRAPPER));
      case WRAPPER -> wrapper(page, (Hop.Wrapper) hop, road);
      case SYSCALL_INSTRUCTION ->
          trap(page, (Hop.SyscallInstruction) hop, road.get(HopKind.WRAPPER), abi);
      case SOURCE_LINE,
          CALL_SITE,
          KERNEL_ENTRY,
          TABLE_ROW,
          DECLARATION,
          IMPLEMENTATION,
          KERNEL_FUNCTION,
          RETURN -> {} // other sections
    }
  }

  private static void libraryHeading(
      Page page,
      @Nullable Hop plt,
      @Nullable Hop wrapper,
      String callingModule,
      String trapModule) {
    Phrase name = new Phrase();
    String module;
    if (wrapper instanceof Hop.Wrapper function) {
      module = function.module();
      if (module.equals(callingModule)) {
        name.words("inside " + Names.baseName(module), Tone.PLAIN);
        module = "";
      } else {
        name.word(Names.baseName(module));
      }
      if (!function.library().isEmpty()) {
        name.word(function.library(), Tone.PLAIN, 2);
      }
    } else if (plt instanceof Hop.Plt slot) {
      module = slot.library();
      name.word(Names.baseName(module));
    } else {
      module = trapModule;
      name.word(Names.baseName(module));
    }
    page.heading(page.glyphs.branch, "LIBRARY", name, isPath(module) ? module : "");
  }

  private static void plt(Page page, Hop.Plt plt, @Nullable Hop wrapper) {
    Glyphs glyphs = page.glyphs;
    boolean again = page.told.hasSlot(plt);
    if (again && page.told.hasBinding(plt)) {
      return;
    }
    Phrase way = new Phrase();
    if (!plt.stub().isEmpty()) {
      way.word(Names.shown(plt.stub(), glyphs.dots));
    }
    way.step(glyphs.to, "GOT " + plt.slotLinkAddress() + ", " + plt.binding().text(), Tone.PLAIN);
    String version = plt.version().isEmpty() ? "" : "@" + plt.version();
    way.step(glyphs.to, Names.shown(plt.symbol(), glyphs.dots) + version, Tone.PLAIN);
    boolean same =
        !page.told.isEmpty()
            && wrapper instanceof Hop.Wrapper function
            && function.module().equals(plt.library());
    if (!plt.library().isEmpty() && !same) {
      way.word("in " + Names.baseName(plt.library()));
    }
    if (again) {
      page.row("plt", way.word(page.glyphs.above, Tone.FAINT), "", plt.evidence().mark());
      return;
    }
    page.row("plt", way, "", plt.evidence().mark());
    Phrase detail = new Phrase();
    if (plt.stubAddress().isPresent()) {
      detail.word(plt.section() + " " + plt.stubAddress().get(), Tone.FAINT);
    }
    detail.word("GOT " + plt.slot() + " " + glyphs.to + " " + plt.target(), Tone.FAINT, 2);
    detail.word(plt.relocation(), Tone.FAINT, 2);
    page.row("", detail, "", Page.NO_MARK);
    if (!plt.note().isEmpty()) {
      page.row(
          "",
          new Phrase().words(Names.shown(plt.note(), glyphs.dots), Tone.FAINT),
          "",
          Page.NO_MARK);
    }
  }

  private static void wrapper(Page page, Hop.Wrapper wrapper, Road road) {
    List<Hop.InlinedCall> inlined = wrapper.inlined();
    boolean whole = inlined.isEmpty();
    String branch = road.get(HopKind.RETURN) instanceof Hop.Return back ? back.branch() : "";
    if (page.told.hasFunction(wrapper, branch)) {
      Phrase path = path(page, wrapper).word(page.glyphs.above, Tone.FAINT);
      Place place = whole ? wrapper.place() : inlined.getFirst().place();
      String where = place == null ? "" : Names.baseName(place.toString());
      boolean fits = path.width() + 2 + Display.width(where) <= page.area();
      page.row("wrapper", path, fits ? where : "", wrapper.evidence().mark());
      changes(page, wrapper);
      return;
    }
    sourceRows(
        page,
        "wrapper",
        path(page, wrapper),
        whole ? wrapper.place() : inlined.getFirst().place(),
        whole ? wrapper.text() : inlined.getFirst().text(),
        wrapper.evidence().mark());
    for (int i = 0; i < inlined.size(); i++) {
      boolean last = i == inlined.size() - 1;
      sourceRows(
          page,
          "inlined",
          Phrase.of(Names.shown(inlined.get(i).callee(), page.glyphs.dots)),
          last ? wrapper.place() : inlined.get(i + 1).place(),
          last ? wrapper.text() : inlined.get(i + 1).text(),
          Page.NO_MARK);
    }
    String label = "macro";
    for (Hop.Macro macro : wrapper.macros()) {
      Phrase text = new Phrase().words(Display.cleanSource(macro.text()), Tone.PLAIN);
      page.row(label, text, macro.place() == null ? "" : macro.place().toString(), Page.NO_MARK);
      label = "";
    }
    Absence.rowOnce(page, wrapper.placeMissing());
    if (page.told.isEmpty()) {
      CodeBlock.render(page, "", wrapper.code(), "", Page.NO_MARK);
    } else if (!wrapper.code().isEmpty()) {
      CodeBlock.renderDense(page, wrapper.code(), branch, new Phrase());
    }
    changes(page, wrapper);
  }

  private static void changes(Page page, Hop.Wrapper wrapper) {
    boolean first = true;
    for (String change : wrapper.changes()) {
      Phrase text = new Phrase().words(Names.shown(change, page.glyphs.dots), Tone.PLAIN);
      page.row(first ? "changes" : "", text, "", Page.NO_MARK);
      first = false;
    }
  }

  private static void sourceRows(
      Page page,
      String label,
      Phrase function,
      @Nullable Place place,
      @Nullable String text,
      char mark) {
    page.row(label, function, place == null ? "" : place.toString(), mark);
    if (text != null && !text.isBlank()) {
      Phrase line = new Phrase().words(Display.cleanSource(text.strip()), Tone.PLAIN);
      page.row("", line, "", Page.NO_MARK);
    }
  }

  private static Phrase path(Page page, Hop.Wrapper wrapper) {
    int size = wrapper.path().size();
    if (size < 2) {
      return Phrase.of(Names.shown(wrapper.function(), page.glyphs.dots));
    }
    Phrase path = new Phrase();
    for (int i = 0; i < size; i++) {
      if (size > PATH_MAX && i == PATH_MAX / 2) {
        int left = size - PATH_MAX + 1;
        path.step(page.glyphs.to, page.glyphs.dots + " " + left + " more", Tone.FAINT);
        i += left;
      }
      String function = Names.shown(wrapper.path().get(i), page.glyphs.dots);
      path.step(page.glyphs.to, function, Tone.PLAIN);
    }
    return path;
  }

  private static void trap(Page page, Hop.SyscallInstruction trap, @Nullable Hop wrapper, Abi abi) {
    Phrase fact = Phrase.of(trap.instruction(), Tone.STRONG);
    for (Hop.RegisterValue register : trap.registers()) {
      boolean number = register.name().equals(abi.numberRegister());
      // Numbers are written in decimal, but for x32's.
      boolean small = number && register.value() >= 0 && register.value() < 0x10000;
      String value = small ? Long.toString(register.value()) : Numbers.register(register.value());
      fact.word(register.name() + "=" + value, Tone.PLAIN, 2);
    }
    String place =
        trap.module().isEmpty()
            ? trap.address().toString()
            : Names.baseName(trap.module()) + "+" + trap.linkAddress();
    boolean fits = fact.width() + 2 + Display.width(place) <= page.area();
    if (!fits && !page.told.isEmpty() && isShown(trap, wrapper)) {
      place = "";
    }
    page.row("trap", fact, place, trap.evidence().mark());
  }

  /// Whether the library's instructions, here or above, show where the trap is.
  private static boolean isShown(Hop.SyscallInstruction trap, @Nullable Hop wrapper) {
    if (!(wrapper instanceof Hop.Wrapper function) || !function.module().equals(trap.module())) {
      return false;
    }
    for (CodeLine line : function.code()) {
      if (line.here()) {
        return line.linkAddress().equals(trap.linkAddress());
      }
    }
    return false;
  }
}
