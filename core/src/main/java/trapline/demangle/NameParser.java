package trapline.demangle;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads `<encoding>`, `<name>` and what belongs to them (Itanium C++ ABI, 5.1.2 and 5.1.3).
final class NameParser {
  /// How GCC's name of an unnamed namespace begins; in front of the `N` stands one of `.`, `_`,
  // `$`.
  private static final String UNNAMED_NAMESPACE = "_GLOBAL_";

  private static final int NOT_DEFAULT_ARGUMENT = -1;

  private final CxxParser parser;
  private final Scanner in;

  NameParser(CxxParser parser) {
    this.parser = parser;
    this.in = parser.in;
  }

  /// The name of a function with its type, of an object, or of something that the compiler made.
  Node encoding() {
    parser.budget.enter();
    char first = in.peek();
    Node result;
    if (first == 'G' || first == 'T') {
      result = special();
    } else {
      Node name = name();
      char next = in.peek();
      result =
          next == 0 || next == 'E'
              ? name
              : new Node.Typed(name, parser.types.bareFunction(hasReturnType(name)));
    }
    parser.budget.leave();
    return result;
  }

  /// Functions made from templates have their return type in the name, except those that have none.
  private static boolean hasReturnType(Node name) {
    Node of = name;
    while (true) {
      if (of instanceof Node.Local local) {
        of = local.name();
      } else if (of instanceof Node.Modified modified
          && modified.qualifier().isOfFunction()
          && modified.inner() != null) {
        of = modified.inner();
      } else {
        return of instanceof Node.Template template && !isWithoutResult(template.name());
      }
    }
  }

  private static boolean isWithoutResult(Node name) {
    Node of = name;
    while (true) {
      switch (of) {
        case Node.Qualified qualified -> of = qualified.name();
        case Node.Local local -> of = local.name();
        case Node.Constructor _, Node.Destructor _, Node.Conversion _ -> {
          return true;
        }
        default -> {
          return false;
        }
      }
    }
  }

  Node name() {
    parser.budget.enter();
    Node result =
        switch (in.peek()) {
          case 'N' -> nested();
          case 'Z' -> local();
          case 'U' -> unqualified(null, null);
          case 'S' -> abbreviated();
          default -> withArguments(unqualified(null, null), false);
        };
    parser.budget.leave();
    return result;
  }

  private Node abbreviated() {
    Node scope = in.accept("St") ? new Node.Name("std") : null;
    Node.Module module = null;
    if (in.peek() == 'S') {
      Node found = substitution(false);
      if (found instanceof Node.Module known) {
        module = known;
      } else if (scope != null) {
        throw NotMangled.INSTANCE;
      } else {
        return withArguments(found, true);
      }
    }
    return withArguments(unqualified(scope, module), false);
  }

  private Node withArguments(Node name, boolean known) {
    if (in.peek() != 'I') {
      return name;
    }
    if (!known) {
      parser.substitutions.add(name);
    }
    return new Node.Template(name, templateArguments());
  }

  /// `N … E`. What qualifies the function's `this` stands in front, but is written behind.
  private Node nested() {
    in.expect('N');
    List<Qualifier> qualifiers = new ArrayList<>();
    while (true) {
      Qualifier qualifier = TypeParser.qualifier(in.peek());
      if (qualifier == null) {
        break;
      }
      parser.budget.spend();
      in.skip(1);
      qualifiers.add(qualifier.ofThis());
    }
    Qualifier reference = referenceQualifier();
    Node name = prefix(true);
    in.expect('E');
    for (int i = qualifiers.size() - 1; i >= 0; i--) {
      name = new Node.Modified(qualifiers.get(i), name, null);
    }
    return reference == null ? name : new Node.Modified(reference, name, null);
  }

  /// `R` or `O` where it qualifies a function's `this`.
  @Nullable Qualifier referenceQualifier() {
    if (in.accept('R')) {
      return Qualifier.REFERENCE_THIS;
    }
    return in.accept('O') ? Qualifier.RVALUE_REFERENCE_THIS : null;
  }

  /// The parts of a nested name, up to its end.
  ///
  /// @param substitutable whether each may be met again as a substitution
  Node prefix(boolean substitutable) {
    Node whole = null;
    while (in.peek() != 'E') {
      parser.budget.spend();
      char next = in.peek();
      if (next == 'M') {
        // The initializer of a member that a lambda is in: nothing of it is written.
        if (whole == null) {
          throw NotMangled.INSTANCE;
        }
        in.skip(1);
        continue;
      }
      boolean candidate = substitutable;
      if (next == 'I') {
        if (whole == null || whole instanceof Node.Template) {
          throw NotMangled.INSTANCE;
        }
        whole = new Node.Template(whole, templateArguments());
      } else if (next == 'S') {
        Node found = substitution(true);
        if (found instanceof Node.Module module) {
          whole = unqualified(whole, module);
        } else {
          require(whole == null);
          whole = found;
          candidate = false;
        }
      } else if (next == 'T') {
        require(whole == null);
        whole = parser.types.templateParameter();
      } else if (next == 'D' && (in.peek(1) == 'T' || in.peek(1) == 't')) {
        require(whole == null);
        whole = parser.types.type();
      } else {
        whole = unqualified(whole, null);
      }
      if (candidate && in.peek() != 'E') {
        parser.substitutions.add(whole);
      }
    }
    return present(whole);
  }

