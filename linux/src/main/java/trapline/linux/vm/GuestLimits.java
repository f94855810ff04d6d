package trapline.linux.vm;

import java.time.Duration;

/// When a guest is given up.
///
/// @param total for everything from the start of QEMU to its end
/// @param silence how long the program may run without a system call, or wait in one
/// @param recording how many bytes one recording may have; one call's instruction takes about 1200
public record GuestLimits(Duration total, Duration silence, long recording) {
  public static final GuestLimits USUAL =
      new GuestLimits(Duration.ofMinutes(5), Duration.ofSeconds(20), 512L << 20);
}
