package trapline.decode;

import java.util.List;
import trapline.abi.ArgFormat;
import trapline.abi.CType;
import trapline.abi.Errnos;
import trapline.abi.Signals;
import trapline.model.ArgValue;

/// Numbers that are written in a way of their own.
final class Numbers {
  private Numbers() {}

  /// A device number (`makedev`, glibc's `sys/sysmacros.h`).
  static ArgValue device(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    long major = (raw >>> 8 & 0xfff) | (raw >>> 32 & 0xffff_f000L);
    long minor = (raw & 0xff) | (raw >>> 12 & 0xffff_ff00L);
    return new ArgValue.Num(
        raw,
        "makedev("
            + ValueDecoder.prefixedHex(major)
            + ", "
            + ValueDecoder.prefixedHex(minor)
            + ")");
  }

  /// A member that only devices have.
  static ArgValue statDevice(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return isDevice(format, scope)
        ? device(decoder, format, type, raw, scope)
        : ValueDecoder.OMITTED;
  }

  /// A member that devices do not have.
  static ArgValue statSize(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return isDevice(format, scope) ? ValueDecoder.OMITTED : ValueDecoder.number(type, raw);
  }

  private static boolean isDevice(ArgFormat format, Scope scope) {
    Long mode = scope.number(format.argument(0));
    return mode != null && ((mode & 0170000) == 0020000 || (mode & 0170000) == 0060000);
  }

  /// A resource limit: multiples of 1024 as products, as strace writes them.
  static ArgValue limit(ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    boolean infinite = raw == -1 || (type.size() == 4 && raw == 0xffff_ffffL);
    if (infinite) {
      return new ArgValue.Constant(raw, type.size() == 4 ? "RLIM_INFINITY" : "RLIM64_INFINITY");
    }
    boolean product = Long.compareUnsigned(raw, 1024) > 0 && raw % 1024 == 0;
    return new ArgValue.Num(
        raw,
        product
            ? Long.toUnsignedString(Long.divideUnsigned(raw, 1024)) + "*1024"
            : Long.toUnsignedString(raw));
  }

  static ArgValue hexWord(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return new ArgValue.Num(raw, ValueDecoder.hex(raw & 0xffff_ffffL));
  }

  static ArgValue signalHandler(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return switch (Math.clamp(raw, -1, 2)) {
      case 0 -> new ArgValue.Constant(raw, "SIG_DFL");
      case 1 -> new ArgValue.Constant(raw, "SIG_IGN");
      default -> raw == -1 ? new ArgValue.Constant(raw, "SIG_ERR") : new ArgValue.Pointer(raw);
    };
  }

  /// A member that counts only when `SA_RESTORER` is set.
  static ArgValue restorer(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return scope.constants(format.argument(0).name()).contains("SA_RESTORER")
        ? new ArgValue.Pointer(raw)
        : ValueDecoder.OMITTED;
  }

  static ArgValue signalSet(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return new ArgValue.Num(raw, SignalSets.text(raw));
  }

  /// `epoll_data`, as strace writes it: its lower half and the whole of it.
  static ArgValue epollData(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return new ArgValue.Num(
        raw, "{u32=" + (raw & 0xffff_ffffL) + ", u64=" + Long.toUnsignedString(raw) + "}");
  }

  static ArgValue key(ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return raw == 0
        ? new ArgValue.Constant(0, "IPC_PRIVATE")
        : new ArgValue.Num(raw, ValueDecoder.hex(raw & 0xffff_ffffL));
  }

  /// A signal, or 0.
  static ArgValue exitSignal(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return raw == 0
        ? new ArgValue.Num(0, "0")
        : new ArgValue.Constant(raw, Signals.name(Math.clamp(raw, 0, 1 << 20)));
  }

  /// A member that is shown when it is not 0.
  static ArgValue nonzero(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return raw == 0 ? ValueDecoder.OMITTED : ValueDecoder.number(type, raw);
  }

  /// An address that is shown when it is not 0.
  static ArgValue nonzeroAddress(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return raw == 0 ? ValueDecoder.OMITTED : new ArgValue.Pointer(raw);
  }

