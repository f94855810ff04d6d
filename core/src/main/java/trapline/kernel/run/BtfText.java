package trapline.kernel.run;

/// Types of [Btf] as C text.
final class BtfText {
  /// How deep types may be nested; beyond that the text says `…`.
  static final int MAX_DEPTH = 16;

  private static final int MAX_PARAMETERS = 32;

  private final Btf btf;

  BtfText(Btf btf) {
    this.btf = btf;
  }

  String of(int type) {
    return of(type, "", 0);
  }

  /// The text of a declaration.
  ///
  /// @param inner what is declared to have the type: stars, brackets
  private String of(int type, String inner, int depth) {
    if (depth >= MAX_DEPTH) {
      return "…";
    }
    int kind = btf.kindOf(type);
    int target = btf.target(type);
    return switch (kind) {
      case Btf.PTR -> pointer(target, inner, depth);
      case Btf.CONST -> qualified("const", target, inner, depth);
      case Btf.VOLATILE -> qualified("volatile", target, inner, depth);
      case Btf.RESTRICT -> qualified("restrict", target, inner, depth);
      case Btf.TYPE_TAG -> of(target, inner, depth + 1);
      case Btf.ARRAY ->
          of(
              btf.extra(type, 0),
              inner + "[" + Integer.toUnsignedString(btf.extra(type, 2)) + "]",
              depth + 1);
      case Btf.FUNC_PROTO -> of(target, inner + parameters(type, depth), depth + 1);
      default -> joined(base(type, kind), inner);
    };
  }

  private String base(int type, int kind) {
    String name = btf.name(type);
    return switch (kind) {
      case 0 -> "void";
      case Btf.STRUCT -> tagged("struct", name);
      case Btf.UNION -> tagged("union", name);
      case Btf.ENUM, Btf.ENUM64 -> tagged("enum", name);
      case Btf.FWD -> tagged(btf.flag(type) ? "union" : "struct", name);
      default -> name;
    };
  }

  private static String tagged(String keyword, String name) {
    return name.isEmpty() ? keyword + " {…}" : keyword + " " + name;
  }

  private static String joined(String base, String inner) {
    return inner.isEmpty() ? base : inner.startsWith("[") ? base + inner : base + " " + inner;
  }

  private String pointer(int target, String inner, int depth) {
    String star = "*" + inner;
    int kind = btf.kindOf(target);
    boolean needsParentheses = kind == Btf.FUNC_PROTO || kind == Btf.ARRAY;
    return of(target, needsParentheses ? "(" + star + ")" : star, depth + 1);
  }

  /// A qualifier stands before a plain type, and behind the star of a pointer.
  private String qualified(String word, int target, String inner, int depth) {
    if (btf.kindOf(target) == Btf.PTR) {
      String star = inner.isEmpty() ? word : word + " " + inner;
      int pointed = btf.target(target);
      int kind = btf.kindOf(pointed);
      boolean needsParentheses = kind == Btf.FUNC_PROTO || kind == Btf.ARRAY;
      return of(pointed, needsParentheses ? "(*" + star + ")" : "*" + star, depth + 1);
    }
    return word + " " + of(target, inner, depth + 1);
  }

  private String parameters(int prototype, int depth) {
    int count = btf.members(prototype);
    if (count == 0) {
      return "(void)";
    }
    StringBuilder text = new StringBuilder("(");
    for (int i = 0; i < count; i++) {
      if (i == MAX_PARAMETERS || text.length() > 500) {
        text.append(i == 0 ? "…" : ", …");
        break;
      }
      int type = btf.extra(prototype, i * 2 + 1);
      text.append(i == 0 ? "" : ", ");
      // The last one without a type stands for any number of further ones.
      text.append(type == 0 && i == count - 1 ? "..." : of(type, "", depth + 4));
    }
    return text.append(')').toString();
  }
}
