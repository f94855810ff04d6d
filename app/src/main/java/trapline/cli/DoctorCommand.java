package trapline.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import trapline.kernel.VersionMatch;
import trapline.linux.debuginfod.DebuginfodClient;
import trapline.linux.debuginfod.FetchMonitor;
import trapline.linux.files.FileErrors;
import trapline.linux.files.UserDirectories;
import trapline.linux.objects.DebugFile;
import trapline.linux.objects.LibcVersion;
import trapline.linux.objects.ObjectFile;
import trapline.linux.objects.ObjectFiles;
import trapline.linux.proc.HostFacts;
import trapline.linux.proc.Maps;
import trapline.linux.ptrace.LaunchSpec;
import trapline.linux.ptrace.Tracer;
import trapline.linux.tracefs.TracingAbility;
import trapline.linux.vm.Guest;
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
    this.spec = CommandObjects.spec(this);
    spec.addOption(
        TraplineCommand.flag("--json", "Print one JSON object per line (docs/FORMATS.md)."));
    spec.addOption(TraplineCommand.flag("--ascii", "Draw with plain characters."));
    TraplineCommand.named(
        spec, "doctor", "Reports what works on this machine, and how to get what is missing.");
    spec.usageMessage()
        .footer("The exit status is 4 when the kernel does not let Trapline trace, else 0.");
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
    items.add(tracing(host).named("ptrace"));
    items.add(compiler().named("compiler"));
    items.add(libraryDebug().named("libc-debug"));
    debuginfod().ifPresent(item -> items.add(item.named("debuginfod")));
    items.add(cache(System.getenv()).named("cache"));
    items.add(kernelSource(host).named("kernel-index"));
    items.add(kernelSymbols(host).named("kernel-symbols"));
    items.add(tracefs(host).named("tracefs"));
    items.add(seccomp(host).named("seccomp"));
    items.add(functionTracer().named("function-tracer"));
    items.add(bpf(host).named("bpf"));
    items.add(guest(host).named("guest"));
    String machine = host.distribution() + ", Linux " + host.release() + ", " + host.machine();
    Checkup checkup = new Checkup(machine, items);
    out.rendered(
        spec.commandLine().getParseResult().hasMatchedOption("--json")
            ? checkup.json()
            : checkup.render(Terminal.style(ascii, Terminal.isTerminal(1))));
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

  /// Makes nothing: the first run that keeps something does.
  static Checkup.Item cache(Map<String, String> environment) {
    String what = "keep indexes and guests' kernels from run to run (cache)";
    Optional<UserDirectories> place = UserDirectories.cache(environment);
    if (place.isEmpty()) {
      return Checkup.no(
          what,
          "neither XDG_CACHE_HOME nor HOME names a directory",
          "set XDG_CACHE_HOME to a directory of your own");
    }
    Path path = place.get().path();
    try {
      place.get().existing();
    } catch (IOException e) {
      return Checkup.no(what, FileErrors.text(e), "set XDG_CACHE_HOME to a directory of your own");
    }
    Path there = path;
    while (there.getParent() != null && !Files.exists(there)) {
      there = there.getParent();
    }
    return Files.isWritable(there)
        ? Checkup.yes(what, there.equals(path) ? path.toString() : path + ", when it is needed")
        : Checkup.no(
            what, there + " is not writable", "set XDG_CACHE_HOME to a directory of your own");
  }

  private static Checkup.Item seccomp(HostFacts host) {
    String what = "name the seccomp filter that answered a call";
    return host.hasCapability(HostFacts.CAP_SYS_ADMIN)
        ? Checkup.yes(what, "with CAP_SYS_ADMIN, which this user has")
        : Checkup.no(what, "filters can be read with CAP_SYS_ADMIN only", "run as root");
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
          Checkup.no(what, unable.why(), unable.remedy() + "; or a guest: --observe vm");
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
    String emulation =
        host.qemu()
            + ", in emulation"
            + (host.kvm() ? ": /dev/kvm is there, but cannot record what a kernel does" : "");
    return Guest.hasShell()
        ? Checkup.yes(what, emulation)
        : Checkup.no(
            what,
            emulation + ", but no statically linked busybox",
            "apt-get install busybox-static");
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
