package trapline.model;

/// Something that Trapline does not do here, with what it would need.
public final class Unsupported extends RuntimeException {
  private final String feature;
  private final String needs;
  private final String remedy;

  /// @param feature what was asked for
  /// @param needs what that would need
  /// @param remedy what the user can do
  public Unsupported(String feature, String needs, String remedy) {
    super(feature + " needs " + needs + ": " + remedy);
    this.feature = feature;
    this.needs = needs;
    this.remedy = remedy;
  }

  public String feature() {
    return feature;
  }

  public String needs() {
    return needs;
  }

  public String remedy() {
    return remedy;
  }
}
