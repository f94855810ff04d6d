import java.util.List;
import trapline.Trapline;
import trapline.model.Hop;

/// Follows the first `openat` of a program, and says what each stage of its journey is.
class FollowProgram {
  public static void main(String[] args) {
    Trapline.follow(args[0], List.of(args).subList(1, args.length).toArray(String[]::new))
        .calls("openat")
        .run(
            journey -> {
              System.out.println(journey.name());
              for (Hop hop : journey.hops()) {
                System.out.println("  " + hop.kind());
              }
            });
  }
}
