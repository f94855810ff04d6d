package trapline.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import trapline.abi.SyscallSignature;
import trapline.abi.SyscallTable;
import trapline.model.Abi;

/// Prints what packages have beside the program: man pages, and completions for shells.
///
/// Files are made in other places only, so this prints all to standard output, each after a line
/// of a form feed and the file's name.
public final class PackageFiles {
  private PackageFiles() {}

  /// Prints the files.
  ///
  /// @param args the date that the man pages bear, as `2026-01-31`
  public static void main(String[] args) {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
    files(args[0]).forEach((name, text) -> out.print("\f" + name + "\n" + text));
    out.flush();
    System.exit(out.checkError() ? 1 : 0);
  }

  /// The files by their names below `share` of a prefix.
  static Map<String, String> files(String date) {
    List<CommandOutline> commands = CommandOutline.all();
    List<ManualText> texts = ManualText.all();
    List<String> calls =
        SyscallTable.of(Abi.NATIVE).all().stream().map(SyscallSignature::name).sorted().toList();
    Map<String, String> files = new LinkedHashMap<>();
    for (CommandOutline command : commands) {
      files.put(
          "man/man1/" + ManPage.name(command) + ".1",
          ManPage.of(command, commands, texts, TraplineCommand.version()[0], date));
    }
    files.put("bash-completion/completions/trapline", BashCompletion.script(commands, calls));
    files.put("zsh/vendor-completions/_trapline", ZshCompletion.script(commands, calls));
    files.put("fish/vendor_completions.d/trapline.fish", FishCompletion.script(commands, calls));
    return files;
  }
}
