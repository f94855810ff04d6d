package trapline.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructorCall;
import com.tngtech.archunit.core.domain.JavaFieldAccess;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The rules of docs/ARCHITECTURE.md, over the classes of all modules.
@Tag("unit")
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("trapline");

  /// What each package may use besides itself.
  private static final Map<String, List<String>> MAY_USE = mayUse();

  private static Map<String, List<String>> mayUse() {
    Map<String, List<String>> rules = new LinkedHashMap<>();
    // The one exception to the order: the bytes' own error belongs to the vocabulary.
    rules.put("bytes", List.of("model"));
    rules.put("model", List.of("bytes"));
    rules.put("archive", List.of("bytes", "model"));
    rules.put("capture", List.of("model"));
    rules.put("abi", List.of("bytes", "model"));
    rules.put("demangle", List.of());
    rules.put("decode", List.of("bytes", "model", "abi"));
    rules.put("elf", List.of("bytes", "model"));
    rules.put("dwarf", List.of("bytes", "model", "elf"));
    rules.put("dwarf.expression", List.of("bytes", "model", "elf", "dwarf"));
    rules.put("unwind", List.of("bytes", "model", "elf", "code", "dwarf.expression"));
    rules.put("code", List.of("bytes", "model"));
    rules.put("kernel", List.of("bytes", "model", "abi"));
    rules.put("kernel.run", List.of("bytes", "model", "abi", "elf", "code", "kernel"));
    rules.put("kernel.source", List.of("archive", "bytes", "model", "abi", "kernel"));
    rules.put(
        "journey",
        List.of(
            "bytes",
            "model",
            "abi",
            "decode",
            "elf",
            "dwarf",
            "dwarf.expression",
            "unwind",
            "code",
            "kernel"));
    rules.put(
        "report", List.of("bytes", "model", "abi", "code", "demangle", "kernel", "kernel.run"));
    rules.put("linux.sys", List.of("bytes", "model"));
    rules.put("linux.proc", List.of("bytes", "model", "abi", "decode", "kernel", "linux.sys"));
    rules.put("linux.files", List.of("bytes", "model", "linux.sys", "linux.proc"));
    rules.put("linux.debuginfod", List.of("bytes", "model", "elf", "linux.files"));
    rules.put(
        "linux.objects",
        List.of(
            "bytes", "model", "elf", "linux.sys", "linux.proc", "linux.debuginfod", "linux.files"));
    rules.put("linux.cause", List.of("bytes", "model", "abi", "elf", "linux.sys", "linux.proc"));
    rules.put("linux.ptrace", List.of("bytes", "model", "capture", "linux.sys", "linux.proc"));
    rules.put("linux.tracefs", List.of("model", "linux.proc", "linux.sys", "linux.files"));
    rules.put("linux.loader", List.of("bytes", "model", "elf", "linux.files"));
    rules.put(
        "linux.vm",
        List.of(
            "archive",
            "bytes",
            "model",
            "elf",
            "kernel",
            "linux.sys",
            "linux.loader",
            "linux.files"));
    return rules;
  }

  @Test
  void allModulesAreLookedAt() {
    assertThat(CLASSES.contain("trapline.bytes.Bytes")).isTrue();
    assertThat(CLASSES.contain("trapline.linux.ptrace.Tracer")).isTrue();
    assertThat(CLASSES.contain("trapline.follow.FollowSession")).isTrue();
    assertThat(CLASSES.contain("trapline.cli.Main")).isTrue();
  }

  @TestFactory
  List<DynamicTest> packagesLookOnlyDown() {
    return MAY_USE.entrySet().stream()
        .map(
            rule ->
                DynamicTest.dynamicTest(
                    rule.getKey(),
                    () -> {
                      String own = "trapline." + rule.getKey();
                      List<String> allowed =
                          rule.getValue().stream().map(each -> "trapline." + each).toList();
                      noClasses()
                          .that()
                          .resideInAPackage(own)
                          .should()
                          .dependOnClassesThat(
                              com.tngtech.archunit.base.DescribedPredicate.describe(
                                  "are of a package other than " + own + " and " + allowed,
                                  each ->
                                      each.getPackageName().startsWith("trapline")
                                          && !each.getPackageName().equals(own)
                                          && !allowed.contains(each.getPackageName())))
                          .check(CLASSES);
                    }))
        .toList();
  }

  @Test
  void noPackageUsesOneThatUsesIt() {
    slices()
        .matching("trapline.(**)")
        .should()
        .beFreeOfCycles()
        .ignoreDependency("trapline.bytes.Bytes", "trapline.model.MalformedBinary")
        .ignoreDependency("trapline.bytes.Cursor", "trapline.model.MalformedBinary")
        .check(CLASSES);
  }

  @Test
  void nothingNeedsTheCommandLine() {
    noClasses()
        .that()
        .resideOutsideOfPackage("trapline.cli")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("trapline.cli", "picocli..", "me.tongfei..")
        .check(CLASSES);
  }

  @Test
  void onlyTheCommandLineUsesStreamsAndEndsTheProcess() {
    noClasses()
        .that()
        .resideOutsideOfPackage("trapline.cli")
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .orShould()
        .accessField(System.class, "in")
        .orShould()
        .callMethod(System.class, "exit", int.class)
        .orShould()
        .callMethod(Runtime.class, "exit", int.class)
        .orShould()
        .callMethod(Runtime.class, "halt", int.class)
        .orShould()
        .callMethod(Throwable.class, "printStackTrace")
        .check(CLASSES);
  }

  @Test
  void onlyTheLinuxModuleIsNative() {
    noClasses()
        .that()
        .resideOutsideOfPackage("trapline.linux..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.lang.foreign")
        .orShould()
        .callMethod(System.class, "load", String.class)
        .orShould()
        .callMethod(System.class, "loadLibrary", String.class)
        .check(CLASSES);
  }

  /// What `linux.files` does not make others could have put there. Tracefs has only what the kernel
  /// makes, and the training tree belongs to the build.
  @Test
  void onlyOnePackageMakesFiles() {
    noClasses()
        .that()
        .resideOutsideOfPackage("trapline.linux.files")
        .and()
        .resideOutsideOfPackage("trapline.linux.tracefs")
        .and()
        .resideOutsideOfPackage("trapline.testing")
        .and()
        .doNotHaveSimpleName("TrainingTree")
        .should()
        .callMethodWhere(MAKES_FILES)
        .orShould()
        .callConstructorWhere(OPENS_TO_WRITE)
        .orShould()
        .accessFieldWhere(WRITES)
        .check(CLASSES);
  }

  private static final DescribedPredicate<JavaMethodCall> MAKES_FILES =
      DescribedPredicate.describe(
          "make or copy files",
          call ->
              call.getTargetOwner().isEquivalentTo(Files.class)
                      && call.getName()
                          .matches("create.*|write.*|copy|new(OutputStream|BufferedWriter)")
                  || call.getTargetOwner().isEquivalentTo(java.io.File.class)
                      && call.getName().matches("create.*|mkdirs?")
                  || call.getTargetOwner().isEquivalentTo(FileLock.class)
                  || call.getTargetOwner().isAssignableTo(FileChannel.class)
                      && call.getName().matches("(try)?[lL]ock"));

  private static final DescribedPredicate<JavaConstructorCall> OPENS_TO_WRITE =
      DescribedPredicate.describe(
          "open files to write",
          call ->
              Set.of("FileOutputStream", "RandomAccessFile", "FileWriter", "PrintWriter")
                      .contains(call.getTargetOwner().getSimpleName())
                  && call.getTarget().getRawParameterTypes().stream()
                      .anyMatch(
                          each ->
                              each.isEquivalentTo(String.class)
                                  || each.isEquivalentTo(java.io.File.class)));

  private static final DescribedPredicate<JavaFieldAccess> WRITES =
      DescribedPredicate.describe(
          "ask for files to write",
          access ->
              access.getTargetOwner().isEquivalentTo(StandardOpenOption.class)
                  && !access.getName().equals("READ"));

  @Test
  void onlyTheLowestLinuxPackageCallsFunctions() {
    noClasses()
        .that()
        .resideOutsideOfPackage("trapline.linux.sys")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.lang.foreign.Linker")
        .check(CLASSES);
  }
}
