package trapline.why;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import trapline.follow.PathArguments;
import trapline.follow.RunTree;
import trapline.model.Abi;
import trapline.model.CallKey;
import trapline.model.RemoteMemory;
import trapline.model.SyscallId;

/// One run of a program that makes what calls a test says.
final class PretendRun {
  static final RemoteMemory NOTHING = (address, into, at, length) -> 0;

  private static final int OPENAT = 257;
  private static final int KILL = 62;
  private static final int FORK = 57;
  private static final int EXECVE = 59;
  private static final int LSEEK = 8;
  private static final long PATH = 0x7ffc_0000_1000L;

  final RunTree tree = new RunTree(true);
  private final long base;

  /// @param base where the code is
  PretendRun(long base) {
    this.base = base;
  }

  CallKey open(int thread, int offset, String path) {
    return call(thread, OPENAT, offset, memory(path), -100, PATH);
  }

  CallKey kill(int thread, int offset, long process, long signal) {
    return call(thread, KILL, offset, NOTHING, process, signal);
  }

  CallKey seek(int thread, int offset, long file, long to) {
    return call(thread, LSEEK, offset, NOTHING, file, to);
  }

  CallKey fork(int thread, int offset, int child) {
    CallKey call = call(thread, FORK, offset, NOTHING, 0, 0);
    tree.made(thread, child);
    return call;
  }

  String exec(int thread, String program) {
    call(thread, EXECVE, 0xee, memory(program), PATH, 0);
    return tree.executed(thread, thread);
  }

  private static RemoteMemory memory(String path) {
    byte[] name = (path + "\0").getBytes(StandardCharsets.UTF_8);
    return (address, into, at, length) -> {
      byte[] part = Arrays.copyOfRange(name, (int) (address - PATH), name.length);
      int given = Math.min(part.length, length);
      System.arraycopy(part, 0, into, at, given);
      return path.isEmpty() ? 0 : given;
    };
  }

  private CallKey call(
      int thread, int number, int offset, RemoteMemory memory, long first, long second) {
    SyscallId id = new SyscallId(Abi.X86_64, number);
    List<Long> arguments = List.of(first, second, 0L, 0L, 0L, 0L);
    List<PathArguments.Named> named = PathArguments.read(id, arguments, memory);
    return tree.entered(thread, id, base + offset, arguments, named);
  }
}