  private static void require(boolean condition) {
    if (!condition) {
      throw NotMangled.INSTANCE;
    }
  }

  /// A name without its scope, in which it is then put.
  Node unqualified(@Nullable Node scope, Node.@Nullable Module known) {
    parser.budget.enter();
    Node.Module module = module(known);
    Node name;
    char next = in.peek();
    if (Scanner.isDigit(next)) {
      name = sourceName();
    } else if (Scanner.isLower(next)) {
      name = operatorName();
    } else if (next == 'D' && in.peek(1) == 'C') {
      name = structuredBinding();
    } else if (next == 'C' || next == 'D') {
      name = constructorOrDestructor();
    } else if (next == 'L') {
      in.skip(1);
      name = sourceName();
      discriminator();
    } else if (next == 'U' && in.peek(1) == 'l') {
      name = lambda();
    } else if (next == 'U' && in.peek(1) == 't') {
      name = unnamedType();
    } else {
      throw NotMangled.INSTANCE;
    }
    name = tagged(name);
    if (module != null) {
      name = new Node.InModule(name, module);
    }
    parser.budget.leave();
    return scope == null ? name : new Node.Qualified(scope, name);
  }

  private Node tagged(Node name) {
    Node result = name;
    while (in.accept('B')) {
      // A tag is not a class's name.
      Node className = parser.className;
      result = new Node.Tagged(result, sourceName().text());
      parser.className = className;
    }
    return result;
  }

  /// The C++20 module that a name belongs to.
  private Node.@Nullable Module module(Node.@Nullable Module known) {
    Node.Module module = known;
    while (in.accept('W')) {
      boolean partition = in.accept('P');
      module = new Node.Module(module, sourceName().text(), partition);
      parser.substitutions.add(module);
    }
    return module;
  }

  private Node operatorName() {
    boolean before = parser.inExpression;
    if (in.accept("on")) {
      parser.inExpression = false;
    }
    Node operator = operator();
    parser.inExpression = before;
    if (operator instanceof Node.Operator known && "li".equals(known.code())) {
      return new Node.Unary(operator, sourceName(), false);
    }
    return operator;
  }

  Node.Name sourceName() {
    int length = in.number();
    require(length > 0);
    String text = in.take(length);
    int start = UNNAMED_NAMESPACE.length();
    if (text.startsWith(UNNAMED_NAMESPACE)
        && length >= start + 2
        && "._$".indexOf(text.charAt(start)) >= 0
        && text.charAt(start + 1) == 'N') {
      text = "(anonymous namespace)";
    }
    Node.Name name = new Node.Name(text);
    parser.className = name;
    return name;
  }

  /// An operator's name; a conversion is one, too, and in an expression a cast.
  Node operator() {
    char first = in.next();
    char second = in.next();
    if (first == 'v' && Scanner.isDigit(second)) {
      return new Node.VendorOperator(second - '0', sourceName());
    }
    if (first == 'c' && second == 'v') {
      boolean before = parser.inConversion;
      parser.inConversion = !parser.inExpression;
      boolean conversion = parser.inConversion;
      Node type = parser.types.type();
      parser.inConversion = before;
      return conversion ? new Node.Conversion(type) : new Node.Cast(type);
    }
    Node operator = Tables.operator("" + first + second);
    if (operator == null) {
      throw NotMangled.INSTANCE;
    }
    return operator;
  }

  private static Node present(@Nullable Node node) {
    if (node == null) {
      throw NotMangled.INSTANCE;
    }
    return node;
  }

  private Node constructorOrDestructor() {
    Node className = present(parser.className);
    if (in.accept('C')) {
      boolean inherited = in.accept('I');
      char kind = in.next();
      require(kind >= '1' && kind <= '5');
      if (inherited) {
        // The class that the constructor comes from; its name is the constructor's.
        parser.types.type();
      }
      return new Node.Constructor(parser.className == null ? className : parser.className);
    }
    in.expect('D');
    char kind = in.next();
    require(kind >= '0' && kind <= '5' && kind != '3');
    return new Node.Destructor(className);
  }

  private Node structuredBinding() {
    in.skip(2);
    List<Node> names = new ArrayList<>();
    do {
      names.add(sourceName());
    } while (!in.accept('E'));
    return new Node.StructuredBinding(new Node.Arguments(names));
  }

  private Node lambda() {
    in.skip(2);
    Node.Arguments parameters = parser.types.parameters();
    in.expect('E');
    return new Node.Lambda(parameters, in.compactNumber());
  }

  private Node unnamedType() {
    in.skip(2);
    return parser.substitutions.add(new Node.Unnamed(in.compactNumber()));
  }

  /// Tells apart entities of one name inside of a function; not written.
  private void discriminator() {
    if (!in.accept('_')) {
      return;
    }
    boolean isLong = in.accept('_');
    int number = Scanner.isDigit(in.peek()) ? in.number() : 0;
    if (isLong && number >= 10) {
      in.expect('_');
    }
  }

