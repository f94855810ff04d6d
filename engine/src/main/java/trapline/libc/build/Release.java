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
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
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

  /// The SHA-256 of a release, as the table `release-hashes.txt` has it.
  ///
  /// @return empty when it is not known
  static String hash(Libc.Kind kind, String version) {
    for (List<String> row : Table.rows("release-hashes.txt")) {
      if (row.get(0).equals(kind.text()) && row.get(1).equals(version)) {
        return row.get(2);
      }
    }
    return "";
  }

  /// @throws LibcBuildFailure when a file has another SHA-256
  static void requireHash(Path file, String sha256) throws IOException {
    MessageDigest digest = sha256();
    try (InputStream in = Files.newInputStream(file)) {
      byte[] buffer = new byte[CHUNK];
      for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
        digest.update(buffer, 0, got);
      }
    }
    String actual = HexFormat.of().formatHex(digest.digest());
    if (!actual.equals(sha256)) {
      throw LibcBuildFailure.input(
          file + ": is another file than was named: its SHA-256 is " + actual + ", not " + sha256);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /// Fetches a file, whole and with its hash or not at all.
  ///
  /// @param sha256 the file's, in lower-case hexadecimal digits
  /// @param directory which is there
  /// @return where it is in the directory
  static Path fetch(URI location, String sha256, Path directory, BuildListener listener) {
    String path = location.getPath();
    String name = path.substring(path.lastIndexOf('/') + 1);
    Path file = directory.resolve(name);
    try {
      if (Files.isRegularFile(file)) {
        requireHash(file, sha256);
        listener.say("using " + file + ", which was fetched before");
        return file;
      }
    } catch (LibcBuildFailure | IOException e) {
      listener.say(e.getMessage() + "; fetching it again");
    }
    Path part = directory.resolve("." + name + "." + ProcessHandle.current().pid() + ".part");
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
      try {
        requireHash(part, sha256);
      } catch (LibcBuildFailure e) {
        throw unreachable(location, name, "it has another SHA-256 than " + sha256);
      }
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
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
