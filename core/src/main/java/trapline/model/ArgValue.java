package trapline.model;

import java.util.List;

/// What a register or a piece of the program's memory means.
///
/// The text forms follow strace's where it has one, because its users read them without thinking.
public sealed interface ArgValue {
  /// The value in one line.
  String text();

  /// A plain number, already written in the radix that suits it.
  record Num(long value, String text) implements ArgValue {}

  /// One value of a family of constants. `name` is the number itself when the family has no such
  /// value.
  record Constant(long value, String name) implements ArgValue {
    @Override
    public String text() {
      return name;
    }
  }

  /// A set of bits. Bits without a name stay visible as a number.
  ///
  /// @param names the known bits, in the family's order
  /// @param unknown the bits that have no name
  record Flags(long value, List<String> names, long unknown) implements ArgValue {
    public Flags {
      names = List.copyOf(names);
    }

    @Override
    public String text() {
      if (names.isEmpty()) {
        return unknown == 0 ? "0" : "0x" + Long.toHexString(unknown);
      }
      String known = String.join("|", names);
      return unknown == 0 ? known : known + "|0x" + Long.toHexString(unknown);
    }
  }

  /// A file descriptor.
  ///
  /// @param target what it is open on: a path, `TCP 0.0.0.0:8080`, `pipe:[123]`; empty when unknown
  record Descriptor(int fd, String target) implements ArgValue {
    @Override
    public String text() {
      String number = Integer.toString(fd);
      return target.isEmpty() ? number : number + "<" + target + ">";
    }
  }

  /// A NUL-terminated string or a run of bytes, quoted and escaped.
  ///
  /// @param quoted with its quotes, and with `...` behind them when there is more
  /// @param truncated whether there was more than is shown
  record Text(String quoted, boolean truncated) implements ArgValue {
    @Override
    public String text() {
      return quoted;
    }
  }

  /// A structure.
  ///
  /// @param type its C name, such as `stat`
  /// @param abbreviated whether it has members that are not shown
  record Struct(String type, List<Field> fields, boolean abbreviated) implements ArgValue {
    public Struct {
      fields = List.copyOf(fields);
    }

    /// A structure with all its members.
    public Struct(String type, List<Field> fields) {
      this(type, fields, false);
    }

    @Override
    public String text() {
      StringBuilder out = new StringBuilder("{");
      for (Field field : fields) {
        if (out.length() > 1) {
          out.append(", ");
        }
        if (!field.name().isEmpty()) {
          out.append(field.name()).append('=');
        }
        out.append(field.value().text());
      }
      if (abbreviated) {
        out.append(out.length() > 1 ? ", ..." : "...");
      }
      return out.append('}').toString();
    }
  }

  /// A member of a structure.
  ///
  /// @param name empty when the value's text names the member itself, as in `inet_pton(AF_INET6,
  /// "::1", &sin6_addr)`
  record Field(String name, ArgValue value) {}

  /// Several values of one kind.
  ///
  /// @param truncated whether there were more than are shown
  record Array(List<ArgValue> elements, boolean truncated) implements ArgValue {
    public Array {
      elements = List.copyOf(elements);
    }

    @Override
    public String text() {
      StringBuilder out = new StringBuilder("[");
      for (ArgValue element : elements) {
        if (out.length() > 1) {
          out.append(", ");
        }
        out.append(element.text());
      }
      return out.append(truncated ? ", ...]" : "]").toString();
    }
  }

  /// What the program passed and what the kernel left in its place.
  record Changed(ArgValue before, ArgValue after) implements ArgValue {
    @Override
    public String text() {
      return before.text() + " => " + after.text();
    }
  }

  /// An address whose target is not shown, `NULL` for 0.
  record Pointer(long address) implements ArgValue {
    @Override
    public String text() {
      return address == 0 ? "NULL" : "0x" + Long.toHexString(address);
    }
  }

  /// Memory that could not be read.
  ///
  /// @param reason such as `not mapped`
  record Unreadable(long address, String reason) implements ArgValue {
    @Override
    public String text() {
      return "0x" + Long.toHexString(address) + " (unreadable: " + reason + ")";
    }
  }

  /// A register whose meaning is not known.
  record Raw(long value) implements ArgValue {
    @Override
    public String text() {
      return "0x" + Long.toHexString(value);
    }
  }
}
