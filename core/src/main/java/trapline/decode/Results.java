package trapline.decode;

import java.util.List;
import org.jspecify.annotations.Nullable;
import trapline.abi.ArgFormat;
import trapline.abi.CType;
import trapline.abi.Errnos;
import trapline.abi.SyscallSignature;
import trapline.model.ArgValue;
import trapline.model.Errno;
import trapline.model.Outcome;
import trapline.model.SyscallId;

/// What a call returned, as its format wants it shown.
final class Results {
  private Results() {}

  static Outcome outcome(
      @Nullable SyscallSignature signature,
      SyscallId id,
      long @Nullable [] raw,
      long register,
      DecodeContext context) {
    long result = id.abi().result(register);
    Errno errno = ArgumentDecoder.errno(result);
    if (errno != null) {
      return Errnos.isRestart(errno.number())
          ? new Outcome.Restarted(errno.name())
          : new Outcome.Failed(errno);
    }
    if (signature == null) {
      return new Outcome.Returned(result, Long.toString(result));
    }
    ValueDecoder decoder = new ValueDecoder(signature.layouts(), context);
    CallScope scope =
        new CallScope(signature, raw == null ? new long[0] : raw, true, result, decoder, List.of());
    return new Outcome.Returned(result, text(signature, scope, decoder));
  }

  private static String text(SyscallSignature signature, CallScope scope, ValueDecoder decoder) {
    long result = scope.result();
    ArgFormat format = signature.result();
    CType type = CType.of("long", decoder.abi());
    ArgValue value = decoder.decode(format, type, result, scope);
    if (value instanceof ArgValue.Raw || ValueDecoder.isOmitted(value)) {
      return Long.toString(result);
    }
    return value instanceof ArgValue.Pointer pointer
        ? "0x" + Long.toHexString(pointer.address())
        : value.text();
  }
}
