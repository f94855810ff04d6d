package trapline.benchmark;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// What attaching to a server costs it: the longest that one of its answers took, and how many it
/// gave, with nobody attached, with strace, and with Trapline.
///
/// Arguments: `redis` or `nginx`, then the command that starts Trapline.
final class AttachBenchmark {
  private static final int PAUSE_MILLIS = 2;
  private static final int ATTACHING_SECONDS = 5;
  private static final int COUNTED = 20_000;

  private AttachBenchmark() {}

  /// One server, and how to ask it for something small.
  private record Server(Process process, int port, byte[] request) {
    Socket connect() throws IOException {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setTcpNoDelay(true);
      return socket;
    }
  }

  private record Figures(double worstMillis, double perSecond) {}

  public static void main(String[] arguments) throws Exception {
    Path directory = Files.createTempDirectory("trapline-benchmark");
    Server server = arguments[0].equals("redis") ? redis(directory) : nginx(directory);
    try (Socket socket = awaited(server)) {
      long pid = worker(server);
      Figures alone = measure(server, socket, List.of());
      List<String> trapline = new ArrayList<>(List.of(arguments).subList(1, arguments.length));
      trapline.addAll(List.of("follow", "-p", Long.toString(pid)));
      Figures strace =
          measure(server, socket, List.of("strace", "-f", "-o", "/dev/null", "-p", "" + pid));
      Figures ours = measure(server, socket, trapline);
      System.out.printf(
          "%-14s %16s %18s %16s%n", "", "worst answer", "answers a second", "of alone");
      row("alone", alone, alone);
      row("strace -f -p", strace, alone);
      row("follow -p", ours, alone);
    } finally {
      server.process.destroy();
      server.process.waitFor(10, TimeUnit.SECONDS);
      try (var files = Files.walk(directory)) {
        files.sorted(java.util.Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
      }
    }
  }

  private static void row(String name, Figures figures, Figures alone) {
    System.out.printf(
        "%-14s %13.1f ms %18.0f %15.0f%%%n",
        name, figures.worstMillis, figures.perSecond, 100 * figures.perSecond / alone.perSecond);
  }

  private static Server redis(Path directory) throws IOException {
    int port = freePort();
    Process process =
        start(
            directory,
            List.of("redis-server", "--port", "" + port, "--save", "", "--appendonly", "no"));
    return new Server(process, port, "PING\r\n".getBytes(StandardCharsets.US_ASCII));
  }

  private static Server nginx(Path directory) throws IOException {
    int port = freePort();
    Path settings =
        Files.writeString(
            directory.resolve("nginx.conf"),
            """
            daemon off; worker_processes 1; pid %1$s/pid; error_log %1$s/error;
            events {}
            http {
              access_log off; keepalive_requests 10000000; client_body_temp_path %1$s/b;
              proxy_temp_path %1$s/p; fastcgi_temp_path %1$s/f; uwsgi_temp_path %1$s/u;
              scgi_temp_path %1$s/s;
              server { listen 127.0.0.1:%2$d; location / { return 200 "ok"; } }
            }
            """
                .formatted(directory, port));
    Process process = start(directory, List.of("nginx", "-c", settings.toString()));
    String request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    return new Server(process, port, request.getBytes(StandardCharsets.US_ASCII));
  }

  private static Process start(Path directory, List<String> command) throws IOException {
    return new ProcessBuilder(command)
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("out").toFile())
        .start();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static Socket awaited(Server server) throws Exception {
    for (int i = 0; ; i++) {
      try {
        return server.connect();
      } catch (IOException e) {
        if (i == 100) {
          throw e;
        }
        Thread.sleep(50);
      }
    }
  }

  /// The process that answers: a child where there is one.
  private static long worker(Server server) {
    return server.process.descendants().findFirst().orElse(server.process.toHandle()).pid();
  }

  private static Figures measure(Server server, Socket socket, List<String> tool) throws Exception {
    byte[] buffer = new byte[4096];
    for (int i = 0; i < 1000; i++) {
      ask(server, socket, buffer);
    }
    Process attached =
        tool.isEmpty()
            ? null
            : new ProcessBuilder(tool)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    long worst = 0;
    long end = System.nanoTime() + ATTACHING_SECONDS * 1_000_000_000L;
    while (System.nanoTime() < end) {
      worst = Math.max(worst, ask(server, socket, buffer));
      Thread.sleep(PAUSE_MILLIS);
    }
    long start = System.nanoTime();
    for (int i = 0; i < COUNTED; i++) {
      ask(server, socket, buffer);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    if (attached != null) {
      new ProcessBuilder("kill", "-INT", "" + attached.pid()).start().waitFor();
      attached.waitFor();
    }
    return new Figures(worst / 1e6, COUNTED / seconds);
  }

  private static long ask(Server server, Socket socket, byte[] buffer) throws IOException {
    OutputStream out = socket.getOutputStream();
    InputStream in = socket.getInputStream();
    long start = System.nanoTime();
    out.write(server.request);
    if (in.read(buffer) <= 0) {
      throw new IOException("the server closed the connection");
    }
    return System.nanoTime() - start;
  }
}
