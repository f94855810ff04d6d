package trapline.kernel.source;

/// What the caller knows of a source, and wants of its index.
///
/// @param packageVersion the distribution's version of its package, such as `6.12.117-1~deb12u1`;
///     empty when not known
/// @param sha256 of the tarball, in hexadecimal; empty when not known
/// @param functions whether every function is indexed, too
public record IndexOptions(String packageVersion, String sha256, boolean functions) {
  /// Nothing is known, and only system calls are wanted.
  public static final IndexOptions NONE = new IndexOptions("", "", false);
}
