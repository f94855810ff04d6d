package trapline.decode;

import java.util.ArrayList;
import java.util.List;
import trapline.abi.ArgFormat;
import trapline.abi.CType;
import trapline.abi.ConstantFamily;
import trapline.abi.Errnos;
import trapline.abi.Signals;
import trapline.model.Abi;
import trapline.model.ArgValue;

/// `siginfo_t` (`asm-generic/siginfo.h`): which members it has depends on signal and code.
final class SignalInfo {
  private static final int SIZE = 128;
  private static final int SIGILL = 4;
  private static final int SIGTRAP = 5;
  private static final int SIGBUS = 7;
  private static final int SIGFPE = 8;
  private static final int SIGSEGV = 11;
  private static final int SIGCHLD = 17;
  private static final int SIGPOLL = 29;
  private static final int SIGSYS = 31;
  private static final int SI_TIMER = -2;
  private static final int SI_TKILL = -6;

  private SignalInfo() {}

  /// `siginfo`, or `siginfo(waited)`, of which `waitid` stores no times (`kernel/exit.c`).
  static ArgValue decode(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    byte[] bytes = decoder.abi() == Abi.NATIVE ? decoder.memory().exactly(raw, SIZE) : null;
    return bytes == null ? new ArgValue.Pointer(raw) : decode(bytes, format.arguments().isEmpty());
  }

  /// @param whole whether all of it means something
  private static ArgValue decode(byte[] bytes, boolean whole) {
    int signal = i32(bytes, 0);
    int errno = i32(bytes, 4);
    int code = i32(bytes, 8);
    List<ArgValue.Field> fields = new ArrayList<>();
    if (signal == 0) {
      return new ArgValue.Struct("siginfo_t", fields);
    }
    fields.add(new ArgValue.Field("si_signo", new ArgValue.Constant(signal, Signals.name(signal))));
    fields.add(new ArgValue.Field("si_code", code(signal, code)));
    if (errno != 0) {
      fields.add(
          new ArgValue.Field("si_errno", new ArgValue.Constant(errno, Errnos.of(errno).name())));
    }
    if (code <= 0 || code == 0x80) {
      sent(bytes, code, fields);
    } else {
      raised(bytes, signal, whole, fields);
    }
    return new ArgValue.Struct("siginfo_t", fields);
  }

  private static ArgValue code(int signal, int code) {
    String family =
        switch (signal) {
          case SIGILL -> "si_code_sigill";
          case SIGTRAP -> "si_code_sigtrap";
          case SIGBUS -> "si_code_sigbus";
          case SIGFPE -> "si_code_sigfpe";
          case SIGSEGV -> "si_code_sigsegv";
          case SIGCHLD -> "si_code_sigchld";
          case SIGPOLL -> "si_code_sigpoll";
          case SIGSYS -> "si_code_sigsys";
          default -> "";
        };
    ConstantFamily general = ConstantFamily.of("si_code");
    ConstantFamily special = family.isEmpty() ? null : ConstantFamily.of(family);
    if (special != null && code > 0 && code < 0x80) {
      return special.decode(code);
    }
    return general == null ? new ArgValue.Num(code, Integer.toString(code)) : general.decode(code);
  }

  private static void sent(byte[] bytes, int code, List<ArgValue.Field> fields) {
    if (code == 0x80) {
      return;
    }
    if (code == SI_TIMER) {
      number(fields, "si_timerid", Integer.toUnsignedLong(i32(bytes, 16)));
      number(fields, "si_overrun", i32(bytes, 20));
      value(bytes, 24, fields);
      return;
    }
    number(fields, "si_pid", i32(bytes, 16));
    number(fields, "si_uid", Integer.toUnsignedLong(i32(bytes, 20)));
    boolean plain = code == 0 || code == SI_TKILL;
    if (!plain || Memory.number(bytes, 24, 8) != 0) {
      value(bytes, 24, fields);
    }
  }

  private static void value(byte[] bytes, int at, List<ArgValue.Field> fields) {
    number(fields, "si_int", i32(bytes, at));
    fields.add(new ArgValue.Field("si_ptr", new ArgValue.Pointer(Memory.number(bytes, at, 8))));
  }

  private static void raised(byte[] bytes, int signal, boolean whole, List<ArgValue.Field> fields) {
    switch (signal) {
      case SIGCHLD -> {
        int code = i32(bytes, 8);
        int status = i32(bytes, 24);
        number(fields, "si_pid", i32(bytes, 16));
        number(fields, "si_uid", Integer.toUnsignedLong(i32(bytes, 20)));
        fields.add(
            new ArgValue.Field(
                "si_status",
                code == 1
                    ? new ArgValue.Num(status, Integer.toString(status))
                    : new ArgValue.Constant(status, Signals.name(status))));
        if (whole) {
          number(fields, "si_utime", Memory.number(bytes, 32, 8));
          number(fields, "si_stime", Memory.number(bytes, 40, 8));
        }
      }
      case SIGILL, SIGFPE, SIGSEGV, SIGBUS, SIGTRAP ->
          fields.add(
              new ArgValue.Field("si_addr", new ArgValue.Pointer(Memory.number(bytes, 16, 8))));
      case SIGPOLL -> number(fields, "si_band", Memory.number(bytes, 16, 8));
      case SIGSYS -> {
        fields.add(
            new ArgValue.Field("si_call_addr", new ArgValue.Pointer(Memory.number(bytes, 16, 8))));
        number(fields, "si_syscall", i32(bytes, 24));
      }
      default -> sent(bytes, -1, fields);
    }
  }

  private static void number(List<ArgValue.Field> fields, String name, long value) {
    fields.add(new ArgValue.Field(name, new ArgValue.Num(value, Long.toString(value))));
  }

  private static int i32(byte[] bytes, int at) {
    return (int) Memory.number(bytes, at, 4);
  }

  /// `sigval`, as strace writes it: as a number and as an address.
  static ArgValue signalValue(
      ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope) {
    return new ArgValue.Struct(
        "sigval",
        List.of(
            new ArgValue.Field(
                "sival_int", new ArgValue.Num((int) raw, Integer.toString((int) raw))),
            new ArgValue.Field("sival_ptr", new ArgValue.Pointer(raw))));
  }
}
