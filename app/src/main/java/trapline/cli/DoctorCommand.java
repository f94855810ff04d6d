package trapline.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import trapline.kernel.VersionMatch;
import trapline.linux.debuginfod.DebuginfodClient;
import trapline.linux.debuginfod.FetchMonitor;
import trapline.linux.files.FileErrors;
import trapline.linux.objects.DebugFile;
import trapline.linux.objects.LibcVersion;
import trapline.linux.objects.ObjectFile;
import trapline.linux.objects.ObjectFiles;
import trapline.linux.proc.HostFacts;
import trapline.linux.proc.Maps;
import trapline.linux.ptrace.LaunchSpec;
import trapline.linux.ptrace.Tracer;
import trapline.linux.tracefs.TracingAbility;
import trapline.model.KernelRefused;
import trapline.model.MalformedBinary;
import trapline.model.Unsupported;
import trapline.report.Checkup;
import trapline.run.KernelChoice;

/// `trapline doctor`: what this machine can give, each with its remedy.
final class DoctorCommand implements Callable<Integer> {
  private final TraplineCommand root;
  private final CommandSpec spec;

  DoctorCommand(TraplineCommand root) {
    this.root = root;
    this.spec = CommandSpec.wrapWithoutInspection(this);
    spec.addOption(TraplineCommand.flag("--ascii", "Draw with plain characters."));
    TraplineCommand.named(
        spec, "doctor", "Reports what works on this machine, and how to get what is missing.");
  }

  CommandSpec spec() {
    return spec;
  }

  @Override
  public Integer call() {
    boolean ascii = spec.commandLine().getParseResult().hasMatchedOption("--ascii");
    Output out = root.out();
    HostFacts host = HostFacts.look();
    List<Checkup.Item> items = new ArrayList<>();
    items.add(tracing(host));
    items.add(compiler());
    items.add(libraryDebug());
    debuginfod().ifPresent(items::add);
    items.add(kernelSource(host));
    items.add(kernelSymbols(host));
    items.add(tracefs(host));
    items.add(functionTracer());
    items.add(bpf(host));
    items.add(guest(host));
    String machine = host.distribution() + ", Linux " + host.release() + ", " + host.machine();
    out.rendered(new Checkup(machine, items).render(Terminal.style(ascii, Terminal.isTerminal(1))));
    out.deliver();
    return items.getFirst().state() == Checkup.State.NO ? ExitStatus.REFUSED : ExitStatus.DONE;
  }

  /// Tries it: what the settings say and what the kernel does may differ in a container.
  private static Checkup.Item tracing(HostFacts host) {
    String what = "trace programs that Trapline starts (ptrace)";
    try (Tracer tracer = Tracer.launch(LaunchSpec.of(Path.of("/bin/true"), List.of("/bin/true")))) {
      tracer.next();
    } catch (KernelRefused e) {
      return Checkup.no(
          what,
          String.valueOf(e.getMessage()),
          host.ptraceScope() == 3
              ? "sysctl kernel.yama.ptrace_scope is 3; it can be lowered only by a reboot"
              : "in a container: run it with --cap-add=SYS_PTRACE");
    }
    boolean anyProcess = host.ptraceScope() <= 0 || host.hasCapability(HostFacts.CAP_SYS_PTRACE);
    return anyProcess
        ? Checkup.yes(what + ", and running ones (-p)", "tried")
        : Checkup.part(
            what,
            "tried; running processes may be refused: kernel.yama.ptrace_scope is "
                + host.ptraceScope(),
            "sudo sysctl kernel.yama.ptrace_scope=0, or run as root");
  }

  private static Checkup.Item compiler() {
    String found = inPath("cc");
    return found.isEmpty()
        ? Checkup.no("compile .c programs", "no cc in PATH", "apt-get install gcc")
        : Checkup.yes("compile .c programs", found);
  }

  /// Looks at the C library that this process itself runs on.
  private static Checkup.Item libraryDebug() {
    String what = "the C library's own lines and variables";
    int self = (int) ProcessHandle.current().pid();
    ObjectFiles objects = new ObjectFiles();
    for (Maps.Mapping mapping : Maps.of(self).mappings()) {
      String name = mapping.path().substring(mapping.path().lastIndexOf('/') + 1);
      if (mapping.isExecutable() && (name.startsWith("libc.so") || name.startsWith("ld-musl"))) {
        try {
          ObjectFile file = objects.open(self, mapping);
          String version = LibcVersion.of(file.elf());
          return switch (objects.debugFile(file)) {
            case DebugFile.Found found ->
                Checkup.yes(what, version + ": debug information in " + found.path());
            case DebugFile.Missing missing ->
                Checkup.no(what, version + ": " + missing.why(), missing.remedy());
          };
        } catch (IOException | MalformedBinary | Unsupported e) {
          return Checkup.no(what, mapping.path() + ": " + FileErrors.text(e), "");
        }
      }
    }
    return Checkup.no(what, "no C library was found", "");
  }

