package trapline.why;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import trapline.bytes.Bytes;
import trapline.elf.ElfFile;
import trapline.elf.Section;
import trapline.linux.objects.ObjectFiles;
import trapline.linux.vm.GuestKernel;
import trapline.model.MalformedBinary;
import trapline.model.Unsupported;

/// What a guest's kernel would say to `uname -v`, out of its image: the text `linux_banner`
/// (`init/version-timestamp.c`), `Linux version RELEASE (builder) (compiler) #1 SMP …`.
public final class GuestVersion {
  private static final int CHUNK = 1 << 16;
  private static final int LONGEST = 1024;

  private GuestVersion() {}

  /// The build, from `#` on; empty when the image does not tell.
  public static String of(GuestKernel kernel) {
    Path image = kernel.vmlinux();
    if (image == null) {
      return "";
    }
    try {
      ElfFile elf = new ObjectFiles().open(image).elf();
      Section text = elf.section(".rodata");
      return text == null ? "" : search(elf.data(text), "Linux version " + kernel.release() + " ");
    } catch (IOException | MalformedBinary | Unsupported e) {
      return "";
    }
  }

  private static String search(Bytes bytes, String start) {
    for (int at = 0; at < bytes.size(); at += CHUNK) {
      int length = Math.min(CHUNK + LONGEST, bytes.size() - at);
      String chunk = new String(bytes.copy(at, length), StandardCharsets.ISO_8859_1);
      int found = chunk.indexOf(start);
      int build = found < 0 ? -1 : chunk.indexOf('#', found);
      if (build >= 0) {
        int end = build;
        while (end < chunk.length() && chunk.charAt(end) >= ' ') {
          end++;
        }
        return chunk.substring(build, end);
      }
    }
    return "";
  }
}
