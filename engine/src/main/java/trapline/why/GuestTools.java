package trapline.why;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import trapline.elf.ElfFile;
import trapline.elf.Section;
import trapline.kernel.run.Btf;
import trapline.kernel.run.CallTree;
import trapline.kernel.run.CallTreeBuilder;
import trapline.kernel.run.ErrorSearch;
import trapline.kernel.run.ExecutionLog;
import trapline.kernel.run.KernelCode;
import trapline.kernel.run.KernelSymbols;
import trapline.kernel.run.ReturnTypes;
import trapline.linux.objects.ObjectFiles;
import trapline.linux.vm.GuestKernel;
import trapline.linux.vm.GuestText;
import trapline.linux.vm.Recording;
import trapline.model.ErrorOrigin;
import trapline.model.KernelRun;
import trapline.model.MalformedBinary;
import trapline.model.Place;
import trapline.model.RanFunction;
import trapline.model.Unsupported;

/// Reads what a guest kernel's recordings say, with that kernel's symbols, types and code.
final class GuestTools {
  private static final int BUFFER = 1 << 18;

  private final GuestKernel kernel;
  private final Function<String, List<Place>> places;
  private final KernelSymbols symbols;
  private ReturnTypes types = ReturnTypes.NONE;
  private KernelCode code = KernelCode.NONE;

  /// @param places where the source defines a function
  GuestTools(GuestKernel kernel, Function<String, List<Place>> places) {
    this.kernel = kernel;
    this.places = places;
    this.symbols = GuestSymbols.of(kernel);
    Path vmlinux = kernel.vmlinux();
    if (vmlinux != null) {
      readImage(vmlinux);
    }
  }

  private void readImage(Path vmlinux) {
    try {
      ElfFile image = new ObjectFiles().open(vmlinux).elf();
      code = KernelCode.of(image, 0).under(GuestText.of(kernel, image)::read);
      Section btf = image.section(".BTF");
      if (btf != null) {
        types = Btf.of(image.data(btf));
      }
    } catch (IOException | MalformedBinary | Unsupported e) {
      return; // without types and code less is said, and nothing wrong
    }
  }

  /// What ran.
  CallTree tree(Recording recording) {
    CallTreeBuilder builder = new CallTreeBuilder(symbols);
    try (FileChannel file = FileChannel.open(recording.file(), StandardOpenOption.READ)) {
      file.position(recording.start());
      InputStream log =
          new BufferedInputStream(
              new Part(Channels.newInputStream(file), recording.end() - recording.start()), BUFFER);
      ExecutionLog.read(log, builder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return builder.finish();
  }

  /// The same as a fact.
  ///
  /// @param origin who said the call's error first; `null` when that was not searched for
  KernelRun run(
      CallTree tree, Recording recording, String difference, @Nullable ErrorOrigin origin) {
    RanFunction root = tree.toModel(types, places);
    List<String> notes = new ArrayList<>(tree.notes());
    if (!recording.note().isEmpty()) {
      notes.add(recording.note());
    }
    if (origin == null ? InMemory.holds(root) : InMemory.isOn(origin.road())) {
      notes.add(InMemory.NOTE);
    }
    return new KernelRun(
        kernel.release(),
        KernelRun.Where.GUEST_EMULATED,
        KernelRun.Unit.INSTRUCTIONS,
        root,
        recording.result().orElse(0),
        difference,
        String.join(" ", notes));
  }

  /// Who said an error first.
  ///
  /// @param errno positive; 512 to 516 for a restart
  ErrorOrigin origin(CallTree tree, int errno) {
    return new ErrorSearch(types, symbols, code, places).search(tree, errno);
  }

  /// The first bytes of a stream.
  private static final class Part extends InputStream {
    private final InputStream whole;
    private long left;

    Part(InputStream whole, long length) {
      this.whole = whole;
      this.left = length;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 1 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (left <= 0) {
        return -1;
      }
      int got = whole.read(into, offset, (int) Math.min(left, length));
      left -= Math.max(got, 0);
      return got;
    }
  }
}
