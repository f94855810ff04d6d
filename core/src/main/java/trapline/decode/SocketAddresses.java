package trapline.decode;

import java.util.ArrayList;
import java.util.List;
import trapline.abi.ArgFormat;
import trapline.abi.CType;
import trapline.model.ArgValue;

/// Socket addresses (`linux/socket.h` and the headers of each family).
final class SocketAddresses {
  private static final int LONGEST = 128;
  private static final int AF_UNIX = 1;
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int AF_NETLINK = 16;
  private static final int AF_PACKET = 17;

  private SocketAddresses() {}

  static ArgValue decode(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    Long length = scope.number(format.argument(0));
    return length == null ? new ArgValue.Pointer(raw) : decode(decoder, raw, length);
  }

  /// The length of an address that the kernel replaces: `[128 => 16]`.
  static ArgValue length(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    Long value = raw == 0 ? null : decoder.memory().number(raw, 4);
    return value == null
        ? new ArgValue.Pointer(raw)
        : new ArgValue.Array(
            List.of(new ArgValue.Num(value.intValue(), Integer.toString(value.intValue()))), false);
  }

  /// The address at a place in memory.
  ///
  /// @param length its length; the kernel never has more than 128 bytes
  static ArgValue decode(ValueDecoder decoder, long address, long length) {
    if (address == 0 || length < 2) {
      return new ArgValue.Pointer(address);
    }
    int size = (int) Math.min(length, LONGEST);
    byte[] bytes = decoder.memory().exactly(address, size);
    return bytes == null ? new ArgValue.Pointer(address) : decode(bytes);
  }

  static ArgValue decode(byte[] bytes) {
    int family = (int) Memory.number(bytes, 0, 2);
    List<ArgValue.Field> fields = new ArrayList<>();
    fields.add(new ArgValue.Field("sa_family", ValueDecoder.constant("address_family", family)));
    boolean known =
        switch (family) {
          case AF_UNIX -> unix(bytes, fields);
          case AF_INET -> inet(bytes, fields);
          case AF_INET6 -> inet6(bytes, fields);
          case AF_NETLINK -> netlink(bytes, fields);
          case AF_PACKET -> packet(bytes, fields);
          default -> false;
        };
    if (!known && bytes.length > 2) {
      fields.add(
          new ArgValue.Field(
              "sa_data", new ArgValue.Text(Quoting.quote(bytes, 2, bytes.length, false), false)));
    }
    return new ArgValue.Struct("sockaddr", fields);
  }

  private static boolean inet(byte[] bytes, List<ArgValue.Field> fields) {
    if (bytes.length < 16) {
      return false;
    }
    fields.add(port("sin_port", bytes));
    fields.add(
        new ArgValue.Field(
            "sin_addr",
            new ArgValue.Num(
                Memory.number(bytes, 4, 4), "inet_addr(\"" + inetAddress(bytes, 4) + "\")")));
    return true;
  }

  private static boolean inet6(byte[] bytes, List<ArgValue.Field> fields) {
    if (bytes.length < 24) {
      return false;
    }
    fields.add(port("sin6_port", bytes));
    long flow = Integer.toUnsignedLong(Integer.reverseBytes((int) Memory.number(bytes, 4, 4)));
    fields.add(new ArgValue.Field("sin6_flowinfo", new ArgValue.Num(flow, "htonl(" + flow + ")")));
    fields.add(
        new ArgValue.Field(
            "",
            new ArgValue.Num(
                0, "inet_pton(AF_INET6, \"" + inet6Address(bytes, 8) + "\", &sin6_addr)")));
    if (bytes.length >= 28) {
      long scope = Memory.number(bytes, 24, 4);
      boolean linkLocal = (bytes[8] & 0xff) == 0xfe && (bytes[9] & 0xc0) == 0x80;
      String text =
          linkLocal && scope != 0 ? "if_nametoindex(" + scope + ")" : Long.toString(scope);
      fields.add(
          new ArgValue.Field(
              "sin6_scope_id", new ArgValue.Num(scope, linkLocal ? Long.toString(scope) : text)));
    }
    return true;
  }

  private static ArgValue.Field port(String name, byte[] bytes) {
    int port = (bytes[2] & 0xff) << 8 | (bytes[3] & 0xff);
    return new ArgValue.Field(name, new ArgValue.Num(port, "htons(" + port + ")"));
  }

