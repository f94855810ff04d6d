package trapline.follow;

import trapline.decode.DecodeContext;
import trapline.decode.DescriptorNames;
import trapline.decode.Limits;
import trapline.journey.Image;
import trapline.journey.JourneyBuilder.Caller;
import trapline.linux.proc.Descriptors;
import trapline.linux.proc.ProcessFacts;
import trapline.model.RemoteMemory;

/// What the decoding of a stopped thread's call needs: who it is, its memory and descriptors.
final class ThreadView {
  private final Limits limits;

  ThreadView(Limits limits) {
    this.limits = limits;
  }

  Caller caller(int thread, TracedProcess process) {
    return new Caller(
        process.processId(),
        thread,
        name(ProcessFacts.command(thread), process),
        process.startedProgram());
  }

  /// The thread's name, but the program's where it has none but that of a dynamic linker that was
  /// run with the program.
  private static String name(String command, TracedProcess process) {
    if (Image.roleOf(command, "") == Image.Role.PROGRAM) {
      return command;
    }
    String program = process.loadedName();
    return program.isEmpty() ? command : program;
  }

  DecodeContext context(RemoteMemory memory, int thread) {
    Descriptors descriptors = new Descriptors(thread);
    DescriptorNames names =
        fd -> {
          if (fd == DescriptorNames.WORKING_DIRECTORY) {
            return ProcessFacts.directory(thread);
          }
          String target = descriptors.describe(fd);
          return target == null ? "" : target;
        };
    return new DecodeContext(memory, names, limits);
  }
}
