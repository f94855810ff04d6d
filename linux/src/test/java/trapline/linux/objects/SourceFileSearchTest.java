package trapline.linux.objects;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.elf.ElfFile;
import trapline.linux.debuginfod.DebuginfodClient;
import trapline.testing.Programs;

/// Where source files are looked for.
@Tag("host")
class SourceFileSearchTest {
  private static final Path LIBC = Path.of("/usr/lib/x86_64-linux-gnu/libc.so.6");

  @TempDir Path folder;
  private Path packages;
  private ElfFile program;

  @BeforeEach
  void program() throws IOException {
    packages = folder.resolve("src");
    Files.createDirectories(packages);
    program =
        new ObjectFiles()
            .open(Programs.compile(folder, "program", "int main(void) { return 0; }\n", "-g"))
            .elf();
  }

  private SourceFile find(ElfFile elf, String name) {
    Map<String, String> environment = Map.of("HOME", folder.toString());
    return new SourceFileSearch(packages, DebuginfodClient.ofCache(environment)).find(elf, name);
  }

  private Path file(String name) throws IOException {
    Path file = packages.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, "a line\n");
  }

  @Test
  void itsOwnPlaceComesFirst() throws IOException {
    Path place = file("glibc-2.36/io/close.c");
    assertThat(find(program, place.toString()))
        .isEqualTo(new SourceFile.Found(place, SourceFile.How.PLACE));
  }

  @Test
  void aFolderThatWasBuiltElsewhereIsFoundByItsVersionedName() throws IOException {
    Path direct = file("musl-1.2.3/src/unistd/close.c");
    assertThat(find(program, "/build/musl-LAcRIx/musl-1.2.3/src/unistd/close.c"))
        .isEqualTo(new SourceFile.Found(direct, SourceFile.How.SOURCE_PACKAGE));
    Path below = file("glibc/glibc-2.36/io/close.c");
    assertThat(find(program, "/build/glibc-2.36/build-tree/../io/close.c"))
        .isEqualTo(new SourceFile.Found(below, SourceFile.How.SOURCE_PACKAGE));
  }

  @Test
  void anotherVersionIsNotTaken() throws IOException {
    file("musl-1.2.4/src/unistd/close.c");
    file("musl/src/unistd/close.c");
    assertThat(find(program, "/build/musl/musl-1.2.3/src/unistd/close.c"))
        .isInstanceOf(SourceFile.Missing.class);
  }

  @Test
  void relativeNamesAreThoseOfTheLibraryThatTheFileIs() throws IOException {
    ElfFile libc = new ObjectFiles().open(LIBC).elf();
    String title = LibcVersion.of(libc).replace(' ', '-');
    Path source = file(title + "/sysdeps/unix/syscall-template.S");
    file("glibc-2.0/sysdeps/unix/syscall-template.S");
    String name = "./signal/../sysdeps/unix/syscall-template.S";
    assertThat(find(libc, name))
        .isEqualTo(new SourceFile.Found(source, SourceFile.How.SOURCE_PACKAGE));
    assertThat(find(program, name)).isInstanceOf(SourceFile.Missing.class);
    Path malloc = file(title + "/malloc/malloc.c");
    assertThat(find(libc, "./malloc/./malloc/malloc.c"))
        .isEqualTo(new SourceFile.Found(malloc, SourceFile.How.SOURCE_PACKAGE));
  }

  @Test
  void namesDoNotLeadOutOfTheFolder() throws IOException {
    ElfFile libc = new ObjectFiles().open(LIBC).elf();
    String title = LibcVersion.of(libc).replace(' ', '-');
    file(title + "/io/close.c");
    file("secret");
    Files.createSymbolicLink(
        packages.resolve(title).resolve("io/link.c"), packages.resolve("secret"));
    assertThat(find(libc, "../secret")).isInstanceOf(SourceFile.Missing.class);
    assertThat(find(libc, "io/link.c")).isInstanceOf(SourceFile.Missing.class);
    assertThat(find(libc, "io/close.c")).isInstanceOf(SourceFile.Found.class);
  }

  @Test
  void aPipeIsNotWaitedFor() throws IOException {
    Path pipe = folder.resolve("pipe");
    trapline.testing.Command.run("mkfifo", pipe.toString()).orFail();
    assertThat(find(program, pipe.toString())).isInstanceOf(SourceFile.Missing.class);
  }
}
