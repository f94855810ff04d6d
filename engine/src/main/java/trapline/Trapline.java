package trapline;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import trapline.code.Instruction;
import trapline.code.X86Decoder;
import trapline.dwarf.DebugInfo;
import trapline.follow.SplitDebugFiles;
import trapline.kernel.KernelIndexSet;
import trapline.kernel.SyscallFacts;
import trapline.linux.objects.DebugFile;
import trapline.linux.objects.ObjectFile;
import trapline.linux.objects.ObjectFiles;
import trapline.model.Abi;

/// Where a program that uses Trapline as a library begins: each question is one call.
///
/// ```java
/// Trapline.follow("/bin/ls", "/")
///     .calls("openat")
///     .run(journey -> System.out.println(journey.name() + " " + journey.hops().size()));
/// ```
public final class Trapline {
  private Trapline() {}

  /// Follows a program from its calls to the kernel and back; see [Following#run(Consumer)].
  ///
  /// @param program a file, or a name to be found in `PATH`
  /// @param arguments what it gets, without its name
  public static Following follow(String program, String... arguments) {
    List<String> command = new ArrayList<>(List.of(arguments));
    command.addFirst(program);
    return new Following(command);
  }

  /// The debug information of an object file: its own, or that of a separate file as gdb finds it,
  /// with split files (`.dwo`, `.dwp`) and what dwz(1) has moved to a common one. Nothing is
  /// fetched from the network.
  ///
  /// @return empty when there is none on this machine
  /// @throws IOException when the file cannot be read
  /// @throws trapline.model.MalformedBinary when it is not an ELF file
  /// @throws trapline.model.Unsupported when it is one for another machine
  public static Optional<DebugInfo> debugInfo(Path file) throws IOException {
    ObjectFiles objects = new ObjectFiles();
    ObjectFile object = objects.open(file);
    return objects.debugFile(object) instanceof DebugFile.Found found
        ? Optional.of(SplitDebugFiles.debugInfo(objects, object, found))
        : Optional.empty();
  }

  /// What a kernel version's source says of a system call of 64-bit programs on x86-64: number,
  /// entry point, prototype and definition.
  ///
  /// @param version such as `6.12`; of one that is not indexed, the nearest lower one answers
  /// @param name as the kernel's table has it
  /// @return empty when that version has no such call
  public static Optional<SyscallFacts> syscall(String version, String name) {
    return KernelIndexSet.embedded().nearest(version).named(Abi.NATIVE, name);
  }

  /// Decodes x86-64 machine code from its first byte on, one instruction after the other. Bytes
  /// that are not an instruction are skipped as objdump does it, and are an instruction `(bad)`.
  ///
  /// @param code anything is accepted
  /// @param address where `code[0]` is, or will be, in memory
  public static Stream<Instruction> instructions(byte[] code, long address) {
    X86Decoder decoder = new X86Decoder();
    return StreamSupport.stream(
        new Spliterators.AbstractSpliterator<>(
            code.length, java.util.Spliterator.ORDERED | java.util.Spliterator.NONNULL) {
          private int at;

          @Override
          public boolean tryAdvance(Consumer<? super Instruction> action) {
            if (at >= code.length) {
              return false;
            }
            Instruction instruction = new Instruction();
            decoder.decode(code, at, code.length, address + at, instruction);
            at += Math.max(1, instruction.length());
            action.accept(instruction);
            return true;
          }
        },
        false);
  }
}
