package trapline.linux.proc;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Finds the facts of [HostFacts].
final class HostLook {
  private static final Pattern SERIES = Pattern.compile("\\d+\\.\\d+");

  private HostLook() {}

  static HostFacts look() {
    String status = ProcFile.text("/proc/self/status");
    String users = ProcFile.field(status, "Uid:");
    String release = ProcFile.text("/proc/sys/kernel/osrelease");
    String tracefs = tracefs();
    return new HostFacts(
        release,
        ProcFile.text("/proc/sys/kernel/version"),
        machine(),
        distribution(),
        (int) ProcFile.number(users.substring(users.indexOf('\t') + 1), 10, -1),
        ProcFile.number(ProcFile.field(status, "CapEff:"), 16, 0),
        setting("/proc/sys/kernel/yama/ptrace_scope"),
        setting("/proc/sys/kernel/kptr_restrict"),
        lockdown(),
        tracefs,
        tracefs != null && new File(tracefs, "events/syscalls").list() != null,
        tracefs != null
            && (" " + ProcFile.text(tracefs + "/available_tracers") + " ")
                .contains(" function_graph "),
        setting("/proc/sys/kernel/unprivileged_bpf_disabled"),
        BpfTrial.errno(),
        Files.isReadable(Path.of("/sys/kernel/btf/vmlinux")),
        showsAddresses(),
        Files.isWritable(Path.of("/dev/kvm")),
        inPath("qemu-system-x86_64"),
        kernelSources(release));
  }

  private static int setting(String file) {
    return (int) ProcFile.number(ProcFile.text(file), 10, -1);
  }

  private static String machine() {
    String machine = ProcFile.text("/proc/sys/kernel/arch"); // since Linux 6.1
    if (!machine.isEmpty()) {
      return machine;
    }
    String java = System.getProperty("os.arch", "");
    return java.equals("amd64") ? "x86_64" : java;
  }

  private static String distribution() {
    String text = ProcFile.text("/etc/os-release");
    String name = ProcFile.field(text, "PRETTY_NAME=");
    return name.length() >= 2 && name.startsWith("\"") && name.endsWith("\"")
        ? name.substring(1, name.length() - 1)
        : name;
  }

  /// The word in brackets of `none [integrity] confidentiality`.
  private static String lockdown() {
    String text = ProcFile.text("/sys/kernel/security/lockdown");
    int open = text.indexOf('[');
    int close = text.indexOf(']', open + 1);
    return open < 0 || close < 0 ? "" : text.substring(open + 1, close);
  }

  private static @Nullable String tracefs() {
    for (String folder : new String[] {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"}) {
      if (new File(folder, "trace").exists() && Files.isReadable(Path.of(folder))) {
        return folder;
      }
    }
    return null;
  }

  /// Whether the first symbol's address is not blanked out as zero.
  private static boolean showsAddresses() {
    try (InputStream in = new FileInputStream("/proc/kallsyms")) {
      byte[] start = in.readNBytes(4096);
      for (int i = 0, column = 0; i < start.length; i++) {
        if (start[i] == '\n') {
          column = 0;
        } else if (column++ < 16 && start[i] != '0' && Character.digit(start[i], 16) > 0) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      return false;
    }
  }

  private static @Nullable String inPath(String command) {
    String path = System.getenv("PATH");
    if (path != null) {
      for (int start = 0; start <= path.length(); ) {
        int end = path.indexOf(':', start);
        if (end < 0) {
          end = path.length();
        }
        File file = new File(path.substring(start, end), command);
        if (end > start && file.canExecute()) {
          return file.getPath();
        }
        start = end + 1;
      }
    }
    return null;
  }

  /// Whether a source's name, such as `linux-source-6.12.tar.xz`, does not say another series than
  /// a release has.
  static boolean mayBeOf(String release, String name) {
    Matcher named = SERIES.matcher(name);
    Matcher running = SERIES.matcher(release);
    return !named.find() || !running.find() || named.group().equals(running.group());
  }

  private static List<String> kernelSources(String release) {
    List<String> found = new ArrayList<>();
    for (String folder : new String[] {"/usr/src", "/usr/src/kernels"}) {
      String[] names = new File(folder).list();
      if (names == null) {
        continue;
      }
      Arrays.sort(names);
      for (String name : names) {
        File file = new File(folder, name);
        boolean tree = new File(file, "kernel/sys.c").isFile();
        boolean tarball = name.startsWith("linux") && name.contains(".tar") && file.isFile();
        if ((tree || tarball) && mayBeOf(release, name)) {
          found.add(file.getPath());
        }
      }
    }
    for (String link : new String[] {"source", "build"}) {
      File file = new File("/lib/modules/" + release, link);
      if (new File(file, "kernel/sys.c").isFile()) {
        found.add(file.getPath());
      }
    }
    return found;
  }
}
