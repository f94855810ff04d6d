package trapline.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The rules of docs/ARCHITECTURE.md, over the classes of all modules.
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
    rules.put("kernel.source", List.of("bytes", "model", "abi", "kernel"));
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
    rules.put("linux.debuginfod", List.of("bytes", "model", "elf"));
    rules.put(
        "linux.objects",
        List.of("bytes", "model", "elf", "linux.sys", "linux.proc", "linux.debuginfod"));
    rules.put("linux.cause", List.of("bytes", "model", "abi", "elf", "linux.sys", "linux.proc"));
    rules.put("linux.ptrace", List.of("bytes", "model", "linux.sys", "linux.proc"));
    rules.put("linux.tracefs", List.of("model", "linux.proc", "linux.sys"));
    rules.put("linux.loader", List.of("bytes", "model", "elf"));
    rules.put("linux.vm", List.of("bytes", "model", "elf", "kernel", "linux.sys", "linux.loader"));
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
