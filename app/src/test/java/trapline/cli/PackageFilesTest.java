package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Model.OptionSpec;
import trapline.testing.Command;
import trapline.testing.Tools;

/// Man pages and completions have every command and option, and their readers take them.
@Tag("host")
class PackageFilesTest {
  private static final String BASH = "bash-completion/completions/trapline";
  private static final String ZSH = "zsh/vendor-completions/_trapline";
  private static final String FISH = "fish/vendor_completions.d/trapline.fish";

  private static final Map<String, String> FILES = PackageFiles.files("2026-01-31");

  @TempDir Path folder;

  private static String file(String name) {
    String text = FILES.get(name);
    assertThat(text).as("%s of %s", name, FILES.keySet()).isNotNull();
    return text;
  }

  private Path written(String name) throws IOException {
    Path file = folder.resolve(Path.of(name).getFileName().toString());
    return Files.writeString(file, file(name));
  }

  @Test
  void everyCommandHasAPageWithItsOptions() {
    List<CommandOutline> commands = CommandOutline.all();
    assertThat(commands)
        .extracting(command -> command.name(" "))
        .contains("trapline", "trapline follow", "trapline libc build", "trapline doctor");
    for (CommandOutline command : commands) {
      String page = file("man/man1/" + ManPage.name(command) + ".1");
      for (OptionSpec option : command.options()) {
        for (String name : option.names()) {
          assertThat(page).contains("\\fB" + name.replace("-", "\\-") + "\\fR");
        }
      }
    }
    String root = file("man/man1/trapline.1");
    for (String name : commands.getFirst().subcommands()) {
      assertThat(root)
          .contains("\\fB" + name + "\\fR")
          .contains("\\fBtrapline\\-" + name + "\\fR(1)");
    }
  }

  @Test
  void groffTakesEveryPageWithoutAWarning() throws IOException {
    Tools.require("groff");
    List<String> command = new ArrayList<>(List.of("groff", "-man", "-ww", "-Tutf8", "-z"));
    for (String name : FILES.keySet()) {
      if (name.startsWith("man/")) {
        command.add(written(name).toString());
      }
    }
    Command run = Command.runIn(folder, command);
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
  }

  @Test
  void textStaysTextInAPage() {
    assertThat(ManPage.escaped(".TH a\\b -x 'é'"))
        .isEqualTo("\\&.TH a\\eb \\-x \\(aq\\[u00E9]\\(aq");
  }

  @Test
  void exitStatusesAreThoseOfTheReadme() throws IOException {
    String readme = Files.readString(Path.of("..", "README.md"));
    String table = readme.substring(readme.indexOf("## Exit status"));
    Matcher rows = Pattern.compile("(?m)^\\| ([0-9, ]+) \\|").matcher(table);
    TreeSet<String> documented = new TreeSet<>();
    while (rows.find()) {
      documented.addAll(List.of(rows.group(1).split(", ")));
    }
    TreeSet<String> inPages = new TreeSet<>(List.of("69")); // only a checkout looks for a JDK
    for (ManualText text : ManualText.all()) {
      if (text.section().equals("EXIT STATUS")) {
        inPages.add(text.term());
      }
    }
    assertThat(inPages).isEqualTo(documented);
  }

  @Test
  void examplesAreOfCommandsAndOptionsThatThereAre() {
    List<CommandOutline> commands = CommandOutline.all();
    List<ManualText> examples =
        ManualText.all().stream().filter(text -> text.section().equals("EXAMPLES")).toList();
    assertThat(examples).isNotEmpty();
    for (ManualText example : examples) {
      CommandOutline command =
          commands.stream().filter(example::isFor).findFirst().orElseThrow(AssertionError::new);
      assertThat(example.term()).startsWith(command.name(" "));
      List<String> names =
          command.options().stream().flatMap(option -> List.of(option.names()).stream()).toList();
      for (String word : example.term().split(" ")) {
        if (word.startsWith("-")) {
          assertThat(names).as(example.term()).contains(word);
        }
      }
    }
  }

  @Test
  void everyCompletionHasEveryOption() {
    for (CommandOutline command : CommandOutline.all()) {
      for (OptionSpec option : command.options()) {
        for (String name : option.names()) {
          assertThat(file(BASH)).contains(name);
          assertThat(file(ZSH)).contains("'*" + name);
          assertThat(file(FISH))
              .contains(name.startsWith("--") ? " -l " + name.substring(2) : " " + name.charAt(1));
        }
      }
    }
  }

  /// What bash offers for a line that ends where the cursor is.
  private List<String> bash(String... words) throws IOException {
    StringBuilder script = new StringBuilder(". " + written(BASH) + "\nCOMP_WORDS=(");
    for (String word : words) {
      script.append('"').append(word).append("\" ");
    }
    script
        .append(")\nCOMP_CWORD=")
        .append(words.length - 1)
        .append("\n_trapline\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n");
    Command run = Command.runIn(folder, List.of("bash", "-c", script.toString()));
    assertThat(run.err()).isEmpty();
    return run.out().strip().lines().toList();
  }

  @Test
  void bashOffersWhatFits() throws IOException {
    assertThat(bash("trapline", "sy")).containsExactly("syscall", "syscalls");
    assertThat(bash("trapline", "libc", ""))
        .containsExactlyInAnyOrder("build", "cc", "flags", "remove");
    assertThat(bash("trapline", "libc", "build", "--pre")).containsExactly("--prefix");
    assertThat(bash("trapline", "syscalls", "--format", "")).contains("csv", "markdown");
    assertThat(bash("trapline", "syscalls", "--format", "=", "mark")).containsExactly("markdown");
    assertThat(bash("trapline", "syscall", "sock")).containsExactly("socket", "socketpair");
    assertThat(bash("trapline", "follow", "--call", "sockn")).isEmpty();
    assertThat(bash("trapline", "follow", "--call", "bind", "--bri")).containsExactly("--brief");
  }

  @Test
  void bashOffersNoOptionsOfOursAfterTheProgram() throws IOException {
    assertThat(bash("trapline", "follow", "--all", "ls", "--bri")).isNotEqualTo(List.of("--brief"));
  }

  @Test
  void zshTakesItsScript() throws IOException {
    Tools.require("zsh");
    Command run = Command.runIn(folder, List.of("zsh", "-n", written(ZSH).toString()));
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
  }

  @Test
  void fishOffersWhatFits() throws IOException {
    Tools.require("fish");
    String script =
        "source "
            + written(FISH)
            + "; for line in 'trapline sy' 'trapline libc ' 'trapline libc build --pre'"
            + " 'trapline syscalls --format mark' 'trapline follow --call soc';"
            + " echo \"[$line]\"; complete -C $line; end";
    Command run = Command.runIn(folder, List.of("fish", "--no-config", "-c", script));
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .containsSubsequence(
            "[trapline sy]\nsyscall\t",
            "syscalls\t",
            "[trapline libc ]\n",
            "build\t",
            "remove\t",
            "--pre]\n--prefix\t",
            "mark]\nmarkdown",
            "soc]\nsocket",
            "socketpair");
  }
}
