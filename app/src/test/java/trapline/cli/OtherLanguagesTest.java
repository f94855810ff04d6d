package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trapline.testing.Command;
import trapline.testing.Tools;

/// The user's line in programs of other languages. In the sources, a comment names the call that is
/// made on its line; all else on the stack is the language's own, and so are all other calls.
@Tag("host")
class OtherLanguagesTest {
  private static final String RUST =
      """
      use std::io::{Read, Write};
      use std::path::Path;
      fn length<P: AsRef<Path>>(path: P) -> usize {
          let mut text = String::new();
          let mut file = std::fs::File::open(path).unwrap(); // openat
          file.read_to_string(&mut text).unwrap();
          text.len()
      }
      fn main() {
          let found = ["/etc/passwd"].iter().map(length).sum::<usize>();
          let worker = std::thread::spawn(move || {
              std::io::stderr().write_all(b"text\\n").unwrap(); // write
              found
          });
          worker.join().unwrap();
          let _ = std::net::UdpSocket::bind("127.0.0.1:0"); // socket
          let _ = std::fs::create_dir("/proc/none"); // mkdir
      }
      """;

  private static final String GO =
      """
      package main

      import (
      	"fmt"
      	"net"
      	"os"
      )

      type reader struct{ name string }

      func (r reader) length() int {
      	text, _ := os.ReadFile(r.name) // openat
      	return len(text)
      }

      func main() {
      	found := reader{"/etc/passwd"}.length()
      	done := make(chan int)
      	go func() {
      		fmt.Fprintln(os.Stderr, found) // write
      		done <- 1
      	}()
      	<-done
      	os.Mkdir("/proc/none", 0o700) // mkdirat
      	if l, err := net.ListenPacket("udp", "127.0.0.1:0"); err == nil { // bind
      		l.Close()
      	}
      }
      """;

  @TempDir Path folder;

  @Test
  void rust() throws IOException {
    Tools.requireInstalled("rustc", "rustc");
    Path source = Files.writeString(folder.resolve("program.rs"), RUST);
    for (String level : List.of("0", "3")) {
      Path program = folder.resolve("program" + level);
      Command.run(
              "rustc",
              "-g",
              "-C",
              "opt-level=" + level,
              source.toString(),
              "-o",
              program.toString())
          .orFail();
      assertThat(ownLines(program, source)).isEqualTo(commented(RUST));
    }
  }

  @Test
  void go() throws IOException {
    Tools.requireInstalled("go", "golang-go");
    Path source = Files.writeString(folder.resolve("program.go"), GO);
    for (String option : List.of("-trimpath=false", "-trimpath")) {
      Path program = folder.resolve("program" + option);
      Command.run(
              "env",
              "GOCACHE=" + folder.resolve("cache"),
              "GOFLAGS=-mod=mod",
              "go",
              "build",
              option,
              "-o",
              program.toString(),
              source.toString())
          .orFail();
      assertThat(ownLines(program, source)).isEqualTo(commented(GO));
    }
  }

  /// The calls that the comments name, with the first line that was shown as the user's.
  private static Map<String, Integer> ownLines(Path program, Path source) {
    Map<String, Integer> commented = commented(source.endsWith("program.rs") ? RUST : GO);
    Follow run =
        Follow.json(
                List.of("--all", "--call", String.join(",", commented.keySet())),
                List.of(program.toString()))
            .orFail();
    Map<String, Integer> lines = new TreeMap<>();
    for (JsonNode journey : run.journeys()) {
      JsonNode line = Follow.hop(journey, "source-line");
      String file = line.path("file").asText("");
      if (!line.path("file").isNull()) {
        assertThat(Path.of(file).getFileName()).isEqualTo(source.getFileName());
        lines.putIfAbsent(Follow.name(journey), line.get("line").asInt());
      } else {
        assertThat(line.path("textMissing").asText()).isNotEmpty();
      }
    }
    return lines;
  }

  private static Map<String, Integer> commented(String source) {
    Map<String, Integer> lines = new TreeMap<>();
    List<String> all = source.lines().toList();
    for (int i = 0; i < all.size(); i++) {
      int comment = all.get(i).indexOf("// ");
      if (comment >= 0) {
        lines.put(all.get(i).substring(comment + 3), i + 1);
      }
    }
    return lines;
  }
}
