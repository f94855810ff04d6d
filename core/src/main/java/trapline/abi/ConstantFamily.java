package trapline.abi;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import trapline.model.ArgValue;

/// Constants that belong together: the values of one parameter or member, such as the flags of
/// `open`. Each family is a table of its own that names its header; it is read when it is first
/// needed.
///
/// A family is an enumeration (one value at a time), a set of flags, or a mixture: fields under a
/// mask beside flags, as in `mmap`, whose low bits say the kind of mapping.
public final class ConstantFamily {
  /// How a number under a mask is shown.
  enum Field {
    NAMED,
    SIGNAL,
    OCTAL,
    NUMBER
  }

  private static final class Group {
    final long mask;
    final Field field;
    final long[] values;
    final String[] names;

    Group(long mask, Field field, long[] values, String[] names) {
      this.mask = mask;
      this.field = field;
      this.values = values;
      this.names = names;
    }

    boolean isBits() {
      return mask == 0;
    }
  }

  private static final Map<String, ConstantFamily> LOADED = new ConcurrentHashMap<>();

  private final String name;
  private final boolean enumeration;
  private final List<String> headers;
  private final String zero;
  private final String unknown;
  private final List<Group> groups;

  private ConstantFamily(
      String name,
      boolean enumeration,
      List<String> headers,
      String zero,
      String unknown,
      List<Group> groups) {
    this.name = name;
    this.enumeration = enumeration;
    this.headers = List.copyOf(headers);
    this.zero = zero;
    this.unknown = unknown;
    this.groups = groups;
  }

  /// The family of that name, or `null` when there is none.
  public static @Nullable ConstantFamily of(String name) {
    ConstantFamily family = LOADED.get(name);
    if (family == null) {
      String text = Resource.find("constants/" + name + ".txt");
      if (text == null) {
        return null;
      }
      family = parse(name, text);
      LOADED.put(name, family);
    }
    return family;
  }

  private static ConstantFamily parse(String name, String text) {
    boolean enumeration = false;
    List<String> headers = List.of();
    String zero = "";
    String unknown = "";
    List<Group> groups = new ArrayList<>();
    long mask = 0;
    Field field = Field.NAMED;
    List<String> names = new ArrayList<>();
    List<Long> values = new ArrayList<>();
    boolean open = false;
    Resource.Lines lines = Resource.lines(text);
    while (lines.advance()) {
      String first = lines.field(0);
      String second = lines.field(1);
      switch (first) {
        case "kind" -> enumeration = second.equals("enum");
        case "header" -> headers = List.of(second.split(" ", -1));
        case "zero" -> zero = second;
        case "unknown" -> unknown = second;
        case "mask", "bits" -> {
          if (open) {
            groups.add(group(mask, field, values, names));
          }
          open = true;
          mask = first.equals("bits") ? 0 : Long.decode(second);
          field =
              switch (lines.field(2)) {
                case "signal" -> Field.SIGNAL;
                case "octal" -> Field.OCTAL;
                case "number" -> Field.NUMBER;
                default -> Field.NAMED;
              };
        }
        default -> {
          open = true;
          names.add(first);
          values.add(decode(second));
        }
      }
    }
    groups.add(group(enumeration ? -1 : mask, field, values, names));
    if (unknown.isEmpty()) {
      unknown = commonPrefix(groups) + "???";
    }
    return new ConstantFamily(name, enumeration, headers, zero, unknown, groups);
  }

  private static long decode(String number) {
    return number.startsWith("0x")
        ? Long.parseUnsignedLong(number, 2, number.length(), 16)
        : Long.parseLong(number);
  }

  private static Group group(long mask, Field field, List<Long> values, List<String> names) {
    long[] array = new long[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = values.get(i);
    }
    Group group = new Group(mask, field, array, names.toArray(String[]::new));
    values.clear();
    names.clear();
    return group;
  }

  private static String commonPrefix(List<Group> groups) {
    @Nullable String prefix = null;
    for (Group group : groups) {
      for (String name : group.names) {
        if (prefix == null) {
          int underscore = name.lastIndexOf('_');
          prefix = name.substring(0, underscore + 1);
        }
        int same = 0;
        while (same < prefix.length()
            && same < name.length()
            && prefix.charAt(same) == name.charAt(same)) {
          same++;
        }
        if (same < prefix.length()) {
          prefix = prefix.substring(0, prefix.lastIndexOf('_', same - 1) + 1);
        }
      }
    }
    return prefix == null ? "" : prefix;
  }

  public String name() {
    return name;
  }

  /// Whether a value is one of the constants, not several of them together.
  public boolean isEnumeration() {
    return enumeration;
  }

  /// The headers that define the constants, as a C program includes them; empty when no header that
  /// programs can include has them.
  public List<String> headers() {
    return headers;
  }

  /// The value of one of the constants, or `null` when the family has none of that name.
  public @Nullable Long valueOf(String constant) {
    for (Group group : groups) {
      for (int i = 0; i < group.names.length; i++) {
        if (group.names[i].equals(constant)) {
          return group.values[i];
        }
      }
    }
    return null;
  }

  /// The constants' names, in the table's order.
  public List<String> names() {
    List<String> all = new ArrayList<>();
    for (Group group : groups) {
      all.addAll(List.of(group.names));
    }
    return all;
  }

  /// What a value means.
  ///
  /// @param value cut to the width of its type
  public ArgValue decode(long value) {
    if (enumeration) {
      String known = nameIn(groups.getFirst(), value);
      return new ArgValue.Constant(value, known != null ? known : unnamed(value));
    }
    List<String> names = new ArrayList<>();
    long rest = value;
    for (Group group : groups) {
      if (group.isBits()) {
        for (int i = 0; i < group.values.length; i++) {
          long bits = group.values[i];
          if (bits != 0 && (rest & bits) == bits) {
            names.add(group.names[i]);
            rest &= ~bits;
          }
        }
      } else {
        rest = field(group, value, rest, names);
      }
    }
    if (names.isEmpty()) {
      if (rest == 0) {
        return zero.isEmpty() ? new ArgValue.Flags(0, names, 0) : new ArgValue.Constant(0, zero);
      }
      return new ArgValue.Constant(value, unnamed(rest));
    }
    return new ArgValue.Flags(value, names, rest);
  }

  private static long field(Group group, long value, long rest, List<String> names) {
    long part = value & group.mask;
    switch (group.field) {
      case NAMED -> {
        String known = nameIn(group, part);
        if (known == null) {
          return rest;
        }
        names.add(known);
      }
      case SIGNAL -> {
        if (part != 0) {
          names.add(Signals.name((int) part));
        }
      }
      case OCTAL -> names.add(part == 0 ? "000" : "0" + Long.toOctalString(part));
      case NUMBER -> {
        if (part != 0) {
          names.add(Long.toString(part));
        }
      }
    }
    return rest & ~group.mask;
  }

  private static @Nullable String nameIn(Group group, long value) {
    for (int i = 0; i < group.values.length; i++) {
      if (group.values[i] == value) {
        return group.names[i];
      }
    }
    return null;
  }

  private String unnamed(long value) {
    return (value == 0 ? "0" : "0x" + Long.toHexString(value)) + " /* " + unknown + " */";
  }
}
