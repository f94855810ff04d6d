package trapline.kernel.run;

import java.util.HashMap;
import java.util.Map;
import trapline.bytes.Bytes;
import trapline.elf.ElfFile;
import trapline.elf.Section;
import trapline.model.LinkAddress;

/// The machine code of a kernel.
///
/// The image of a kernel is not quite the code that runs: at boot the kernel replaces instructions
/// to suit the processor. Who reads it must bear code that does not do what a recording shows.
@FunctionalInterface
public interface KernelCode {
  /// Knows no code.
  KernelCode NONE = (address, into) -> 0;

  /// Copies code.
  ///
  /// @param address where the code runs
  /// @param into receives it from index 0
  /// @return how many bytes were copied, from 0 to the array's length
  int read(long address, byte[] into);

  /// This code as far as another one does not know better.
  ///
  /// @param better code that runs instead, where it is known
  default KernelCode under(KernelCode better) {
    return (address, into) -> {
      int length = better.read(address, into);
      return length > 0 ? length : read(address, into);
    };
  }

  /// The code in a kernel's image.
  ///
  /// @param slide what the kernel's addresses are above those of the image (0 without `kaslr`)
  static KernelCode of(ElfFile image, long slide) {
    Map<Section, Bytes> contents = new HashMap<>();
    return (address, into) -> {
      LinkAddress at = new LinkAddress(address - slide);
      Section section = image.sectionAt(at);
      if (section == null || !section.hasContents() || !section.isExecutable()) {
        return 0;
      }
      Bytes code = contents.computeIfAbsent(section, image::data);
      long offset = at.value() - section.address().value();
      int length = (int) Math.min(into.length, code.size() - offset);
      if (length <= 0) {
        return 0;
      }
      System.arraycopy(code.copy(offset, length), 0, into, 0, length);
      return length;
    };
  }
}