  /// Only for those who use it.
  private static Optional<Checkup.Item> debuginfod() {
    DebuginfodClient client = DebuginfodClient.of(System.getenv(), FetchMonitor.SILENT);
    if (client.servers().isEmpty()) {
      return Optional.empty();
    }
    String what = "debug information from debuginfod servers";
    String servers = String.join(", ", client.servers());
    return Optional.of(
        client.cacheDirectory() == null
            ? Checkup.no(what, servers + ": no cache", "set HOME or DEBUGINFOD_CACHE_PATH")
            : Checkup.yes(
                what, servers + ", kept in " + client.cacheDirectory() + "; not asked now"));
  }

  private Checkup.Item kernelSource(HostFacts host) {
    String what = "the kernel's side of a call";
    KernelChoice choice = KernelChoice.of(new TerminalNotices(root.err()));
    VersionMatch match = choice.best(host.release(), host.version());
    String have = match.sentence() + "; indexed: " + String.join(", ", choice.releases());
    if (match.exact()) {
      return Checkup.yes(what, have);
    }
    String found = String.join(", ", host.kernelSources());
    return Checkup.part(
        what,
        have,
        found.isEmpty()
            ? "the running kernel's source: apt-get install linux-source, then trapline index"
            : "a source that may be the running kernel's: trapline index " + found);
  }

  private static Checkup.Item kernelSymbols(HostFacts host) {
    String what = "addresses of kernel functions (/proc/kallsyms)";
    return host.kernelSymbols()
        ? Checkup.yes(what, "shown")
        : Checkup.no(
            what,
            "hidden: kernel.kptr_restrict is " + host.kptrRestrict(),
            "run as root, or sudo sysctl kernel.kptr_restrict=0");
  }

  private static Checkup.Item tracefs(HostFacts host) {
    String what = "types of system calls from the running kernel (tracefs)";
    if (host.tracefs() == null) {
      return Checkup.no(
          what,
          "tracefs is not mounted or not readable",
          "as root: mount -t tracefs t /sys/kernel/tracing");
    }
    return host.syscallEvents()
        ? Checkup.yes(what, host.tracefs() + "/events/syscalls")
        : Checkup.no(what, host.tracefs() + " has no events/syscalls for this user", "run as root");
  }

  /// Tries it, for what the kernel lists and what it allows may differ.
  private static Checkup.Item functionTracer() {
    String what = "kernel functions that ran, live (function tracer)";
    return switch (TracingAbility.look()) {
      case TracingAbility.Unable unable ->
          Checkup.no(what, unable.why(), unable.remedy() + "; or a guest: --kernel vm");
      case TracingAbility.Able able ->
          able.values() == TracingAbility.Values.TRACER
              ? Checkup.yes(what, "function_graph in an instance of its own, with return values")
              : Checkup.part(
                  what,
                  "function_graph in an instance of its own, without return values"
                      + (able.values() == TracingAbility.Values.NONE
                          ? ""
                          : "; return probes give them, in a second run of the program"),
                  "a kernel with CONFIG_FUNCTION_GRAPH_RETVAL");
    };
  }

  private static Checkup.Item bpf(HostFacts host) {
    String what = "tracing at low cost (BPF)";
    if (host.bpfErrno() == 0) {
      return Checkup.yes(what, "bpf(2) works" + (host.btf() ? ", and the kernel has BTF" : ""));
    }
    return Checkup.no(
        what,
        "bpf(2) refuses: errno " + host.bpfErrno(),
        "run as root, or with CAP_BPF and CAP_PERFMON");
  }

  private static Checkup.Item guest(HostFacts host) {
    String what = "a guest kernel (QEMU)";
    if (host.qemu() == null) {
      return Checkup.no(what, "no qemu-system-x86_64 in PATH", "apt-get install qemu-system-x86");
    }
    return Checkup.yes(
        what,
        host.qemu()
            + ", in emulation"
            + (host.kvm() ? ": /dev/kvm is there, but cannot record what a kernel does" : ""));
  }

  private static String inPath(String name) {
    for (String directory : Objects.requireNonNullElse(System.getenv("PATH"), "").split(":")) {
      Path file = Path.of(directory.isEmpty() ? "." : directory, name);
      if (Files.isExecutable(file)) {
        return file.toString();
      }
    }
    return "";
  }
}