  /// `bit_members(FAMILY)`: a number whose bits are members of their own: `disabled=1, pinned=1`.
  static ArgValue bitMembers(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    ArgValue bits = ValueDecoder.constant(format.argument(0).name(), raw);
    return bits instanceof ArgValue.Flags flags
        ? new ArgValue.Num(raw, String.join(", ", flags.names()))
        : bits;
  }

  static ArgValue nonzeroMode(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return raw == 0 ? ValueDecoder.OMITTED : FileModes.mode(raw);
  }

  /// An IPv4 address in network order.
  static ArgValue inetAddress(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    byte[] bytes = {(byte) raw, (byte) (raw >> 8), (byte) (raw >> 16), (byte) (raw >> 24)};
    return new ArgValue.Num(raw, "inet_addr(\"" + SocketAddresses.inetAddress(bytes, 0) + "\")");
  }

  /// A number in a register that is as wide as an address.
  static ArgValue small(ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return new ArgValue.Num(raw, Integer.toString((int) raw));
  }

  static ArgValue bitset(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    long bits = raw & 0xffff_ffffL;
    return bits == 0xffff_ffffL
        ? new ArgValue.Constant(bits, "FUTEX_BITSET_MATCH_ANY")
        : new ArgValue.Num(bits, ValueDecoder.hex(bits));
  }

  static ArgValue packetProtocol(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    int protocol = Short.toUnsignedInt(Short.reverseBytes((short) raw));
    return new ArgValue.Constant(
        raw, "htons(" + ValueDecoder.constant("ethernet_protocol", protocol).text() + ")");
  }

  /// What a call returned, with its flags: `0x8002 (flags O_RDWR|O_LARGEFILE)`.
  static ArgValue resultFlags(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    String text = ValueDecoder.constant(format.argument(0).name(), raw).text();
    return new ArgValue.Num(
        raw, raw == 0 && text.equals("0") ? "0" : ValueDecoder.hex(raw) + " (flags " + text + ")");
  }

  static ArgValue resultSignal(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return new ArgValue.Num(raw, raw == 0 ? "0" : raw + " (" + Signals.name((int) raw) + ")");
  }

  /// A cell of 64 bits that a register points to, when the register's type does not say so.
  static ArgValue cell(ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return cell(decoder, format.argument(0), "unsigned long long", raw, scope);
  }

  private static ArgValue cell(
      ValueDecoder decoder, ArgFormat element, String type, long raw, Scope scope) {
    CType target = CType.of(type, decoder.abi());
    Long value = raw == 0 ? null : decoder.memory().number(raw, target.size());
    return value == null
        ? new ArgValue.Pointer(raw)
        : new ArgValue.Array(List.of(decoder.decode(element, target, value, scope)), false);
  }

  /// A cell of 32 bits that a register points to.
  static ArgValue cell32(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return cell(decoder, format.argument(0), "int", raw, scope);
  }

  /// `cells(format, count)`: several of them.
  static ArgValue cells(ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    Long count = scope.number(format.argument(1));
    return decoder.array(
        format.argument(0), CType.of("int", decoder.abi()), raw, count == null ? 0 : count, scope);
  }

  /// Without a sign, whatever the type says.
  static ArgValue unsigned(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    long value = type.size() == 4 ? raw & 0xffff_ffffL : raw;
    return new ArgValue.Num(value, Long.toUnsignedString(value));
  }

  /// What a call returned, with its name: `1 (SUID_DUMP_USER)`.
  static ArgValue resultName(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    String text = ValueDecoder.constant(format.argument(0).name(), raw).text();
    return new ArgValue.Num(raw, raw + (text.endsWith("*/") ? "" : " (" + text + ")"));
  }

  /// What a call returned, with its names: `0x40000 (PER_LINUX|ADDR_NO_RANDOMIZE)`.
  static ArgValue resultNames(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    String text = ValueDecoder.constant(format.argument(0).name(), raw).text();
    return new ArgValue.Num(
        raw, text.equals("0") ? "0" : ValueDecoder.hex(raw) + " (" + text + ")");
  }

