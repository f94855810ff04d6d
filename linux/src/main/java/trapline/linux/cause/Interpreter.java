package trapline.linux.cause;

import java.util.Arrays;
import trapline.bytes.ByteText;
import trapline.bytes.Bytes;
import trapline.elf.ElfFile;
import trapline.linux.sys.FileStatus;
import trapline.linux.sys.NonBlockingFile;
import trapline.model.KernelRefused;
import trapline.model.MalformedBinary;
import trapline.model.Unsupported;

/// What the kernel runs a program with: the command of a script's `#!` line, or an ELF file's
/// dynamic linker (execve(2)).
final class Interpreter {
  private static final int REGULAR = 0x8000;
  private static final int HEAD = 1 << 16;
  private static final int LINE = 255; // BINPRM_BUF_SIZE less the newline

  private Interpreter() {}

  /// The interpreter's path; empty when there is none or the file cannot be read.
  ///
  /// @param path of a file that is read only when it is a regular one
  static String of(String path) {
    FileStatus status = FileStatus.of(path, false);
    if (status.error() != 0 || (status.mode() & 0xf000) != REGULAR) {
      return "";
    }
    byte[] head;
    // Without waiting: by now something else may stand there.
    try (NonBlockingFile file = NonBlockingFile.open(path)) {
      byte[] room = new byte[HEAD];
      int length = file.read(room);
      head = Arrays.copyOf(room, length);
    } catch (KernelRefused e) {
      return "";
    }
    if (head.length > 2 && head[0] == '#' && head[1] == '!') {
      return script(head);
    }
    try {
      return ElfFile.of(Bytes.of(path, head)).interpreter();
    } catch (MalformedBinary | Unsupported e) {
      return "";
    }
  }

  private static String script(byte[] head) {
    int start = 2;
    int limit = Math.min(head.length, LINE);
    while (start < limit && (head[start] == ' ' || head[start] == '\t')) {
      start++;
    }
    int end = start;
    while (end < limit && head[end] != ' ' && head[end] != '\t' && head[end] != '\n') {
      end++;
    }
    return ByteText.decode(head, start, end);
  }
}
