package trapline.libc.build;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLConnection;
import java.net.UnknownHostException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import trapline.libc.Libc;
import trapline.linux.files.FileErrors;
import trapline.linux.files.PrivateFile;

/// The tarball of a release, at its project's own site: the table `releases.txt`.
final class Release {
  private static final int PATIENCE_MILLIS = 20_000;
  private static final long LARGEST = 200L << 20;
  private static final int CHUNK = 1 << 16;

  private Release() {}

  static URI location(Libc.Kind kind, String version) {
    for (List<String> row : Table.rows("releases.txt")) {
      if (row.get(0).equals(kind.text())) {
        return URI.create(row.get(1).replace("{version}", version));
      }
    }
    throw new IllegalStateException("no place for releases of " + kind.text());
  }

  /// Fetches a file, whole or not at all.
  ///
  /// @param folder which is there
  /// @return where it is in the folder
  static Path fetch(URI location, Path folder, BuildListener listener) {
    String path = location.getPath();
    String name = path.substring(path.lastIndexOf('/') + 1);
    Path file = folder.resolve(name);
    if (Files.isRegularFile(file)) {
      listener.say("using " + file + ", which was fetched before");
      return file;
    }
    Path part = folder.resolve("." + name + "." + ProcessHandle.current().pid() + ".part");
    try {
      URLConnection connection = location.toURL().openConnection();
      connection.setConnectTimeout(PATIENCE_MILLIS);
      connection.setReadTimeout(PATIENCE_MILLIS);
      if (connection instanceof HttpURLConnection http && http.getResponseCode() != 200) {
        throw unreachable(location, name, "the server says " + http.getResponseCode());
      }
      try (InputStream in = connection.getInputStream()) {
        copy(in, part, connection.getContentLengthLong(), name, listener);
      }
      Files.move(part, file);
      return file;
    } catch (IOException e) {
      throw unreachable(location, name, reason(e));
    } finally {
      try {
        Files.deleteIfExists(part);
      } catch (IOException e) {
        listener.say(part + " could not be removed");
      }
    }
  }

  private static void copy(
      InputStream in, Path part, long length, String name, BuildListener listener)
      throws IOException {
    long total = 0;
    byte[] buffer = new byte[CHUNK];
    try (OutputStream out = Channels.newOutputStream(PrivateFile.create(part))) {
      for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
        if (Thread.interrupted()) {
          throw LibcBuildFailure.interrupted();
        }
        total += got;
        if (total > LARGEST) {
          throw new IOException("more than " + (LARGEST >> 20) + " MiB, too much for a source");
        }
        out.write(buffer, 0, got);
        listener.bytes("fetching " + name, total, Math.max(0, length));
      }
    }
    if (length >= 0 && total != length) {
      throw new IOException("the connection ended after " + total + " of " + length + " bytes");
    }
  }

  private static String reason(IOException e) {
    return switch (e) {
      case UnknownHostException host -> "no host " + host.getMessage() + " is found";
      case SocketTimeoutException timeout -> "no answer in " + PATIENCE_MILLIS / 1000 + " s";
      default -> FileErrors.reason(e);
    };
  }

  private static LibcBuildFailure unreachable(URI location, String name, String why) {
    return LibcBuildFailure.build(
        location
            + ": cannot be fetched ("
            + why
            + "); fetch it where there is a network, and give the file: trapline libc build "
            + name);
  }
}
