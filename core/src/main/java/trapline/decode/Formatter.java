package trapline.decode;

import trapline.abi.ArgFormat;
import trapline.abi.CType;
import trapline.model.ArgValue;

/// Decodes one kind of value that needs more than a table.
@FunctionalInterface
interface Formatter {
  /// @param raw the register's or memory cell's value, cut to the width of `type`
  ArgValue decode(ValueDecoder decoder, ArgFormat format, CType type, long raw, Scope scope);
}
