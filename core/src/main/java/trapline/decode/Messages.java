package trapline.decode;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.abi.ArgFormat;
import trapline.abi.CType;
import trapline.model.Abi;
import trapline.model.ArgValue;

/// Messages of sockets (`struct msghdr`, `linux/socket.h`) and of System V queues.
final class Messages {
  private static final int HEADER = 56;
  private static final int MULTIPLE = 64;
  private static final int CONTROL_HEADER = 16;
  private static final int LONGEST_CONTROL = 4096;
  private static final int SOL_SOCKET = 1;
  private static final int SCM_RIGHTS = 1;
  private static final int SCM_CREDENTIALS = 2;

  private Messages() {}

  /// `msghdr` is one that is sent; `msghdr(RETURNED)` one that was received, with how many bytes.
  static ArgValue header(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    byte[] bytes = wide(decoder, raw, HEADER);
    if (bytes == null) {
      return new ArgValue.Pointer(raw);
    }
    if (format.arguments().isEmpty()) {
      return header(decoder, bytes, Long.MAX_VALUE, null);
    }
    Long length = scope.number(format.argument(0));
    return length == null
        ? new ArgValue.Pointer(raw)
        : header(decoder, bytes, length, room(List.of(before(scope)), 0));
  }

  /// `mmsghdr(COUNT)`: an array of messages that are sent, each with how many bytes went through;
  /// `mmsghdr(COUNT, received)` of such that were received.
  static ArgValue headers(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    Long count = scope.number(format.argument(0));
    if (raw == 0 || count == null || count < 0) {
      return new ArgValue.Pointer(raw);
    }
    Long returned = scope.named("ret");
    boolean received = format.arguments().size() > 1;
    List<ArgValue> rooms =
        received && before(scope) instanceof ArgValue.Array array ? array.elements() : List.of();
    int shown = (int) Math.min(count, decoder.limits().arrayLength());
    List<ArgValue> elements = new ArrayList<>(shown);
    for (int i = 0; i < shown; i++) {
      byte[] bytes = wide(decoder, raw + (long) i * MULTIPLE, MULTIPLE);
      if (bytes == null) {
        if (i == 0) {
          return new ArgValue.Pointer(raw);
        }
        break;
      }
      long length = Memory.number(bytes, HEADER, 4);
      ArgValue header =
          received
              ? header(decoder, bytes, length, room(rooms, i))
              : header(decoder, bytes, Long.MAX_VALUE, null);
      List<ArgValue.Field> fields = new ArrayList<>(2);
      fields.add(new ArgValue.Field("msg_hdr", header));
      if (returned != null && i < returned) {
        fields.add(new ArgValue.Field("msg_len", unsigned(length)));
      }
      elements.add(new ArgValue.Struct("mmsghdr", fields));
    }
    return new ArgValue.Array(elements, shown < count);
  }

  /// What the messages were shown as before the call: with the room for their senders' names.
  private static ArgValue before(Scope scope) {
    ArgValue one = scope instanceof CallScope call ? call.beforehand("msg") : null;
    ArgValue many = scope instanceof CallScope call ? call.beforehand("mmsg") : null;
    return one != null ? one : many != null ? many : new ArgValue.Pointer(0);
  }

  /// How many bytes there were for the name of a message's sender; 0 when that is not known.
  private static Integer room(List<ArgValue> messages, int index) {
    ArgValue at = index < messages.size() ? messages.get(index) : null;
    while (at instanceof ArgValue.Struct struct && !struct.fields().isEmpty()) {
      at = struct.fields().getFirst().value();
    }
    return at instanceof ArgValue.Num length ? (int) length.value() : 0;
  }

  private static byte @Nullable [] wide(ValueDecoder decoder, long address, int size) {
    return decoder.abi() == Abi.NATIVE ? decoder.memory().exactly(address, size) : null;
  }