  private Node local() {
    in.expect('Z');
    Node function = encoding();
    in.expect('E');
    Node name;
    if (in.accept('s')) {
      discriminator();
      name = new Node.Name("string literal");
    } else {
      int argument = in.accept('d') ? in.compactNumber() : NOT_DEFAULT_ARGUMENT;
      name = name();
      if (!(name instanceof Node.Lambda) && !(name instanceof Node.Unnamed)) {
        discriminator();
      }
      if (argument != NOT_DEFAULT_ARGUMENT) {
        name = new Node.DefaultArgument(argument, name);
      }
    }
    return new Node.Local(withoutResult(function), name);
  }

  /// The enclosing function's return type would be taken for that of what is inside.
  private static Node withoutResult(Node function) {
    return function instanceof Node.Typed typed && typed.type().result() != null
        ? new Node.Typed(typed.name(), new Node.Function(null, typed.type().parameters()))
        : function;
  }

  /// What stands for something met before, or for a name of the standard library.
  ///
  /// @param inPrefix whether more of a nested name follows
  Node substitution(boolean inPrefix) {
    in.expect('S');
    char letter = in.peek();
    if (letter == '_' || Scanner.isDigit(letter) || Scanner.isUpper(letter)) {
      return parser.substitutions.get(in.sequenceNumber());
    }
    in.skip(1);
    Tables.Standard standard = Tables.standard(letter);
    if (standard == null) {
      throw NotMangled.INSTANCE;
    }
    boolean beforeConstructor = inPrefix && (in.peek() == 'C' || in.peek() == 'D');
    if (standard.className() != null) {
      parser.className = new Node.Name(standard.className());
    }
    Node name =
        new Node.Standard(parser.full || beforeConstructor ? standard.full() : standard.brief());
    return in.peek() == 'B' ? parser.substitutions.add(tagged(name)) : name;
  }

  Node.TemplateArguments templateArguments() {
    if (!in.accept('I')) {
      in.expect('J');
    }
    // What follows may be a constructor, of the class in front of the arguments.
    Node className = parser.className;
    Node.TemplateArguments arguments = moreTemplateArguments();
    parser.className = className;
    return arguments;
  }

  /// Template arguments up to their end.
  Node.TemplateArguments moreTemplateArguments() {
    parser.budget.enter();
    List<Node> arguments = new ArrayList<>();
    while (!in.accept('E')) {
      arguments.add(templateArgument());
    }
    parser.budget.leave();
    return new Node.TemplateArguments(arguments);
  }

  private Node templateArgument() {
    return switch (in.peek()) {
      case 'X' -> {
        in.skip(1);
        Node value = parser.expressions.expression();
        in.expect('E');
        yield value;
      }
      case 'L' -> parser.expressions.primary();
      case 'I', 'J' -> templateArguments();
      default -> parser.types.type();
    };
  }

  /// Something that the compiler made (Itanium C++ ABI, 5.1.4).
  private Node special() {
    if (in.accept("TC")) {
      Node derived = parser.types.type();
      in.number();
      in.expect('_');
      return new Node.ConstructionVtable(parser.types.type(), derived);
    }
    if (in.accept("Tc")) {
      callOffset(in.next());
      callOffset(in.next());
      return new Node.Special("covariant return thunk to ", encoding());
    }
    if (in.peek() == 'T' && (in.peek(1) == 'h' || in.peek(1) == 'v')) {
      in.skip(1);
      boolean virtual = in.peek() == 'v';
      callOffset(in.next());
      return new Node.Special(virtual ? "virtual thunk to " : "non-virtual thunk to ", encoding());
    }
    if (in.accept("GR")) {
      Node name = name();
      int number = 0;
      if (Scanner.isDigit(in.peek()) || Scanner.isUpper(in.peek())) {
        number = in.sequenceNumber();
      } else {
        // A local name has read the underscore as its own end.
        in.accept('_');
      }
      return new Node.Special("reference temporary #" + number + " for ", name);
    }
    if (in.accept("GT")) {
      boolean safe = in.next() != 'n';
      return new Node.Special(
          safe ? "transaction clone for " : "non-transaction clone for ", encoding());
    }
    if (in.accept("GI")) {
      return new Node.Special("initializer for module ", present(module(null)));
    }
    return tabled();
  }

  private Node tabled() {
    Tables.SpecialName special = Tables.special("" + in.next() + in.next());
    if (special == null) {
      throw NotMangled.INSTANCE;
    }
    Node of =
        switch (special.of()) {
          case TYPE -> parser.types.type();
          case ARGUMENT -> templateArgument();
          case NAME -> name();
          case ENCODING -> encoding();
        };
    return new Node.Special(special.text() + " ", of);
  }

  private void callOffset(char kind) {
    require(kind == 'h' || kind == 'v');
    signedNumber();
    in.expect('_');
    if (kind == 'v') {
      signedNumber();
      in.expect('_');
    }
  }

  private void signedNumber() {
    in.accept('n');
    in.number();
  }
}
