package trapline.linux.vm;

/// What to run in a guest.
///
/// @param source how recordings are made; [Recording.Source#LOG] is a hundred times faster
public record GuestSpec(
    GuestProgram program, GuestFiles files, GuestLimits limits, Recording.Source source) {
  public static GuestSpec of(GuestProgram program, GuestFiles files) {
    return new GuestSpec(program, files, GuestLimits.USUAL, Recording.Source.LOG);
  }
}
