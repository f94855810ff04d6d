package trapline.kernel.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import trapline.bytes.Bytes;
import trapline.model.MalformedBinary;

@Tag("unit")
class KernelSymbolsTest {
  private static KernelSymbols read(String text) throws IOException {
    return KernelSymbols.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)));
  }

  private static final String LIST =
      """
      0000000000000000 A fixed_percpu_data
      ffffffff81000000 T _stext
      ffffffff81000000 T _text
      ffffffff81000100 T __pfx_first
      ffffffff81000110 T first
      ffffffff81000200 t __do_sys_fork
      ffffffff81000200 T __ia32_sys_fork
      ffffffff81000200 T __x64_sys_fork
      ffffffff81000300 T __memset
      ffffffff81000300 T memset
      ffffffff81000400 t __irqentry_text_start
      ffffffff81000400 t irq_entries
      ffffffff81000500 W __x64_sys_uselib
      ffffffff81000600 t split.isra.0
      ffffffff81000700 t split.isra.0.cold
      ffffffff81000800 d data
      ffffffffc0000000 t module_function [ext4]
      ffffffff81000680 t out_of_place
      """;

  @Test
  void oneNameForEachAddress() throws IOException {
    KernelSymbols symbols = read(LIST);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < symbols.size(); i++) {
      names.add(symbols.symbol(i));
    }
    assertThat(names)
        .containsExactly(
            "_stext",
            "first",
            "__x64_sys_fork",
            "memset",
            "irq_entries",
            "__x64_sys_uselib",
            "split.isra.0",
            "out_of_place",
            "split.isra.0.cold",
            "module_function");
  }

  @Test
  void addressesToFunctions() throws IOException {
    KernelSymbols symbols = read(LIST);
    assertThat(symbols.at(0xffffffff80ffffffL)).isEqualTo(KernelSymbols.NONE);
    assertThat(symbols.name(symbols.at(0xffffffff81000111L))).isEqualTo("first");
    int split = symbols.at(0xffffffff8100067fL);
    assertThat(symbols.name(split)).isEqualTo("split");
    assertThat(symbols.end(split)).isEqualTo(0xffffffff81000680L);
    int cold = symbols.at(0xffffffff81000700L);
    assertThat(symbols.isCold(cold)).isTrue();
    assertThat(symbols.isCold(split)).isFalse();
    assertThat(symbols.isColdPartOf(cold, split)).isTrue();
    assertThat(symbols.isColdPartOf(cold, symbols.at(0xffffffff81000110L))).isFalse();
    assertThat(symbols.isWeak(symbols.named("__x64_sys_uselib"))).isTrue();
    assertThat(symbols.address("memset")).isEqualTo(0xffffffff81000300L);
    assertThat(symbols.address("nosuch")).isZero();
    // Far behind the last function there is other code.
    assertThat(symbols.at(0xffffffffc0200000L)).isEqualTo(KernelSymbols.NONE);
  }

  @Test
  void hiddenAddressesAreNoSymbols() throws IOException {
    assertThat(read("0000000000000000 T first\n0000000000000000 T second\n").size()).isZero();
  }

  @Test
  void realSymbolsByLookingAtAll() {
    KernelSymbols symbols = Recorded.symbols();
    TreeMap<Long, Integer> starts = new TreeMap<>();
    for (int i = 0; i < symbols.size(); i++) {
      starts.put(symbols.start(i), i);
    }
    for (Map.Entry<Long, Integer> each : starts.entrySet()) {
      assertThat(symbols.at(each.getKey())).isEqualTo(each.getValue());
      assertThat(symbols.at(each.getKey() + 1)).isEqualTo(each.getValue());
    }
    assertThat(symbols.symbol(symbols.at(0xffffffff819f24a5L))).isEqualTo("__x64_sys_bind");
  }

  @Test
  void storedAndLoaded() {
    KernelSymbols symbols = Recorded.symbols();
    KernelSymbols loaded = KernelSymbols.load(Bytes.of("stored", symbols.write()));
    assertThat(loaded.size()).isEqualTo(symbols.size());
    for (int i = 0; i < symbols.size(); i++) {
      assertThat(loaded.symbol(i)).isEqualTo(symbols.symbol(i));
      assertThat(loaded.start(i)).isEqualTo(symbols.start(i));
      assertThat(loaded.isWeak(i)).isEqualTo(symbols.isWeak(i));
    }
  }

  @Test
  void damagedStoresAreRefused() throws IOException {
    byte[] stored = read(LIST).write();
    for (int i = 0; i < stored.length; i++) {
      byte[] damaged = stored.clone();
      damaged[i] ^= 0x41;
      assertThatThrownBy(() -> KernelSymbols.load(Bytes.of("stored", damaged)))
          .isInstanceOf(MalformedBinary.class);
    }
  }
}
