package trapline.linux.vm;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import trapline.bytes.Bytes;
import trapline.elf.ElfFile;
import trapline.elf.Section;

/// The code that a guest's kernel runs, as it is in the machine's memory after boot. By then the
/// kernel has replaced instructions of its image to suit the processor and its settings
/// (alternatives, indirect calls, static calls and keys).
///
/// Safe for use by one thread.
public final class GuestText {
  /// Where the kernel maps the start of the machine's memory for its own image.
  private static final long BASE = 0xffff_ffff_8000_0000L;

  /// Less than this part of the code is replaced at boot.
  private static final int MOST_REPLACED = 4;

  private static final int SAMPLES = 256;
  private static final int SAMPLE = 16;

  private final KeptMemory memory;
  private final long start;
  private final long end;
  private final Map<Integer, byte[]> blocks = new HashMap<>();

  private GuestText(KeptMemory memory, long start, long end) {
    this.memory = memory;
    this.start = start;
    this.end = end;
  }

  /// The code of a kernel that has booted.
  ///
  /// @param image the kernel's ELF file
  /// @return one that knows nothing when the memory was not kept, or does not hold that image
  public static GuestText of(GuestKernel kernel, ElfFile image) {
    GuestText none = new GuestText(KeptMemory.NONE, 0, 0);
    Path file = kernel.memory();
    Section text = image.section(".text");
    if (file == null || text == null || !text.hasContents()) {
      return none;
    }
    try {
      long at = text.address().value();
      GuestText found = new GuestText(KeptMemory.of(file), at, at + text.size());
      return found.isOf(image.data(text)) ? found : none;
    } catch (IOException e) {
      return none;
    }
  }

  private boolean isOf(Bytes image) {
    byte[] here = new byte[SAMPLE];
    int differ = 0;
    long step = image.size() / (SAMPLES + 1L);
    for (long at = step; step > SAMPLE && at + SAMPLE <= image.size(); at += step) {
      boolean same =
          read(start + at, here) == SAMPLE && Arrays.equals(here, image.copy(at, SAMPLE));
      differ += same ? 0 : 1;
    }
    return step > SAMPLE && differ < SAMPLES / MOST_REPLACED;
  }

  /// Copies code.
  ///
  /// @param address where the code runs
  /// @param into receives it from index 0
  /// @return how many bytes are known, from 0 to the array's length
  public int read(long address, byte[] into) {
    int copied = 0;
    while (copied < into.length && address + copied >= start && address + copied < end) {
      long physical = address + copied - BASE;
      byte[] block = block(Math.toIntExact(physical / KeptMemory.BLOCK));
      int from = (int) (physical % KeptMemory.BLOCK);
      int length = (int) Math.min(into.length - copied, end - address - copied);
      length = Math.min(length, block.length - from);
      if (length <= 0) {
        break;
      }
      System.arraycopy(block, from, into, copied, length);
      copied += length;
    }
    return copied;
  }

  private byte[] block(int number) {
    return blocks.computeIfAbsent(
        number,
        each -> {
          try {
            return memory.block(each);
          } catch (IOException e) {
            return new byte[0]; // what is not known is taken from the image
          }
        });
  }
}
