package trapline.follow;

import java.util.List;
import trapline.model.ArgValue;
import trapline.model.Argument;
import trapline.model.Hop;
import trapline.model.HopKind;
import trapline.model.Journey;
import trapline.model.Outcome;

/// What failures of the same place have in common: the call, its error, where it was made and what
/// it was passed. Addresses in memory are left out, which differ from process to process, and the
/// numbers of sockets and pipes, which differ each time that one is made. So are those of
/// descriptors that are not open, where that is the error: programs close all that there may be.
final class FailurePlace {
  private static final int MOST_NESTED = 64;

  private FailurePlace() {}

  static String of(Journey journey) {
    StringBuilder place = new StringBuilder(journey.name()).append(' ').append(journey.outcome());
    if (journey.hop(HopKind.SOURCE_LINE) instanceof Hop.SourceLine line) {
      place.append(line.frame().module()).append(line.frame().moduleOffset());
    }
    boolean notOpen =
        journey.outcome() instanceof Outcome.Failed failed && failed.errno().name().equals("EBADF");
    for (Argument argument : journey.arguments()) {
      place.append(' ');
      if (notOpen
          && argument.value() instanceof ArgValue.Descriptor descriptor
          && descriptor.target().isEmpty()
          && descriptor.fd() >= 0) {
        place.append("fd");
      } else {
        append(place, argument.value(), 0);
      }
    }
    return place.toString();
  }

  private static void append(StringBuilder place, ArgValue value, int depth) {
    if (depth > MOST_NESTED) {
      return;
    }
    switch (value) {
      case ArgValue.Pointer pointer -> place.append(pointer.address() == 0 ? "NULL" : "&");
      case ArgValue.Descriptor descriptor -> place.append(descriptor(descriptor));
      case ArgValue.Unreadable unreadable -> place.append('&').append(unreadable.reason());
      case ArgValue.Struct struct -> {
        place.append('{');
        for (ArgValue.Field field : struct.fields()) {
          place.append(field.name()).append('=');
          append(place, field.value(), depth + 1);
          place.append(',');
        }
        place.append('}');
      }
      case ArgValue.Array array -> list(place, array.elements(), depth + 1);
      case ArgValue.Changed changed ->
          list(place, List.of(changed.before(), changed.after()), depth + 1);
      default -> place.append(value.text());
    }
  }

  private static String descriptor(ArgValue.Descriptor descriptor) {
    String target = descriptor.target();
    int number = target.startsWith("/") ? -1 : target.indexOf(":[");
    return descriptor.fd() + "<" + (number < 0 ? target : target.substring(0, number));
  }

  private static void list(StringBuilder place, List<ArgValue> values, int depth) {
    place.append('[');
    for (ArgValue each : values) {
      append(place, each, depth);
      place.append(',');
    }
    place.append(']');
  }
}
