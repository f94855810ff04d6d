package trapline.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// An HTTP server on this machine that answers as a test says, and notes what it was asked.
public final class PretendServer implements AutoCloseable {
  /// Answers one request.
  @FunctionalInterface
  public interface Answer {
    void give(HttpExchange exchange) throws IOException;
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<String> tokens = new CopyOnWriteArrayList<>();

  public PretendServer(Answer answer) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          asked.add(exchange.getRequestURI().getRawPath());
          tokens.add(String.valueOf(exchange.getRequestHeaders().getFirst("X-Token")));
          try (exchange) {
            answer.give(exchange);
          }
        });
    server.start();
  }

  public static Answer sending(byte[] contents) {
    return exchange -> {
      exchange.sendResponseHeaders(200, contents.length);
      exchange.getResponseBody().write(contents);
    };
  }

  public static Answer status(int status) {
    return exchange -> exchange.sendResponseHeaders(status, -1);
  }

  public String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /// The paths that were asked for, in order.
  public List<String> asked() {
    return asked;
  }

  /// The header `X-Token` of each request; `null` as a word when there was none.
  public List<String> tokens() {
    return tokens;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
