import java.io.IOException;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Rewrites the classes of jar files so that switches over types, and the methods that records have
/// of their own, are code as any other.
///
/// As javac compiles them, the virtual machine makes that code when each is first used, in every
/// run anew, because an AOT cache (JEP 483) does not hold it: 2 to 5 ms each at start-up, and 20 ms
/// for the first. What they do stays the same (`java.lang.runtime.SwitchBootstraps.typeSwitch` and
/// `ObjectMethods.bootstrap`).
///
/// usage: java tools/LinkEarly.java DIRECTORY   Rewrites the jars `trapline-*.jar` of a directory
/// that has all jars of the program.
public final class LinkEarly {
  private static final String SWITCHES = "SwitchBootstraps";
  private static final String RECORDS = "ObjectMethods";
  private static final ClassDesc OBJECTS = ClassDesc.of("java.util.Objects");
  private static final ClassDesc BUILDER = ClassDesc.of("java.lang.StringBuilder");
  private static final MethodTypeDesc EQUALS =
      MethodTypeDesc.of(ConstantDescs.CD_boolean, ConstantDescs.CD_Object, ConstantDescs.CD_Object);

  private final ClassFile files;

  private LinkEarly(ClassLoader classes) {
    files =
        ClassFile.of(
            ClassFile.ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.ofResourceParsing(classes)
                    .orElse(ClassHierarchyResolver.defaultResolver())));
  }

  public static void main(String[] arguments) throws IOException {
    List<Path> jars;
    try (Stream<Path> found = Files.list(Path.of(arguments[0]))) {
      jars = found.filter(each -> each.toString().endsWith(".jar")).toList();
    }
    URL[] urls = new URL[jars.size()];
    for (int i = 0; i < urls.length; i++) {
      urls[i] = jars.get(i).toUri().toURL();
    }
    try (URLClassLoader classes = new URLClassLoader(urls)) {
      LinkEarly link = new LinkEarly(classes);
      for (Path jar : jars) {
        if (jar.getFileName().toString().startsWith("trapline-")) {
          link.rewrite(jar);
        }
      }
    }
  }

  private void rewrite(Path jar) throws IOException {
    try (FileSystem zip = FileSystems.newFileSystem(jar)) {
      List<Path> classes;
      try (Stream<Path> found = Files.walk(zip.getPath("/"))) {
        classes = found.filter(each -> each.toString().endsWith(".class")).toList();
      }
      for (Path each : classes) {
        byte[] before = Files.readAllBytes(each);
        byte[] after = rewritten(before);
        if (after != before) {
          Files.write(each, after);
        }
      }
    }
  }

  private byte[] rewritten(byte[] bytes) {
    ClassModel model = files.parse(bytes);
    if (model.methods().stream()
        .flatMap(method -> method.code().stream())
        .flatMap(code -> code.elementStream())
        .noneMatch(LinkEarly::isReplaced)) {
      return bytes;
    }
    ClassDesc owner = model.thisClass().asSymbol();
    boolean isInterface = (model.flags().flagsMask() & ClassFile.ACC_INTERFACE) != 0;
    List<InvokeDynamicInstruction> switches = new ArrayList<>();
    CodeTransform calls =
        (code, element) -> {
          if (!isReplaced(element)) {
            code.with(element);
            return;
          }
          InvokeDynamicInstruction call = (InvokeDynamicInstruction) element;
          if (bootstrap(call).equals(SWITCHES)) {
            code.invokestatic(owner, nameOf(switches.size()), call.typeSymbol(), isInterface);
            switches.add(call);
          } else {
            recordMethod(code, call, owner);
          }
        };
    return files.transformClass(
        model,
        ClassTransform.transformingMethodBodies(calls)
            .andThen(
                ClassTransform.endHandler(
                    type -> {
                      for (int i = 0; i < switches.size(); i++) {
                        typeSwitch(type, nameOf(i), switches.get(i));
                      }
                    })));
  }

  private static String nameOf(int number) {
    return "typeSwitch$" + number;
  }

  private static String bootstrap(InvokeDynamicInstruction call) {
    String name = call.bootstrapMethod().owner().displayName();
    boolean known = call.bootstrapMethod().owner().packageName().equals("java.lang.runtime");
    return known ? name : "";
  }

  private static boolean isReplaced(CodeElement element) {
    if (!(element instanceof InvokeDynamicInstruction call)) {
      return false;
    }
    return bootstrap(call).equals(RECORDS)
        || (bootstrap(call).equals(SWITCHES)
            && call.bootstrapMethod().methodName().equals("typeSwitch")
            && call.bootstrapArgs().stream().allMatch(each -> each instanceof ClassDesc));
  }

  /// `static int typeSwitch(Object target, int restart)`: the index of the first type from
  /// `restart` on that the target is of; how many there are when none is; -1 for `null`.
  private static void typeSwitch(ClassBuilder type, String name, InvokeDynamicInstruction call) {
    type.withMethodBody(
        name,
        call.typeSymbol(),
        ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC | ClassFile.ACC_SYNTHETIC,
        code -> {
          Label present = code.newLabel();
          code.aload(0).ifnonnull(present).iconst_m1().ireturn().labelBinding(present);
          List<ConstantDesc> labels = call.bootstrapArgs();
          for (int i = 0; i < labels.size(); i++) {
            Label next = code.newLabel();
            code.iload(1).loadConstant(i).if_icmpgt(next);
            code.aload(0).instanceOf((ClassDesc) labels.get(i)).ifeq(next);
            code.loadConstant(i).ireturn().labelBinding(next);
          }
          code.loadConstant(labels.size()).ireturn();
        });
  }

  /// The record, and for `equals` the other object, are on the stack.
  private static void recordMethod(
      CodeBuilder code, InvokeDynamicInstruction call, ClassDesc owner) {
    List<DirectMethodHandleDesc> components = new ArrayList<>();
    for (ConstantDesc each : call.bootstrapArgs().subList(2, call.bootstrapArgs().size())) {
      components.add((DirectMethodHandleDesc) each);
    }
    switch (call.name().stringValue()) {
      case "hashCode" -> hashCode(code, components, owner);
      case "equals" -> equality(code, components, owner);
      case "toString" -> text(code, components, owner);
      default -> throw new IllegalArgumentException(call.name().stringValue());
    }
  }

  private static ClassDesc typeOf(DirectMethodHandleDesc component) {
    return component.invocationType().returnType();
  }

  private static void hashCode(
      CodeBuilder code, List<DirectMethodHandleDesc> components, ClassDesc owner) {
    int self = code.allocateLocal(TypeKind.REFERENCE);
    code.astore(self).iconst_0();
    for (DirectMethodHandleDesc each : components) {
      code.bipush(31).imul();
      code.aload(self).getfield(owner, each.methodName(), typeOf(each));
      if (typeOf(each).isPrimitive()) {
        code.invokestatic(
            boxOf(typeOf(each)), "hashCode", MethodTypeDesc.of(ConstantDescs.CD_int, typeOf(each)));
      } else {
        code.invokestatic(
            OBJECTS, "hashCode", MethodTypeDesc.of(ConstantDescs.CD_int, ConstantDescs.CD_Object));
      }
      code.iadd();
    }
  }

  private static void equality(
      CodeBuilder code, List<DirectMethodHandleDesc> components, ClassDesc owner) {
    int other = code.allocateLocal(TypeKind.REFERENCE);
    int self = code.allocateLocal(TypeKind.REFERENCE);
    int that = code.allocateLocal(TypeKind.REFERENCE);
    Label different = code.newLabel();
    Label end = code.newLabel();
    code.astore(other).astore(self);
    code.aload(other).instanceOf(owner).ifeq(different);
    code.aload(other).checkcast(owner).astore(that);
    for (DirectMethodHandleDesc each : components) {
      ClassDesc type = typeOf(each);
      code.aload(self).getfield(owner, each.methodName(), type);
      code.aload(that).getfield(owner, each.methodName(), type);
      if (!type.isPrimitive()) {
        code.invokestatic(OBJECTS, "equals", EQUALS).ifeq(different);
      } else {
        code.invokestatic(
            boxOf(type), "compare", MethodTypeDesc.of(ConstantDescs.CD_int, type, type));
        code.ifne(different);
      }
    }
    code.iconst_1().goto_(end);
    code.labelBinding(different).iconst_0().labelBinding(end);
  }

  private static void text(
      CodeBuilder code, List<DirectMethodHandleDesc> components, ClassDesc owner) {
    int self = code.allocateLocal(TypeKind.REFERENCE);
    code.astore(self).new_(BUILDER).dup();
    code.invokespecial(BUILDER, ConstantDescs.INIT_NAME, MethodTypeDesc.of(ConstantDescs.CD_void));
    String name = owner.displayName().substring(owner.displayName().lastIndexOf('$') + 1);
    String before = name + "[";
    for (DirectMethodHandleDesc each : components) {
      append(code.loadConstant(before + each.methodName() + "="), ConstantDescs.CD_String);
      ClassDesc type = typeOf(each);
      code.aload(self).getfield(owner, each.methodName(), type);
      boolean narrow = type.equals(ConstantDescs.CD_byte) || type.equals(ConstantDescs.CD_short);
      ClassDesc shown = narrow ? ConstantDescs.CD_int : type;
      append(code, type.isPrimitive() ? shown : ConstantDescs.CD_Object);
      before = ", ";
    }
    append(code.loadConstant(components.isEmpty() ? before + "]" : "]"), ConstantDescs.CD_String);
    code.invokevirtual(BUILDER, "toString", MethodTypeDesc.of(ConstantDescs.CD_String));
  }

  private static void append(CodeBuilder code, ClassDesc type) {
    code.invokevirtual(BUILDER, "append", MethodTypeDesc.of(BUILDER, type));
  }

  private static ClassDesc boxOf(ClassDesc type) {
    return switch (type.descriptorString()) {
      case "Z" -> ConstantDescs.CD_Boolean;
      case "B" -> ConstantDescs.CD_Byte;
      case "S" -> ConstantDescs.CD_Short;
      case "C" -> ConstantDescs.CD_Character;
      case "I" -> ConstantDescs.CD_Integer;
      case "J" -> ConstantDescs.CD_Long;
      case "F" -> ConstantDescs.CD_Float;
      default -> ConstantDescs.CD_Double;
    };
  }
}