  /// @param limit how many bytes of its buffers matter
  /// @param room how many bytes there were for the sender's name; `null` in a message that is sent
  private static ArgValue header(
      ValueDecoder decoder, byte[] bytes, long limit, @Nullable Integer room) {
    long name = Memory.number(bytes, 0, 8);
    int nameLength = (int) Memory.number(bytes, 8, 4);
    int stored = room == null ? nameLength : Math.min(room, nameLength);
    long vectors = Memory.number(bytes, 16, 8);
    long count = Memory.number(bytes, 24, 8);
    long control = Memory.number(bytes, 32, 8);
    long controlLength = Memory.number(bytes, 40, 8);
    List<ArgValue.Field> fields = new ArrayList<>();
    ArgValue length = new ArgValue.Num(nameLength, Integer.toString(nameLength));
    if (room != null && room != nameLength) {
      length = new ArgValue.Changed(new ArgValue.Num(room, Integer.toString(room)), length);
    }
    fields.add(new ArgValue.Field("msg_name", SocketAddresses.decode(decoder, name, stored)));
    fields.add(new ArgValue.Field("msg_namelen", length));
    fields.add(new ArgValue.Field("msg_iov", IoVectors.decode(decoder, vectors, count, limit)));
    fields.add(new ArgValue.Field("msg_iovlen", unsigned(count)));
    if (controlLength != 0) {
      fields.add(new ArgValue.Field("msg_control", control(decoder, control, controlLength)));
    }
    fields.add(new ArgValue.Field("msg_controllen", unsigned(controlLength)));
    fields.add(
        new ArgValue.Field(
            "msg_flags", ValueDecoder.constant("msg_flags", Memory.number(bytes, 48, 4))));
    return new ArgValue.Struct("msghdr", fields);
  }

  private static ArgValue control(ValueDecoder decoder, long address, long length) {
    int size = Math.clamp(length, 0, LONGEST_CONTROL);
    byte[] bytes = decoder.memory().exactly(address, size);
    if (bytes == null || size < CONTROL_HEADER) {
      return new ArgValue.Pointer(address);
    }
    List<ArgValue> messages = new ArrayList<>();
    int at = 0;
    while (at + CONTROL_HEADER <= size && messages.size() < decoder.limits().arrayLength()) {
      long whole = Memory.number(bytes, at, 8);
      int level = (int) Memory.number(bytes, at + 8, 4);
      int kind = (int) Memory.number(bytes, at + 12, 4);
      int end = Math.clamp(whole, CONTROL_HEADER, size - at) + at;
      List<ArgValue.Field> fields = new ArrayList<>();
      fields.add(new ArgValue.Field("cmsg_len", unsigned(whole)));
      fields.add(new ArgValue.Field("cmsg_level", ValueDecoder.constant("socket_level", level)));
      fields.add(
          new ArgValue.Field(
              "cmsg_type",
              level == SOL_SOCKET
                  ? ValueDecoder.constant("scm_type", kind)
                  : new ArgValue.Num(kind, ValueDecoder.hex(kind))));
      if (end > at + CONTROL_HEADER) {
        fields.add(
            new ArgValue.Field(
                "cmsg_data", data(decoder, bytes, at + CONTROL_HEADER, end, level, kind)));
      }
      messages.add(new ArgValue.Struct("cmsghdr", fields));
      if (whole < CONTROL_HEADER) {
        break;
      }
      at = (end + 7) / 8 * 8;
    }
    return new ArgValue.Array(messages, false);
  }

  private static ArgValue data(
      ValueDecoder decoder, byte[] bytes, int from, int to, int level, int kind) {
    if (level == SOL_SOCKET && kind == SCM_RIGHTS) {
      List<ArgValue> fds = new ArrayList<>();
      for (int at = from; at + 4 <= to; at += 4) {
        fds.add(decoder.descriptor((int) Memory.number(bytes, at, 4)));
      }
      return new ArgValue.Array(fds, false);
    }
    if (level == SOL_SOCKET && kind == SCM_CREDENTIALS && to - from >= 12) {
      return new ArgValue.Struct(
          "ucred",
          List.of(
              new ArgValue.Field("pid", unsigned(Memory.number(bytes, from, 4))),
              new ArgValue.Field("uid", unsigned(Memory.number(bytes, from + 4, 4))),
              new ArgValue.Field("gid", unsigned(Memory.number(bytes, from + 8, 4)))));
    }
    int shown = Math.min(to - from, decoder.limits().stringLength());
    return new ArgValue.Text(
        Quoting.quote(bytes, from, from + shown, shown < to - from), shown < to - from);
  }

  private static ArgValue unsigned(long value) {
    return new ArgValue.Num(value, Long.toUnsignedString(value));
  }

  /// `message(length)`: a System V message, a number and then text.
  static ArgValue queued(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    Long length = scope.number(format.argument(0));
    int word = CType.pointerSize(decoder.abi());
    Long kind = raw == 0 ? null : decoder.memory().number(raw, word);
    if (length == null || kind == null) {
      return new ArgValue.Pointer(raw);
    }
    long number = word == 4 ? kind.intValue() : kind;
    return new ArgValue.Struct(
        "msgbuf",
        List.of(
            new ArgValue.Field("mtype", new ArgValue.Num(number, Long.toString(number))),
            new ArgValue.Field("mtext", decoder.bytes(raw + word, length))));
  }
}
