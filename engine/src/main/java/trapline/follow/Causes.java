package trapline.follow;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import trapline.linux.cause.FailedCall;
import trapline.linux.cause.LocalCauses;
import trapline.linux.cause.NamedPath;
import trapline.model.Journey;
import trapline.model.LocalCause;
import trapline.model.Outcome;
import trapline.model.RemoteMemory;

/// Looks up what on this machine made a call fail, while its thread is stopped at the call's end:
/// later it may no longer be visible.
final class Causes {
  private Causes() {}

  /// @param texts the paths that the call names, as they were before it
  /// @param memory what its arguments pointed to before it
  static List<LocalCause> of(Journey journey, List<String> texts, RemoteMemory memory) {
    if (!(journey.outcome() instanceof Outcome.Failed failed)) {
      return List.of();
    }
    List<Long> arguments = new ArrayList<>(Collections.nCopies(PathArguments.REGISTERS, 0L));
    for (int i = 0; i < journey.arguments().size() && i < arguments.size(); i++) {
      arguments.set(i, journey.arguments().get(i).raw());
    }
    List<NamedPath> paths = new ArrayList<>();
    for (PathArguments.Named each : PathArguments.of(journey.id(), texts)) {
      int folder = each.argument().folder();
      paths.add(
          new NamedPath(
              each.text(),
              folder < 0 ? NamedPath.WORKING_DIRECTORY : arguments.get(folder).intValue()));
    }
    return LocalCauses.of(
        new FailedCall(
            journey.id(),
            journey.name(),
            failed.errno().name(),
            journey.processId(),
            journey.threadId(),
            journey.arguments(),
            paths,
            memory));
  }
}
