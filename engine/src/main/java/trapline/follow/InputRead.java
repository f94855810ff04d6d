package trapline.follow;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import trapline.model.Abi;
import trapline.model.Registers;
import trapline.model.RemoteMemory;
import trapline.model.SyscallId;

/// What a program reads with read(2) from the standard input that it was started with, so that
/// another run of it can read the same.
public final class InputRead {
  private static final int READ = 0;
  private static final int LARGEST = 16 << 20;

  private final String input = target("self");
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /// Nothing has been read.
  public InputRead() {}

  /// What was read so far.
  public byte[] bytes() {
    return bytes.toByteArray();
  }

  /// A call has returned.
  void exited(int thread, SyscallId id, Registers registers, RemoteMemory memory) {
    long count = registers.result();
    boolean reads =
        id.abi() == Abi.NATIVE
            && id.number() == READ
            && registers.argument(Abi.NATIVE, 0) == 0
            && count > 0;
    if (!reads
        || bytes.size() + count > LARGEST
        || !target(Integer.toString(thread)).equals(input)) {
      return;
    }
    byte[] read = memory.readExactly(registers.argument(Abi.NATIVE, 1), (int) count);
    if (read != null) {
      bytes.writeBytes(read);
    }
  }

  private static String target(String process) {
    try {
      return Files.readSymbolicLink(Path.of("/proc/" + process + "/fd/0")).toString();
    } catch (IOException e) {
      return "";
    }
  }
}
