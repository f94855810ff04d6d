package trapline.journey;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.code.Flow;
import trapline.code.Instruction;
import trapline.code.SymbolLookup;
import trapline.code.X86Decoder;
import trapline.dwarf.DebugInfo;
import trapline.dwarf.Statement;
import trapline.model.CodeLine;
import trapline.model.LinkAddress;
import trapline.model.MalformedBinary;
import trapline.model.RemoteAddress;
import trapline.model.Unsupported;
import trapline.unwind.UnwindModule;

/// The decoded instructions of one function, or of the part of it near an address.
final class FunctionCode {
  /// More of a function than this is not decoded around one address.
  private static final int WINDOW = 64 << 10;

  private final Image image;
  private final List<Instruction> instructions;
  private final BitSet merges = new BitSet();

  private FunctionCode(Image image, List<Instruction> instructions) {
    this.image = image;
    this.instructions = instructions;
    for (Instruction each : instructions) {
      if (each.flow() == Flow.JUMP || each.flow() == Flow.CONDITIONAL_JUMP) {
        int target = indexOf(each.target());
        if (target >= 0) {
          merges.set(target);
        }
      }
    }
  }

  /// The function that holds `address` (as run), decoded from its start.
  ///
  /// @return `null` when its start or its bytes are not known
  static @Nullable FunctionCode around(Image image, RemoteAddress address) {
    LinkAddress link = image.link(address);
    UnwindModule.FunctionRange function = image.function(link);
    if (function == null) {
      return null;
    }
    long start = function.start();
    long size = function.size();
    if (size <= 0 || size > WINDOW) {
      size = Math.min(Math.max(link.value() - start + 256, 256), WINDOW);
    }
    if (link.value() - start >= size) {
      return null;
    }
    return decode(image, start, size);
  }

  /// The instructions in a run of link addresses.
  static @Nullable FunctionCode decode(Image image, long start, long size) {
    Bytes bytes = null;
    try {
      for (long length = size; length > 0 && bytes == null; length /= 2) {
        bytes = image.elf().bytesAt(new LinkAddress(start), length);
      }
    } catch (MalformedBinary e) {
      return null;
    }
    if (bytes == null) {
      return null;
    }
    byte[] code = bytes.copy(0, bytes.size());
    X86Decoder decoder = new X86Decoder();
    List<Instruction> found = new ArrayList<>();
    for (int offset = 0; offset < code.length; ) {
      Instruction instruction = new Instruction();
      decoder.decode(code, offset, code.length, image.loadBias() + start + offset, instruction);
      found.add(instruction);
      offset += instruction.length();
    }
    return new FunctionCode(image, found);
  }

  /// The instructions of the function at `inside`, decoded so that one ends at `end`: from the
  /// function's start, or from a line's start where the debug information knows one.
  ///
  /// @return `null` when neither tells
  static @Nullable FunctionCode endingAt(Image image, RemoteAddress inside, long end) {
    FunctionCode whole = around(image, inside);
    if (whole != null && whole.indexEndingAt(end) >= 0) {
      return whole;
    }
    LinkAddress lookup = image.link(inside);
    DebugInfo info = image.debugInfo();
    if (info == null) {
      return null;
    }
    try {
      Statement statement = info.statementAt(lookup).orElse(null);
      if (statement == null) {
        return null;
      }
      long start = statement.around().start().value();
      FunctionCode part = decode(image, start, statement.around().size() + 64);
      return part != null && part.indexEndingAt(end) >= 0 ? part : null;
    } catch (MalformedBinary | Unsupported e) {
      return null;
    }
  }

  /// The instruction at one address as run.
  ///
  /// @return `null` when there is no code there
  static @Nullable Instruction single(Image image, RemoteAddress pc) {
    try {
      for (int length = X86Decoder.MAX_LENGTH; length > 0; length--) {
        Bytes bytes = image.elf().bytesAt(image.link(pc), length);
        if (bytes != null) {
          Instruction instruction = new Instruction();
          byte[] code = bytes.copy(0, length);
          return new X86Decoder().decode(code, 0, length, pc.value(), instruction)
              ? instruction
              : null;
        }
      }
    } catch (MalformedBinary e) {
      return null;
    }
    return null;
  }

  int size() {
    return instructions.size();
  }

  Instruction get(int index) {
    return instructions.get(index);
  }

  /// The index of the instruction at an address as run; -1 when none starts there.
  int indexOf(long address) {
    int low = 0;
    int high = instructions.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = Long.compareUnsigned(instructions.get(middle).address(), address);
      if (order == 0) {
        return middle;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -1;
  }

  /// The index of the instruction that ends at an address as run; -1 when none does.
  int indexEndingAt(long address) {
    int next = indexOf(address);
    if (next > 0) {
      return next - 1;
    }
    int last = instructions.size() - 1;
    return next < 0 && last >= 0 && instructions.get(last).next() == address ? last : -1;
  }

  /// Whether another instruction of the function jumps to this one.
  boolean isMerge(int index) {
    return merges.get(index);
  }

  CodeLine line(int index, String note, boolean here) {
    return line(image, instructions.get(index), note, here);
  }

  /// An instruction as it is shown: with the addresses of its file, as objdump prints it, so that
  /// its text is the same in every run.
  static CodeLine line(Image image, Instruction instruction, String note, boolean here) {
    RemoteAddress address = new RemoteAddress(instruction.address());
    LinkAddress link = image.link(address);
    String symbol = image.describe(link);
    return new CodeLine(
        address, link, symbol == null ? "" : symbol, text(image, link, instruction), note, here);
  }

  private static String text(Image image, LinkAddress link, Instruction instruction) {
    Bytes bytes = null;
    try {
      bytes = image.elf().bytesAt(link, instruction.length());
    } catch (MalformedBinary e) {
      // What was decoded is shown with the addresses it was decoded for.
      return instruction.text(SymbolLookup.NONE);
    }
    if (bytes == null) {
      return instruction.text(SymbolLookup.NONE);
    }
    Instruction placed = new Instruction();
    byte[] code = bytes.copy(0, bytes.size());
    new X86Decoder().decode(code, 0, code.length, link.value(), placed);
    return placed.text(each -> image.nameOf(new LinkAddress(each)));
  }
}
