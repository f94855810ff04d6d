package trapline.kernel.run;

/// The instructions of a recording with the registers before each.
public final class History {
  History() {}
}
