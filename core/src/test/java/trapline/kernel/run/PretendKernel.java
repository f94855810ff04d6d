package trapline.kernel.run;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A made-up kernel whose runs are written down step by step: function `NAME` is at a place of its
/// own, 0x100 bytes long.
final class PretendKernel {
  static final long BASE = 0xffffffff81000000L;

  /// The top of the thread's stack; other stacks are 0x10000 further on.
  static final long STACK = 0xffffc90000013f00L;

  private final List<String> names;
  private final KernelSymbols symbols;
  private final CallTreeBuilder builder;
  private final long[] registers = new long[16];
  long rsp = STACK;

  PretendKernel(String... names) {
    this.names = new ArrayList<>(List.of(names));
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < names.length; i++) {
      text.append(Long.toHexString(BASE + i * 0x100L)).append(" t ").append(names[i]).append('\n');
    }
    try {
      byte[] bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
      this.symbols = KernelSymbols.read(new ByteArrayInputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.builder = new CallTreeBuilder(symbols);
  }

  KernelSymbols symbols() {
    return symbols;
  }

  CallTreeBuilder builder() {
    return builder;
  }

  long at(String name, int offset) {
    int index = names.indexOf(name);
    if (index < 0) {
      throw new IllegalArgumentException(name);
    }
    return BASE + index * 0x100L + offset;
  }

  /// Executes an instruction of a function.
  PretendKernel in(String name, int offset) {
    return run(at(name, offset), 0);
  }

  PretendKernel run(long pc, int privilege) {
    registers[Register.RSP] = rsp;
    builder.point(pc, registers, privilege);
    return this;
  }

  /// Calls a function: executes its first instruction.
  PretendKernel call(String name) {
    rsp -= 8;
    return in(name, 0);
  }

  PretendKernel push() {
    rsp -= 8;
    return this;
  }

  PretendKernel pop() {
    rsp += 8;
    return this;
  }

  /// Returns with a value to an instruction of the caller.
  PretendKernel ret(long rax, String caller, int offset) {
    registers[Register.RAX] = rax;
    rsp += 8;
    return in(caller, offset);
  }

  PretendKernel set(int register, long value) {
    registers[register] = value;
    return this;
  }

  /// The tree as text: `a(b c=5(d))`, with what was returned where it is not 0.
  String text() {
    StringBuilder out = new StringBuilder();
    append(builder.finish().root(), out);
    return out.toString();
  }

  static void append(CallNode node, StringBuilder out) {
    out.append(node.isTailCalled() ? ">" : "").append(node.name());
    Long rax = node.rax();
    if (rax == null) {
      out.append("=?");
    } else if (rax != 0) {
      out.append('=').append(rax);
    }
    String separator = "(";
    for (CallNode call : node.calls()) {
      out.append(separator);
      append(call, out);
      separator = " ";
    }
    out.append(node.calls().isEmpty() ? "" : ")");
  }
}
