package trapline.abi;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The tables that are shipped beside this package's classes.
final class Resource {
  private Resource() {}

  /// The text of a table.
  static String read(String name) {
    String text = find(name);
    if (text == null) {
      throw new IllegalStateException("the table " + name + " is not part of this build");
    }
    return text;
  }

  /// The text of a table, or `null` when there is none of that name.
  static @Nullable String find(String name) {
    try (InputStream in = Resource.class.getResourceAsStream(name)) {
      return in == null ? null : new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("the table " + name + " cannot be read", e);
    }
  }

  /// The lines of a table without comments (`#`) and empty lines.
  static Lines lines(String text) {
    return new Lines(text);
  }

  /// A walk over the lines of a table.
  static final class Lines {
    private final String text;
    private int next;
    private int start;
    private int end;

    private Lines(String text) {
      this.text = text;
    }

    /// Goes to the next line that is neither empty nor a comment.
    boolean advance() {
      while (next < text.length()) {
        start = next;
        int newline = text.indexOf('\n', start);
        end = newline < 0 ? text.length() : newline;
        next = end + 1;
        if (end > start && text.charAt(start) != '#') {
          return true;
        }
      }
      return false;
    }

    int start() {
      return start;
    }

    int end() {
      return end;
    }

    /// The field of that index from 0, between tabs; empty when the line has fewer.
    String field(int index) {
      int from = start;
      for (int i = 0; i < index; i++) {
        int tab = text.indexOf('\t', from);
        if (tab < 0 || tab >= end) {
          return "";
        }
        from = tab + 1;
      }
      int tab = text.indexOf('\t', from);
      return text.substring(from, tab < 0 || tab > end ? end : tab);
    }

    String line() {
      return text.substring(start, end);
    }
  }
}
