package trapline.linux.proc;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import trapline.linux.sys.Kernel;
import trapline.linux.sys.Numbers;

/// Tries bpf(2) by making a map of one element, and drops it again.
final class BpfTrial {
  private static final int BPF_MAP_CREATE = 0;
  private static final int BPF_MAP_TYPE_HASH = 1;
  private static final int ATTRIBUTES_SIZE = 72;

  private BpfTrial() {}

  /// 0 when it worked, or the error number.
  static int errno() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = arena.allocate(ATTRIBUTES_SIZE, 8); // union bpf_attr
      attributes.set(JAVA_INT, 0, BPF_MAP_TYPE_HASH);
      attributes.set(JAVA_INT, 4, Integer.BYTES); // key
      attributes.set(JAVA_INT, 8, Integer.BYTES); // value
      attributes.set(JAVA_INT, 12, 1); // entries
      Kernel kernel = new Kernel();
      long map = kernel.syscall(Numbers.BPF, BPF_MAP_CREATE, attributes.address(), ATTRIBUTES_SIZE);
      if (map < 0) {
        return (int) -map;
      }
      kernel.close((int) map);
      return 0;
    }
  }
}
