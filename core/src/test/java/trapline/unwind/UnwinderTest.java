package trapline.unwind;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trapline.testing.Command;
import trapline.testing.Tools;

/// Stacks of stopped programs, as gdb unwinds them.
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