  /// A personality; all bits ask for the present one.
  static ArgValue personality(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    long value = raw & 0xffff_ffffL;
    return value == 0xffff_ffffL
        ? new ArgValue.Num(value, "0xffffffff")
        : ValueDecoder.constant("personality", value);
  }

  /// A key's number, or the name of one of the thread's own keyrings.
  static ArgValue keyring(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    int key = (int) raw;
    ArgValue known = ValueDecoder.constant("keyring", key);
    return known.text().endsWith("*/") ? new ArgValue.Num(key, Integer.toString(key)) : known;
  }

  /// A number with its name behind it: `10 /* SYSLOG_ACTION_SIZE_BUFFER */`.
  static ArgValue commented(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    ArgValue known = ValueDecoder.constant(format.argument(0).name(), raw);
    return new ArgValue.Num(
        raw, known.text().endsWith("*/") ? known.text() : raw + " /* " + known.text() + " */");
  }

  /// A device number that only the modes of devices have.
  static ArgValue deviceOf(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    Long mode = scope.number(format.argument(0));
    return mode == null || isDevice(format, scope)
        ? device(decoder, format, type, raw, scope)
        : ValueDecoder.OMITTED;
  }

  /// An address that means something when another member is not 0.
  static ArgValue whenNonzero(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    Long other = scope.number(format.argument(0));
    return other == null || other == 0 ? ValueDecoder.OMITTED : new ArgValue.Pointer(raw);
  }

  /// An offset in two registers. With registers of 64 bits the kernel takes the first alone
  /// (`pos_from_hilo` in `fs/read_write.c`).
  static ArgValue offsetPair(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    Long high = scope.number(format.argument(0));
    long offset = type.size() == 8 || high == null ? raw : high << 32 | (raw & 0xffff_ffffL);
    return new ArgValue.Num(offset, Long.toString(offset));
  }

  /// A memory node, or a negated errno.
  static ArgValue pageStatus(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return raw >= 0
        ? new ArgValue.Num(raw, Long.toString(raw))
        : new ArgValue.Constant(raw, "-" + Errnos.of((int) -Math.max(raw, -4095)).name());
  }

  /// A signal to deliver, or 0 for none.
  static ArgValue signalOrZero(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return raw == 0
        ? new ArgValue.Num(0, "0")
        : new ArgValue.Constant(raw, Signals.name(Math.clamp(raw, -1, 1 << 20)));
  }

  static ArgValue descriptor(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return decoder.descriptor((int) raw);
  }

  /// A command and a kind of quota in one number (`linux/quota.h`, `QCMD`).
  static ArgValue quotaCommand(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    long value = raw & 0xffff_ffffL;
    return new ArgValue.Constant(
        value,
        "QCMD("
            + ValueDecoder.constant("quota_command", value >> 8).text()
            + ", "
            + ValueDecoder.constant("quota_type", value & 0xff).text()
            + ")");
  }

  /// The last argument of `mount`: text for most file systems, nothing when a mount is only moved,
  /// bound or shared.
  static ArgValue mountData(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    Long flags = scope.number(format.argument(0));
    long without = 0x1000 | 0x2000 | 0x1e0000;
    return flags != null && (flags & without) != 0
        ? new ArgValue.Pointer(raw)
        : decoder.decode(ArgFormat.parse("str"), type, raw, scope);
  }

  /// A thread's name; the kernel takes 15 bytes of it.
  static ArgValue threadName(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return decoder.string(raw, 15);
  }

  /// The kind of registers, by the notes of core files (`linux/elf.h`).
  static ArgValue registerSet(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return switch (Math.clamp(raw, 0, 0x1000)) {
      case 1 -> new ArgValue.Constant(raw, "NT_PRSTATUS");
      case 2 -> new ArgValue.Constant(raw, "NT_FPREGSET");
      case 0x202 -> new ArgValue.Constant(raw, "NT_X86_XSTATE");
      default -> new ArgValue.Num(raw, ValueDecoder.hex(raw));
    };
  }
}
