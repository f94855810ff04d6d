package trapline.decode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.abi.ArgFormat;
import trapline.abi.CType;
import trapline.abi.StructLayout;
import trapline.model.ArgValue;

/// What the kernel tells about network interfaces (`struct ifreq` and `struct ifconf`,
/// `linux/if.h`).
final class Interfaces {
  private static final int HARDWARE_ADDRESS = 6;

  private Interfaces() {}

  /// `sockaddr_bytes` and `hardware_bytes`: an address that lies in a structure.
  ///
  /// @return `null` when the format is another
  static @Nullable ArgValue address(ArgFormat format, byte[] bytes, int from, int to) {
    return switch (format.name()) {
      case "sockaddr_bytes" -> SocketAddresses.decode(Arrays.copyOfRange(bytes, from, to));
      case "hardware_bytes" -> hardware(bytes, from);
      default -> null;
    };
  }

  private static ArgValue hardware(byte[] bytes, int at) {
    int family = (int) Memory.number(bytes, at, 2);
    StringBuilder octets = new StringBuilder();
    for (int i = 0; i < HARDWARE_ADDRESS; i++) {
      int octet = bytes[at + 2 + i] & 0xff;
      octets
          .append(i == 0 ? "" : ":")
          .append(Character.forDigit(octet >> 4, 16))
          .append(Character.forDigit(octet & 0xf, 16));
    }
    return new ArgValue.Struct(
        "sockaddr",
        List.of(
            new ArgValue.Field("sa_family", ValueDecoder.constant("arp_hardware", family)),
            new ArgValue.Field("sa_data", new ArgValue.Num(0, octets.toString()))));
  }

  /// `interfaces`: the list of interfaces that `SIOCGIFCONF` stored. Without a buffer it is only
  /// said how long the list is.
  static ArgValue list(ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    StructLayout request = StructLayout.of("ifconf", decoder.abi());
    StructLayout element = StructLayout.of("ifreq_addr", decoder.abi());
    byte[] bytes = request == null ? null : decoder.memory().exactly(raw, request.size());
    if (request == null || element == null || bytes == null) {
      return new ArgValue.Pointer(raw);
    }
    int word = CType.pointerSize(decoder.abi());
    int size = 16 + 2 * word + 8;
    int length = (int) Memory.number(bytes, 0, 4);
    long buffer = Memory.number(bytes, word, word);
    ArgValue after = length(length, size);
    ArgValue before =
        scope instanceof CallScope call
                && call.beforehand("arg") instanceof ArgValue.Struct struct
                && struct.fields().getFirst().value() instanceof ArgValue.Num number
            ? length((int) number.value(), size)
            : after;
    boolean same = buffer == 0 || before.text().equals(after.text());
    List<ArgValue.Field> fields = new ArrayList<>(2);
    fields.add(new ArgValue.Field("ifc_len", same ? after : new ArgValue.Changed(before, after)));
    fields.add(
        new ArgValue.Field("ifc_buf", requests(decoder, element, buffer, length, size, scope)));
    return new ArgValue.Struct("ifconf", fields);
  }

  private static ArgValue length(int length, int size) {
    boolean whole = length > 0 && length % size == 0;
    return new ArgValue.Num(
        length, length + (whole ? " /* " + length / size + " * sizeof(struct ifreq) */" : ""));
  }

  private static ArgValue requests(
      ValueDecoder decoder, StructLayout element, long buffer, int length, int size, Scope scope) {
    if (buffer == 0 || length < 0) {
      return new ArgValue.Pointer(buffer);
    }
    int count = length / size;
    int shown = Math.min(count, decoder.limits().arrayLength());
    byte[] bytes = decoder.memory().upTo(buffer, shown * size);
    List<ArgValue> elements = new ArrayList<>(shown);
    for (int at = 0; at + size <= bytes.length; at += size) {
      elements.add(decoder.struct(element, Arrays.copyOfRange(bytes, at, at + size), 0, scope));
    }
    return new ArgValue.Array(elements, elements.size() < count);
  }
}
