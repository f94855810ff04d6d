package trapline.why;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import trapline.bytes.Bytes;
import trapline.kernel.run.KernelSymbols;
import trapline.linux.vm.GuestKernel;
import trapline.model.MalformedBinary;

/// The symbols of a guest's kernel. Its text form takes a good part of a second to read, so what
/// was read is kept beside it in the form that takes none.
final class GuestSymbols {
  private static final String STORED = "functions";
  private static final int BUFFER = 1 << 18;

  private GuestSymbols() {}

  static KernelSymbols of(GuestKernel kernel) {
    try {
      if (kernel.directory().has(STORED)) {
        Path stored = kernel.directory().file(STORED);
        return KernelSymbols.load(Bytes.of(stored.toString(), Files.readAllBytes(stored)));
      }
    } catch (IOException | MalformedBinary e) {
      // It is written anew.
    }
    try (InputStream text = new GZIPInputStream(Files.newInputStream(kernel.symbols()), BUFFER)) {
      KernelSymbols symbols = KernelSymbols.read(text);
      keep(kernel, symbols);
      return symbols;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void keep(GuestKernel kernel, KernelSymbols symbols) {
    try {
      kernel.directory().write(STORED, symbols.write());
    } catch (IOException e) {
      return; // they are read again next time
    }
  }
}
