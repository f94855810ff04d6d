package trapline.follow;

import trapline.decode.DecodeContext;
import trapline.decode.DescriptorNames;
import trapline.decode.Limits;
import trapline.journey.JourneyBuilder.Caller;
import trapline.linux.proc.Descriptors;
import trapline.linux.proc.ProcessFacts;
import trapline.linux.ptrace.Tracer;
import trapline.model.RemoteMemory;

/// What the decoding of a stopped thread's call needs: who it is, its memory and descriptors.
final class ThreadView {
  private final Tracer tracer;
  private final Limits limits;

  ThreadView(Tracer tracer, Limits limits) {
    this.tracer = tracer;
    this.limits = limits;
  }

  Caller caller(int thread) {
    ProcessFacts facts = ProcessFacts.of(thread);
    return new Caller(tracer.processOf(thread), thread, facts == null ? "" : facts.command());
  }

  DecodeContext context(RemoteMemory memory, int thread) {
    Descriptors descriptors = new Descriptors(thread);
    DescriptorNames names =
        fd -> {
          if (fd == DescriptorNames.WORKING_DIRECTORY) {
            ProcessFacts facts = ProcessFacts.of(thread);
            String directory = facts == null ? null : facts.directory();
            return directory == null ? "" : directory;
          }
          String target = descriptors.describe(fd);
          return target == null ? "" : target;
        };
    return new DecodeContext(memory, names, limits);
  }
}
