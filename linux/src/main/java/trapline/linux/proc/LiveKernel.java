package trapline.linux.proc;

import java.io.ByteArrayInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.kernel.Kallsyms;
import trapline.kernel.KernelConfig;
import trapline.kernel.RunningKernel;
import trapline.kernel.TracepointFormat;
import trapline.model.MalformedBinary;

/// The kernel that runs this machine, read from `/proc` and tracefs when it is asked.
public final class LiveKernel implements RunningKernel {
  private static final int LARGEST_LIST = 64 << 20;
  private static final int LARGEST_FILE = 4 << 20;
  private static final List<String> TRACEFS =
      List.of("/sys/kernel/tracing", "/sys/kernel/debug/tracing");

  private final @Nullable CompletableFuture<byte[]> symbols;
  private @Nullable KernelConfig config;

  /// Begins to read the kernel's symbols in the background: the list is long, and they are needed
  /// only when the first call has come.
  public LiveKernel() {
    this(new CompletableFuture<>());
  }

  private LiveKernel(@Nullable CompletableFuture<byte[]> symbols) {
    this.symbols = symbols;
    if (symbols != null) {
      Thread reader = new Thread(() -> readSymbols(symbols), "kallsyms");
      reader.setDaemon(true);
      reader.start();
    }
  }

  /// Reads the symbols anew whenever they are asked for, and only as far as is needed: for who asks
  /// once, for few.
  public static LiveKernel whenAsked() {
    return new LiveKernel(null);
  }

  private static void readSymbols(CompletableFuture<byte[]> symbols) {
    try {
      symbols.complete(read(Path.of("/proc/kallsyms"), LARGEST_LIST));
    } catch (IOException e) {
      symbols.completeExceptionally(e);
    }
  }

  @Override
  public String release() {
    return line("/proc/sys/kernel/osrelease");
  }

  @Override
  public String version() {
    return line("/proc/sys/kernel/version");
  }

  @Override
  public Kallsyms symbols(Set<String> names) {
    CompletableFuture<byte[]> all = symbols;
    try (InputStream list =
        all == null
            ? new FileInputStream("/proc/kallsyms")
            : new ByteArrayInputStream(all.join())) {
      return Kallsyms.search(list, names);
    } catch (IOException | java.util.concurrent.CompletionException e) {
      return Kallsyms.unavailable("/proc/kallsyms cannot be read");
    }
  }

  @Override
  public Optional<TracepointFormat> tracepoint(String name) {
    if (name.indexOf('/') >= 0 || name.startsWith(".")) {
      return Optional.empty();
    }
    for (String mount : TRACEFS) {
      Path file = Path.of(mount, "events", "syscalls", name, "format");
      if (Files.isReadable(file)) {
        return format(file);
      }
    }
    return Optional.empty();
  }

  private static Optional<TracepointFormat> format(Path file) {
    try {
      return Optional.of(
          TracepointFormat.parse(Bytes.of(file.toString(), read(file, LARGEST_FILE))));
    } catch (IOException | MalformedBinary e) {
      return Optional.empty();
    }
  }

  @Override
  public KernelConfig config() {
    KernelConfig known = config;
    if (known == null) {
      known = readConfig();
      config = known;
    }
    return known;
  }

  private KernelConfig readConfig() {
    try (InputStream packed = Files.newInputStream(Path.of("/proc/config.gz"));
        InputStream text = new GZIPInputStream(packed)) {
      return KernelConfig.parse(Bytes.of("/proc/config.gz", text.readNBytes(LARGEST_FILE)));
    } catch (IOException | MalformedBinary e) {
      return installedConfig();
    }
  }

  private KernelConfig installedConfig() {
    Path file = Path.of("/boot/config-" + release());
    try {
      return KernelConfig.parse(Bytes.of(file.toString(), read(file, LARGEST_FILE)));
    } catch (IOException | MalformedBinary e) {
      return KernelConfig.unknown();
    }
  }

  private static String line(String file) {
    try {
      return new String(read(Path.of(file), LARGEST_FILE), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      return "";
    }
  }

  private static byte[] read(Path file, int limit) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(limit);
    }
  }
}
