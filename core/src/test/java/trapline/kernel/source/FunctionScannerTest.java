package trapline.kernel.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trapline.kernel.FunctionIndex;
import trapline.kernel.KernelFunction;

@Tag("unit")
class FunctionScannerTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '@',
      quoteCharacter = '~',
      value = {
        "int foo(void)\\n{\\n} @ foo:1",
        "static int\\nfoo(int a) __acquires(x) __releases(y)\\n{} @ static foo:2",
        "static __printf(1, 2) int foo(char *f, ...) {} @ static foo:1",
        "int (*foo(int a))(int) {} @ foo:1",
        "int (*foo)(int) = { 0 } @ ''",
        "struct s x[] = { { .f = g(1) } };\\nint foo(int a) {} @ foo:2",
        "struct s { int (*f)(void); } __aligned(8);\\nint foo(int a) {} @ foo:2",
        "EXPORT_SYMBOL(x)\\nstruct s {};\\nEXPORT_SYMBOL(x)\\nint foo(int a) {} @ foo:4",
        "SYSCALL_DEFINE3(socket, int, family)\\n{} @ SYSCALL_DEFINE3 sys_socket:1",
        "COMPAT_SYSCALL_DEFINE2(x, int, a) {} @ COMPAT_SYSCALL_DEFINE2 compat_sys_x:1",
        "SYSCALL_DEFINE1(32_x, int, a) {} @ SYSCALL_DEFINE1 sys_32_x:1",
        "DEFINE_IDTENTRY(exc_nmi) {} @ DEFINE_IDTENTRY exc_nmi:1",
        "BPF_CALL_1(bpf_x, u32, a) {} @ BPF_CALL_1 bpf_x:1",
        "static int FNAME(walk)(struct w *w) {} @ static FNAME walk:1",
        "TRACE_EVENT(x, TP_fast_assign( f(1) { } ));\\nint foo(int a) {} @ foo:2",
        "#if 0\\nint dead(void) { don't }\\n#else\\nint foo(void) {}\\n#endif @ foo:4",
        "#if 1\\nint foo(void) {}\\n#else\\nint dead(void) {}\\n#endif @ foo:2",
        "#ifdef A\\nint foo(int a)\\n#else\\nint bar(int b)\\n#endif\\n{\\n} @ foo:2 bar:4",
        "#ifdef A\\n"
            + "int foo(int a) {\\n"
            + "#else\\n"
            + "int bar(int b) {\\n"
            + "#endif\\n"
            + "}\\n"
            + "int z(int a) {} @ foo:2 bar:4 z:7",
        "#ifdef A\\nX(a)\\n#else\\nX(b)\\n#endif\\nint foo(int a) {} @ foo:6",
        "int foo(int a)\\n"
            + "{\\n"
            + "#ifdef A\\n"
            + " if (a)\\n"
            + "#else\\n"
            + " if (b) {\\n"
            + "#endif\\n"
            + " }\\n"
            + "}\\n"
            + "int z(int a) {} @ foo:1 z:10",
        "int foo(int a,\\n"
            + "#ifdef A\\n"
            + "int b)\\n"
            + "#else\\n"
            + "int c)\\n"
            + "#endif\\n"
            + "{}\\n"
            + "int z(int a) {} @ foo:1 z:8",
        "#define X(a) \\\\\\n"
            + "int no(int a) { \\\\\\n"
            + "{\\n"
            + "int foo(int a) { '{'; \"{\\\\\"{\"; /* { */\\n"
            + "// {\\n"
            + "}\\n"
            + "int z(int a) {} @ foo:4 z:7",
        "int v =\\n#if A\\n1;\\n#else\\n#error\\n#endif\\nint foo(int a) {} @ foo:7",
        "extern \"C\" {\\nint foo(int a) {}\\n}\\nint z(int a) {} @ foo:2 z:4",
        "X(never closed\\nint foo(int a) {} @ foo:2",
        "int K(a, b) int a; {} @ ''"
      })
  void definitions(String source, String expected) {
    String text = source.replace("\\n", "\n").replace("\\\\", "\\");
    String wanted = expected.equals("''") ? "" : expected.trim();

    assertThat(String.join(" ", scan("x.c", text))).isEqualTo(wanted);
  }

  @Test
  void assembly() {
    String text =
        "/*\n ENTRY(no)\n */\nSYM_FUNC_START(memcpy)\n\tret\n#define ENTRY(x) \\\n ENTRY(y)\n"
            + "SYM_CODE_START_LOCAL(x)\n";

    assertThat(scan("x.S", text))
        .containsExactly("SYM_FUNC_START memcpy:4", "static SYM_CODE_START_LOCAL x:8");
  }

  @Test
  void symbolsOfARunningKernel() {
    FunctionCollector collector = new FunctionCollector();
    take(collector, "net/socket.c", "SYSCALL_DEFINE3(socket, int, a) {}\nint x(int a) {}");
    take(collector, "arch/arm64/x.c", "int x(int a) {}");
    take(collector, "include/x.h", "static inline int x(int a) {}");
    take(collector, "tools/x.c", "int x(int a) {} int y(int a) {}");
    FunctionIndex index = collector.index();

    assertThat(index.size()).isEqualTo(6);
    for (String symbol :
        List.of(
            "__x64_sys_socket",
            "__do_sys_socket",
            "__se_sys_socket.isra.0",
            "__arm64_sys_socket",
            "__pfx___x64_sys_socket",
            "sys_socket")) {
      assertThat(index.named(symbol))
          .as(symbol)
          .extracting(f -> f.name() + " " + f.place() + " " + f.macro())
          .containsExactly("sys_socket net/socket.c:1 SYSCALL_DEFINE3");
    }
    assertThat(index.named("x.constprop.0.cold")).hasSize(4);
    assertThat(index.named("x", "x86"))
        .extracting(f -> f.place().file())
        .containsExactly("net/socket.c", "include/x.h");
    assertThat(index.named("y", "x86"))
        .extracting(f -> f.place().file())
        .containsExactly("tools/x.c");
    assertThat(index.named("nothing")).isEmpty();
  }

  private static List<String> scan(String path, String text) {
    FunctionCollector collector = new FunctionCollector();
    take(collector, path, text);
    List<KernelFunction> functions = new ArrayList<>();
    collector.index().forEach(functions::add);
    functions.sort(java.util.Comparator.comparingInt(f -> f.place().line()));
    List<String> texts = new ArrayList<>();
    for (KernelFunction f : functions) {
      String macro = f.macro().isEmpty() ? "" : f.macro() + " ";
      texts.add((f.isStatic() ? "static " : "") + macro + f.name() + ":" + f.place().line());
    }
    return texts;
  }

  private static void take(FunctionCollector collector, String path, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    collector.take(path, bytes, bytes.length);
  }
}