  private static boolean unix(byte[] bytes, List<ArgValue.Field> fields) {
    if (bytes.length == 2) {
      return true;
    }
    if (bytes[2] == 0) {
      int end = bytes.length;
      String text = end == 3 ? "\"\"" : Quoting.quote(bytes, 3, end, false);
      fields.add(new ArgValue.Field("sun_path", new ArgValue.Text("@" + text, false)));
      return true;
    }
    int end = 2;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    fields.add(
        new ArgValue.Field(
            "sun_path", new ArgValue.Text(Quoting.quote(bytes, 2, end, false), false)));
    return true;
  }

  private static boolean netlink(byte[] bytes, List<ArgValue.Field> fields) {
    if (bytes.length < 12) {
      return false;
    }
    long pid = Memory.number(bytes, 4, 4);
    long groups = Memory.number(bytes, 8, 4);
    fields.add(new ArgValue.Field("nl_pid", new ArgValue.Num(pid, Integer.toString((int) pid))));
    fields.add(
        new ArgValue.Field(
            "nl_groups",
            new ArgValue.Num(groups, groups == 0 ? "00000000" : String.format("%#08x", groups))));
    return true;
  }

  private static boolean packet(byte[] bytes, List<ArgValue.Field> fields) {
    if (bytes.length < 12) {
      return false;
    }
    int protocol = (bytes[2] & 0xff) << 8 | (bytes[3] & 0xff);
    int length = bytes[11] & 0xff;
    fields.add(
        new ArgValue.Field(
            "sll_protocol",
            new ArgValue.Num(
                protocol,
                "htons(" + ValueDecoder.constant("ethernet_protocol", protocol).text() + ")")));
    long index = Memory.number(bytes, 4, 4);
    fields.add(
        new ArgValue.Field("sll_ifindex", new ArgValue.Num(index, Integer.toString((int) index))));
    fields.add(
        new ArgValue.Field(
            "sll_hatype", ValueDecoder.constant("arp_hardware", Memory.number(bytes, 8, 2))));
    fields.add(
        new ArgValue.Field("sll_pkttype", ValueDecoder.constant("packet_type", bytes[10] & 0xff)));
    fields.add(new ArgValue.Field("sll_halen", new ArgValue.Num(length, Integer.toString(length))));
    if (length > 0) {
      List<ArgValue> octets = new ArrayList<>();
      for (int i = 12; i < Math.min(bytes.length, 12 + Math.min(length, 8)); i++) {
        octets.add(new ArgValue.Num(bytes[i] & 0xff, ValueDecoder.hex(bytes[i] & 0xff)));
      }
      fields.add(new ArgValue.Field("sll_addr", new ArgValue.Array(octets, false)));
    }
    return true;
  }

  /// Four bytes in dotted form.
  static String inetAddress(byte[] bytes, int at) {
    return (bytes[at] & 0xff)
        + "."
        + (bytes[at + 1] & 0xff)
        + "."
        + (bytes[at + 2] & 0xff)
        + "."
        + (bytes[at + 3] & 0xff);
  }

  /// Sixteen bytes as inet_ntop(3) writes them: the longest run of zero groups, of two or more, is
  /// `::`, and IPv4 addresses inside keep their dots.
  static String inet6Address(byte[] bytes, int at) {
    int best = -1;
    int bestLength = 0;
    for (int i = 0; i < 8; i++) {
      int length = 0;
      while (i + length < 8 && group(bytes, at, i + length) == 0) {
        length++;
      }
      if (length > bestLength && length >= 2) {
        best = i;
        bestLength = length;
      }
      i += length;
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      if (i == best) {
        out.append("::");
        i += bestLength - 1;
        continue;
      }
      if (!out.isEmpty() && out.charAt(out.length() - 1) != ':') {
        out.append(':');
      }
      boolean mapped =
          i == 6
              && best == 0
              && (bestLength == 6 || (bestLength == 5 && group(bytes, at, 5) == 0xffff));
      if (mapped) {
        return out.append(inetAddress(bytes, at + 12)).toString();
      }
      out.append(Integer.toHexString(group(bytes, at, i)));
    }
    return out.toString();
  }

  private static int group(byte[] bytes, int at, int index) {
    return (bytes[at + index * 2] & 0xff) << 8 | (bytes[at + index * 2 + 1] & 0xff);
  }
}
