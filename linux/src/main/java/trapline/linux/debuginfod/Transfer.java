package trapline.linux.debuginfod;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import trapline.linux.files.FileErrors;

/// Gets one file over HTTP, within bounds. The only class that loads Java's HTTP client.
final class Transfer {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final long MOST_SECONDS = 15 * 60;
  private static final int MOST_REDIRECTS = 5;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int NOT_ACCEPTABLE = 406;

  /// What a server has to send in each span of DEBUGINFOD_TIMEOUT seconds.
  private static final long LEAST_BYTES = 100 << 10;

  private static final long LOOK_MILLIS = 100;

  /// From here on the user is told what is waited for.
  private static final long QUIET_MILLIS = 1000;

  private final DebuginfodSettings settings;
  private final FetchMonitor monitor;
  private final HttpClient client;

  Transfer(DebuginfodSettings settings, FetchMonitor monitor) {
    this.settings = settings;
    this.monitor = monitor;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT)
            .proxy(new EnvironmentProxies(settings.environment()))
            .build();
  }

  /// @param into an empty file, which is filled
  void get(String server, Artifact artifact, Path into) throws TransferFailure {
    URI first =
        address(server + (server.endsWith("/") ? "" : "/") + "buildid/" + artifact.request());
    long begun = System.nanoTime();
    URI address = first;
    for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      // The user's own headers may hold a secret, which is for the server that was named.
      boolean named = origin(address).equals(origin(first));
      HttpRequest request = request(address, named, most(artifact));
      HttpResponse<Long> answer = get(request, artifact, into, begun, server);
      if (answer.statusCode() == OK) {
        return;
      }
      address = redirect(answer, address);
    }
    throw new TransferFailure(
        TransferFailure.Kind.REFUSED, "redirects more than " + MOST_REDIRECTS + " times", "");
  }

  private long most(Artifact artifact) {
    long users = settings.mostBytes();
    return users == 0 ? artifact.kind().most : Math.min(users, artifact.kind().most);
  }

  private static URI address(String text) throws TransferFailure {
    try {
      URI address = URI.create(text);
      if (isHttp(address) && address.getHost() != null) {
        return address;
      }
    } catch (IllegalArgumentException e) {
      // Told below.
    }
    throw new TransferFailure(
        TransferFailure.Kind.SERVER_GONE,
        "is not an address that begins with http:// or https://",
        "correct DEBUGINFOD_URLS");
  }

  private static boolean isHttp(URI address) {
    return "http".equalsIgnoreCase(address.getScheme()) || isSecure(address);
  }

  private static boolean isSecure(URI address) {
    return "https".equalsIgnoreCase(address.getScheme());
  }

  private static String origin(URI address) {
    return (address.getScheme() + "://" + address.getRawAuthority()).toLowerCase(Locale.ROOT);
  }

  private HttpRequest request(URI address, boolean named, long most) throws TransferFailure {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address).header("User-Agent", "trapline").GET();
    if (settings.mostBytes() > 0) {
      request.setHeader("X-DEBUGINFOD-MAXSIZE", Long.toString(most));
    }
    if (settings.mostSeconds() > 0) {
      request.setHeader("X-DEBUGINFOD-MAXTIME", Long.toString(settings.mostSeconds()));
    }
    for (String line : named ? settings.headers() : java.util.List.<String>of()) {
      int colon = line.indexOf(':');
      try {
        request.header(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
      } catch (IllegalArgumentException e) {
        // Not shown whole, because it may hold a secret.
        throw new TransferFailure(
            TransferFailure.Kind.SERVER_GONE,
            "was not asked: a header cannot be sent: " + line.substring(0, colon),
            "correct the file that DEBUGINFOD_HEADERS_FILE names");
      }
    }
    return request.build();
  }

  private static URI redirect(HttpResponse<Long> answer, URI from) throws TransferFailure {
    int status = answer.statusCode();
    String location = answer.headers().firstValue("location").orElse("");
    if (REDIRECTS.contains(status) && !location.isEmpty()) {
      try {
        URI next = from.resolve(location);
        if (isHttp(next) && next.getHost() != null && (isSecure(next) || !isSecure(from))) {
          return next;
        }
      } catch (IllegalArgumentException e) {
        // Told below.
      }
      throw new TransferFailure(
          TransferFailure.Kind.REFUSED,
          "redirects to an address that is not followed: " + location,
          "");
    }
    if (status == NOT_FOUND) {
      throw new TransferFailure(TransferFailure.Kind.ABSENT, "does not have it", "");
    }
    throw new TransferFailure(
        TransferFailure.Kind.REFUSED,
        "answers with HTTP status " + status,
        status == NOT_ACCEPTABLE ? "raise DEBUGINFOD_MAXSIZE" : "");
  }

  private HttpResponse<Long> get(
      HttpRequest request, Artifact artifact, Path into, long begun, String server)
      throws TransferFailure {
    try (FileSink sink = new FileSink(into, most(artifact))) {
      CompletableFuture<HttpResponse<Long>> coming = client.sendAsync(request, sink::begin);
      try {
        return await(coming, sink, begun, artifact.kind().word + " from " + server);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw TransferFailure.cancelled();
      } catch (ExecutionException e) {
        TransferFailure own = sink.failure();
        throw own != null ? own : failure(e.getCause());
      } finally {
        coming.cancel(true);
      }
    } catch (IOException e) {
      throw notWritten(e);
    }
  }

  static TransferFailure notWritten(IOException e) {
    return new TransferFailure(
        TransferFailure.Kind.REFUSED,
        "sent a file that cannot be written: " + FileErrors.line(e),
        "make room, or set DEBUGINFOD_CACHE_PATH to another directory");
  }

  private HttpResponse<Long> await(
      CompletableFuture<HttpResponse<Long>> coming, FileSink sink, long begun, String what)
      throws TransferFailure, InterruptedException, ExecutionException {
    long limit = settings.mostSeconds() == 0 ? MOST_SECONDS : settings.mostSeconds();
    long spanBegun = System.nanoTime();
    long spanBytes = 0;
    while (true) {
      try {
        return coming.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        // Time to look.
      }
      long now = System.nanoTime();
      if (monitor.isCancelled()) {
        throw TransferFailure.cancelled();
      }
      if (now - begun > TimeUnit.SECONDS.toNanos(limit)) {
        throw slow(
            "took longer than " + limit + " s",
            settings.mostSeconds() == 0 ? "" : "raise DEBUGINFOD_MAXTIME");
      }
      long span = settings.timeoutSeconds();
      if (span > 0 && now - spanBegun > TimeUnit.SECONDS.toNanos(span)) {
        if (sink.received() - spanBytes < LEAST_BYTES) {
          throw slow("sent less than 100 KB in " + span + " s", "raise DEBUGINFOD_TIMEOUT");
        }
        spanBegun = now;
        spanBytes = sink.received();
      }
      if (now - begun > TimeUnit.MILLISECONDS.toNanos(QUIET_MILLIS)) {
        monitor.at(what, sink.received(), sink.total());
      }
    }
  }

  private static TransferFailure slow(String message, String remedy) {
    return new TransferFailure(TransferFailure.Kind.SERVER_GONE, message, remedy);
  }

  private static TransferFailure failure(@Nullable Throwable cause) {
    for (Throwable each = cause; each != null; each = each.getCause()) {
      if (each instanceof HttpConnectTimeoutException || each instanceof ConnectException) {
        return slow("cannot be reached", "look at DEBUGINFOD_URLS and the network");
      }
      if (each instanceof SSLException) {
        return slow("cannot be trusted: " + each.getMessage(), "");
      }
      if (each instanceof ProtocolException) {
        return new TransferFailure(
            TransferFailure.Kind.PASSING, "answers with what is not HTTP", "");
      }
      if (each instanceof EOFException) {
        return new TransferFailure(
            TransferFailure.Kind.PASSING, "broke off: it closed the connection", "");
      }
    }
    String message = cause == null || cause.getMessage() == null ? "" : ": " + cause.getMessage();
    return new TransferFailure(TransferFailure.Kind.PASSING, "broke off" + message, "");
  }
}
