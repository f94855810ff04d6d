package trapline.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import trapline.model.Abi;
import trapline.model.ArgValue;
import trapline.model.CodeLine;
import trapline.model.Errno;
import trapline.model.Evidence;
import trapline.model.Frame;
import trapline.model.Hop;
import trapline.model.HopKind;
import trapline.model.Journey;
import trapline.model.KernelFacts;
import trapline.model.LinkAddress;
import trapline.model.Outcome;
import trapline.model.Place;
import trapline.model.RemoteAddress;
import trapline.model.Step;

/// Journeys whose facts are present, missing, empty, long and strange at random; the same for the
/// same seed.
final class RandomJourneys {
  private static final String[] PIECES = {
    "a",
    "main",
    "libc.so.6",
    "/",
    " ",
    ", ",
    "|",
    "::",
    "<",
    ">",
    "日本語",
    "é",
    "e\u0301",
    "🎉",
    "👨\u200d👩\u200d👧",
    "\u001b[31m",
    "\n",
    "\t",
    "\u0000",
    "\u009b",
    "\u202e",
    "\ud83d",
    "{",
    "}",
    "0x7fffffffe0d8",
    "SYSCALL_DEFINE3(",
    "the quick brown fox ",
    "%rax",
    "$0x1",
    "`cmd",
    "\\",
    "\"",
    "ａｂｃ",
    "한국어",
    "\u3000",
    "\uffff",
    "\u200b",
    "…",
    "µ",
    "±",
    "\u00ad",
    "__",
    "x".repeat(70),
  };

  private final Random random;

  private RandomJourneys(Random random) {
    this.random = random;
  }

  static Journey next(Random random) {
    return new RandomJourneys(random).journey();
  }

  private Journey journey() {
    SampleParts.Builder builder = new SampleParts.Builder(text(3), random.nextInt(600));
    builder.abi(Abi.traced().get(random.nextInt(3)));
    builder.thread(number(), number(), text(2));
    for (int i = random.nextInt(7); i > 0; i--) {
      builder.arg(text(2), text(2), random.nextLong(), value(3));
    }
    builder.outcome(outcome());
    builder.time(random.nextInt(4) == 0 ? -1 : random.nextLong() >>> random.nextInt(1, 63));
    builder.occurrence(1 + (random.nextLong() >>> random.nextInt(2, 63)));
    if (random.nextBoolean()) {
      builder.kernel(new KernelFacts(text(3), text(3), random.nextBoolean(), text(3)));
    }
    for (HopKind kind : HopKind.values()) {
      switch (random.nextInt(6)) {
        case 0 -> {}
        case 1 -> builder.hop(new Hop.Missing(kind, text(8), text(8)));
        default -> hop(builder, kind);
      }
    }
    for (int i = random.nextInt(3) == 0 ? random.nextInt(30) : 0; i > 0; i--) {
      builder.step(step());
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      builder.diagnostic(text(3), text(12), text(6));
    }
    return builder.build();
  }

  private void hop(SampleParts.Builder builder, HopKind kind) {
    Evidence evidence = evidence();
    switch (kind) {
      case SOURCE_LINE -> {
        List<Frame> stack = list(1, 60, i -> frame());
        builder.hop(
            new Hop.SourceLine(
                evidence,
                random.nextInt(stack.size()),
                random.nextInt(3) == 0 ? null : text(12),
                text(6),
                stack,
                text(6)));
      }
      case CALL_SITE -> builder.hop(new Hop.CallSite(evidence, text(4), text(6), code()));
      case PLT ->
          builder.hop(
              new Hop.Plt(
                  evidence,
                  text(4),
                  random.nextBoolean()
                      ? Optional.empty()
                      : Optional.of(new RemoteAddress(random.nextLong())),
                  text(2),
                  new RemoteAddress(random.nextLong()),
                  new LinkAddress(random.nextLong()),
                  text(3),
                  text(4),
                  text(2),
                  text(5),
                  new RemoteAddress(random.nextLong()),
                  Hop.Binding.values()[random.nextInt(Hop.Binding.values().length)],
                  text(6)));
      case WRAPPER ->
          builder.hop(
              new Hop.Wrapper(
                  evidence,
                  text(4),
                  text(3),
                  text(4),
                  list(0, 20, i -> text(4)),
                  random.nextBoolean() ? null : place(),
                  text(5),
                  random.nextBoolean() ? null : text(9),
                  list(0, 3, i -> inlinedCall()),
                  list(0, 3, i -> new Hop.Macro(text(9), random.nextBoolean() ? null : place())),
                  code(),
                  list(0, 3, i -> text(9))));
      case SYSCALL_INSTRUCTION ->
          builder.hop(
              new Hop.SyscallInstruction(
                  evidence,
                  new RemoteAddress(random.nextLong()),
                  text(4),
                  new LinkAddress(random.nextLong()),
                  text(2),
                  registers()));
      case KERNEL_ENTRY ->
          builder.hop(
              new Hop.KernelEntry(
                  evidence,
                  list(
                      0,
                      6,
                      i ->
                          new Hop.KernelSymbol(
                              text(4),
                              random.nextBoolean() ? 0 : random.nextLong(),
                              random.nextBoolean() ? null : place())),
                  text(6),
                  random.nextBoolean() ? null : evidence));
      case TABLE_ROW ->
          builder.hop(
              new Hop.TableRow(evidence, random.nextInt(), text(2), text(3), text(3), place()));
      case DECLARATION ->
          builder.hop(
              new Hop.Declaration(evidence, list(0, 3, i -> new Hop.Text(text(12), place()))));
      case IMPLEMENTATION ->
          builder.hop(
              new Hop.Implementation(
                  evidence,
                  list(
                      0,
                      3,
                      i ->
                          new Hop.Definition(
                              text(12),
                              place(),
                              list(0, 3, k -> text(3)),
                              list(0, 40, k -> text(10)))),
                  text(6)));
      case KERNEL_FUNCTION -> {}
      case RETURN ->
          builder.hop(
              new Hop.Return(
                  evidence,
                  random.nextLong(),
                  code(),
                  text(6),
                  text(3),
                  text(4),
                  text(3),
                  text(6)));
    }
  }

