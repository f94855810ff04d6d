package trapline.unwind;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import trapline.testing.Command;
import trapline.testing.Tools;

/// Stacks of stopped programs, as gdb unwinds them.
@Tag("host")
final class UnwinderTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          gcc | calls.c    | -g -O0
          gcc | calls.c    | -O2
          gcc | calls.c    | -O2 -fomit-frame-pointer
          gcc | calls.c    | -O2 -fno-omit-frame-pointer
          gcc | calls.c    | -Os -fstack-clash-protection -fcf-protection=full
          gcc | calls.c    | -O2 -static
          gcc | calls.c    | -O2 -static-pie
          gcc | calls.c    | -O3 -flto
          gcc | calls.c    | -O2 -no-pie
          gcc | calls.c    | -O2 -g -fno-asynchronous-unwind-tables
          gcc | calls.c    | -O2 -g -static -fno-asynchronous-unwind-tables
          gcc | calls.c    | -O2 -mavx2 -mpreferred-stack-boundary=5
          clang | calls.c  | -O0
          clang | calls.c  | -O2
          gcc | signals.c  | -O2
          gcc | signals.c  | -O0 -static
          gcc | threads.c  | -O2 -pthread
          gcc | threads.c  | -O2 -pthread -static
          """)
  void likeGdb(String compiler, String source, String options) {
    GdbStacks stacks =
        new GdbStacks(folder, compile(compiler, source, options), stopAtWrite(source));
    int frames = 0;
    for (Map.Entry<Integer, List<GdbStacks.Frame>> thread : stacks.threads().entrySet()) {
      Stack stack = unwind(stacks, thread.getKey());
      assertSame(stack, thread.getValue(), stacks);
      frames += stack.frames().size();
    }
    System.err.printf(
        "%s %s %s: %d threads, %d frames as gdb%n",
        compiler, source, options, stacks.threads().size(), frames);
  }

  /// Programs and libraries with tables, as if they had none: what is read from instructions must
  /// be what gdb finds by the tables.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          gcc   | calls.c   | -O0
          gcc   | calls.c   | -O2
          gcc   | calls.c   | -Os -static
          gcc   | calls.c   | -O2 -no-pie -s
          clang | calls.c   | -O2
          gcc   | signals.c | -O2
          gcc   | signals.c | -O2 -static
          gcc   | threads.c | -O2 -pthread
          gcc   | threads.c | -O1 -pthread -static
          gcc   | threads.c | -O2 -pthread -s
          clang | signals.c | -O1 -fno-omit-frame-pointer -s
          """)
  void readFromInstructions(String compiler, String source, String options) {
    GdbStacks stacks =
        new GdbStacks(folder, compile(compiler, source, options), stopAtWrite(source));
    stacks.core().withModules(ObjectFile::withoutTables);
    int frames = 0;
    for (Map.Entry<Integer, List<GdbStacks.Frame>> thread : stacks.threads().entrySet()) {
      Stack stack = unwind(stacks, thread.getKey());
      assertThat(stack.frames().stream().map(frame -> describe(frame, stacks)).toList())
          .as("end: %s", stack.end())
          .isEqualTo(thread.getValue().stream().map(UnwinderTest::describe).toList());
      assertThat(stack.end()).isEmpty();
      for (int i = 0; i < thread.getValue().size(); i++) {
        assertKnownRegistersSame(stack.frames().get(i).registers(), thread.getValue().get(i));
      }
      frames += stack.frames().size();
    }
    System.err.printf(
        "%s %s %s: %d frames read from instructions, as gdb%n", compiler, source, options, frames);
  }

  private static void assertKnownRegistersSame(FrameRegisters registers, GdbStacks.Frame expected) {
    for (int j = 0; j < GdbStacks.REGISTERS.length; j++) {
      int number = GdbStacks.REGISTERS[j];
      if (registers.isKnown(number)) {
        assertThat(hex(registers.value(number)))
            .as("register %d in %s", number, expected.function())
            .isEqualTo(expected.registers().get(j));
      }
    }
  }

  /// musl has no tables, and gdb loses its way in it: the program's functions are stated here.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          calls.c   | -O0                                         | CALLS
          calls.c   | -O2                                         | CALLS
          calls.c   | -O2 -static                                 | CALLS
          calls.c   | -O0 -fno-asynchronous-unwind-tables         | CALLS
          calls.c   | -O1 -fno-asynchronous-unwind-tables         | CALLS
          calls.c   | -Os -fno-asynchronous-unwind-tables -static | CALLS
          signals.c | -O2                                         | SIGNALS
          signals.c | -O2 -static                                 | SIGNALS
          signals.c | -O2 -fno-asynchronous-unwind-tables         | SIGNALS
          threads.c | -O2 -pthread                                | main _start
          threads.c | -O2 -pthread -static                        | main _start
          """)
  void musl(String source, String options, String functions) {
    String noInlining = " -fno-optimize-sibling-calls -fno-inline -fno-ipa-cp";
    GdbStacks stacks =
        new GdbStacks(
            folder, compile("musl-gcc", source, options + noInlining), stopAtWrite(source));
    List<String> found = new ArrayList<>();
    int frames = 0;
    for (int thread : stacks.threads().keySet()) {
      Stack stack = unwind(stacks, thread);
      frames += stack.frames().size();
      List<String> names = names(stack, stacks);
      names.retainAll(MUSL_FUNCTIONS);
      assertThat(stack.end()).as("%s", names).isEmpty();
      found.add(String.join(" ", names));
    }
    List<String> expected = new ArrayList<>();
    expected.add(
        switch (functions) {
          case "CALLS" ->
              "stop aligned variable recurse recurse recurse recurse recurse compare many main"
                  + " _start";
          case "SIGNALS" -> "report on_fault signal on_user signal fault main _start";
          default -> functions;
        });
    if (source.equals("threads.c")) {
      expected.addAll(List.of("reading", "sleeping", "waiting"));
    }
    assertThat(found).containsExactlyInAnyOrderElementsOf(expected);
    System.err.printf("musl-gcc %s %s: %d frames%n", source, options, frames);
  }

  /// Behind a function that has switched to another stack, what that stack holds is no caller.
  @ParameterizedTest
  @ValueSource(strings = {"", "--strip-all"})
  void endsWhereTheStackIsSwitched(String strip) {
    Path program = compile("gcc", "switch.c", "-O2 -no-pie");
    String symbols = Command.run("nm", program.toString()).orFail();
    Matcher behind = Pattern.compile("0*(\\w+) T after_call").matcher(symbols);
    assertThat(behind.find()).isTrue();
    if (!strip.isEmpty()) {
      Command.run("strip", strip, program.toString()).orFail();
    }
    GdbStacks stacks = new GdbStacks(folder, program, stopAtWrite("switch.c"));
    Stack stack = unwind(stacks, stacks.threads().keySet().iterator().next());
    assertThat(hex(stack.frames().getLast().pc().value())).isEqualTo(behind.group(1));
    assertThat(stack.end()).contains("another stack");
  }

  private static final List<String> MUSL_FUNCTIONS =
      List.of(
          ("stop aligned variable recurse compare many main _start report on_fault on_user signal"
                  + " fault reading sleeping waiting")
              .split(" "));

  private static List<String> names(Stack stack, GdbStacks stacks) {
    List<String> names = new ArrayList<>();
    for (PhysicalFrame frame : stack.frames()) {
      ObjectFile module = stacks.core().at(frame.lookupPc());
      assertThat(module).isNotNull();
      names.add(
          frame.signal()
              ? "signal"
              : module.functionName(frame.lookupPc().value() - module.loadBias()));
    }
    return names;
  }

  private static String describe(GdbStacks.Frame frame) {
    return hex(frame.pc()) + (frame.signal() ? " signal" : "");
  }

  private static Stack unwind(GdbStacks stacks, int thread) {
    return Unwinder.unwind(stacks.core().threads().get(thread), stacks.core(), stacks.core(), 100);
  }

  private static void assertSame(Stack stack, List<GdbStacks.Frame> expected, GdbStacks stacks) {
    assertThat(stack.frames().stream().map(frame -> describe(frame, stacks)).toList())
        .as("end: %s", stack.end())
        .isEqualTo(
            expected.stream()
                .map(frame -> hex(frame.pc()) + (frame.signal() ? " signal" : ""))
                .toList());
    assertThat(stack.end()).isEmpty();
    for (int i = 0; i < expected.size(); i++) {
      FrameRegisters registers = stack.frames().get(i).registers();
      for (int j = 0; j < GdbStacks.REGISTERS.length; j++) {
        int number = GdbStacks.REGISTERS[j];
        assertThat(registers.isKnown(number) ? hex(registers.value(number)) : "?")
            .as("register %d of frame %d", number, i)
            .isEqualTo(expected.get(i).registers().get(j));
      }
    }
  }

  private static String describe(PhysicalFrame frame, GdbStacks stacks) {
    assertThat(stacks.core().at(frame.pc())).isNotNull();
    return hex(frame.pc().value()) + (frame.signal() ? " signal" : "");
  }

  private static List<String> stopAtWrite(String source) {
    List<String> commands = new ArrayList<>();
    commands.add("handle SIGUSR1 nostop noprint pass");
    commands.add("handle SIGSEGV nostop noprint pass");
    commands.add(source.equals("threads.c") ? "set schedule-multiple off" : "set pagination off");
    commands.add("catch syscall write");
    commands.add("run");
    return commands;
  }

  private Path compile(String compiler, String source, String options) {
    Tools.require(compiler);
    Path file = folder.resolve(source);
    Resource.copy("programs/" + source, file);
    Path program = folder.resolve("program");
    List<String> command =
        new ArrayList<>(List.of(compiler, "-o", program.toString(), file.toString()));
    command.addAll(List.of(options.split(" ")));
    Command.runIn(folder, command).orFail();
    return program;
  }

  private static String hex(long value) {
    return Long.toHexString(value);
  }
}
