package trapline.demangle;

/// What modifies a type. In a declaration it stands between the type and the name.
enum Qualifier {
  RESTRICT(" restrict", false),
  VOLATILE(" volatile", false),
  CONST(" const", false),
  VENDOR("", false),
  POINTER("*", false),
  REFERENCE("&", false),
  RVALUE_REFERENCE("&&", false),
  COMPLEX(" _Complex", false),
  IMAGINARY(" _Imaginary", false),
  RESTRICT_THIS(" restrict", true),
  VOLATILE_THIS(" volatile", true),
  CONST_THIS(" const", true),
  REFERENCE_THIS(" &", true),
  RVALUE_REFERENCE_THIS(" &&", true),
  TRANSACTION_SAFE(" transaction_safe", true),
  NOEXCEPT(" noexcept", true),
  THROW(" throw", true);

  private final String text;
  private final boolean ofFunction;

  Qualifier(String text, boolean ofFunction) {
    this.text = text;
    this.ofFunction = ofFunction;
  }

  String text() {
    return text;
  }

  /// Whether it stands behind the parameters of a function.
  boolean isOfFunction() {
    return ofFunction;
  }

  boolean isOfType() {
    return this == RESTRICT || this == VOLATILE || this == CONST;
  }

  /// The same qualifier of the object that a member function is called for.
  Qualifier ofThis() {
    return switch (this) {
      case RESTRICT -> RESTRICT_THIS;
      case VOLATILE -> VOLATILE_THIS;
      case CONST -> CONST_THIS;
      default -> this;
    };
  }
}