  private Hop.InlinedCall inlinedCall() {
    return new Hop.InlinedCall(
        text(3),
        random.nextInt(4) == 0 ? null : place(),
        random.nextBoolean() ? null : text(9),
        text(3));
  }

  private Step step() {
    return switch (random.nextInt(5)) {
      case 0 -> new Step.Collapsed(text(6), random.nextLong() >>> random.nextInt(1, 63));
      case 2 ->
          new Step.Source(
              random.nextInt(3) == 0 ? null : place(), random.nextBoolean() ? text(8) : null);
      case 1 -> new Step.Trap(text(9), text(3));
      default -> new Step.Executed(codeLine(), text(3), registers());
    };
  }

  private List<CodeLine> code() {
    return list(0, 8, i -> codeLine());
  }

  private CodeLine codeLine() {
    return new CodeLine(
        new RemoteAddress(random.nextLong()),
        new LinkAddress(random.nextLong() >>> random.nextInt(63)),
        text(5),
        text(7),
        text(7),
        random.nextInt(4) == 0);
  }

  private List<Hop.RegisterValue> registers() {
    // Names are unique: they are the names of JSON members.
    return list(
        0,
        7,
        i -> new Hop.RegisterValue("r" + i + text(1), random.nextLong() >>> random.nextInt(63)));
  }

  private Frame frame() {
    return new Frame(
        new RemoteAddress(random.nextLong(4)),
        text(5),
        random.nextInt(3) == 0 ? null : place(),
        random.nextInt(3) == 0 ? text(3) : "/m",
        random.nextLong(),
        random.nextInt(-1, 100),
        random.nextInt(4) == 0,
        random.nextInt(8) == 0,
        random.nextInt(8) == 0,
        evidence());
  }

  private Place place() {
    return new Place(
        (random.nextBoolean() ? "/" : "") + text(9),
        random.nextInt(4) == 0 ? 0 : random.nextInt(1, 99_999));
  }

  private Evidence evidence() {
    return switch (random.nextInt(5)) {
      case 0 -> Evidence.OBSERVED;
      case 1 -> new Evidence.DebugInfo(text(4));
      case 2 -> new Evidence.Symbols(text(4));
      case 3 -> new Evidence.SourceIndex(text(2));
      default -> new Evidence.Inferred(text(4));
    };
  }

  private Outcome outcome() {
    return switch (random.nextInt(6)) {
      case 0 -> new Outcome.Returned(random.nextLong(), text(4));
      case 1 -> new Outcome.Failed(new Errno(random.nextInt(1, 4096), text(2), text(4)));
      case 2 -> new Outcome.Restarted(text(3));
      case 3 -> new Outcome.NeverReturned(text(9));
      case 4 -> new Outcome.NeverRan(text(9));
      default -> new Outcome.StillRunning();
    };
  }

  private ArgValue value(int depth) {
    return switch (random.nextInt(depth == 0 ? 7 : 9)) {
      case 0 -> new ArgValue.Num(random.nextLong(), text(3));
      case 1 -> new ArgValue.Flags(random.nextLong(), list(0, 9, i -> text(2)), random.nextInt(2));
      case 2 -> new ArgValue.Descriptor(random.nextInt(), text(6));
      case 3 -> new ArgValue.Text(text(30), random.nextBoolean());
      case 4 -> new ArgValue.Pointer(random.nextLong());
      case 5 -> new ArgValue.Unreadable(random.nextLong(), text(4));
      case 6 -> new ArgValue.Raw(random.nextLong());
      case 7 -> new ArgValue.Array(list(0, 9, i -> value(depth - 1)), random.nextBoolean());
      default ->
          new ArgValue.Struct(
              text(2), list(0, 9, i -> new ArgValue.Field(text(2), value(depth - 1))));
    };
  }

  private int number() {
    return random.nextInt(1, 1 << 22);
  }

  private String text(int pieces) {
    StringBuilder out = new StringBuilder();
    for (int i = random.nextInt(pieces + 1); i > 0; i--) {
      out.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return out.toString();
  }

  private <T> List<T> list(int least, int most, Function<Integer, T> element) {
    List<T> list = new ArrayList<>();
    int size = random.nextInt(least, most + 1);
    for (int i = 0; i < size; i++) {
      list.add(element.apply(i));
    }
    return list;
  }
}
