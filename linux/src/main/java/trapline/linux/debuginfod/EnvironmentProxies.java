package trapline.linux.debuginfod;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// The proxies that the environment names for HTTP, as curl reads it: `http_proxy` (lower-case
/// only), `https_proxy`, `all_proxy` and `no_proxy`.
final class EnvironmentProxies extends ProxySelector {
  private static final int USUAL_PORT = 1080;
  private final Map<String, String> environment;

  EnvironmentProxies(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public List<Proxy> select(URI address) {
    String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
    String proxy = value(scheme + "_proxy", !scheme.equals("http"));
    if (proxy.isEmpty()) {
      proxy = value("all_proxy", true);
    }
    if (proxy.isEmpty() || isExcepted(String.valueOf(address.getHost()))) {
      return List.of(Proxy.NO_PROXY);
    }
    try {
      URI server = URI.create(proxy.contains("://") ? proxy : "http://" + proxy);
      if (server.getHost() != null && "http".equalsIgnoreCase(server.getScheme())) {
        int port = server.getPort() < 0 ? USUAL_PORT : server.getPort();
        return List.of(new Proxy(Proxy.Type.HTTP, new InetSocketAddress(server.getHost(), port)));
      }
    } catch (IllegalArgumentException e) {
      // One that cannot be understood is not used.
    }
    return List.of(Proxy.NO_PROXY);
  }

  private String value(String name, boolean alsoUpper) {
    String value = Objects.requireNonNullElse(environment.get(name), "");
    return value.isEmpty() && alsoUpper
        ? Objects.requireNonNullElse(environment.get(name.toUpperCase(Locale.ROOT)), "")
        : value;
  }

  private boolean isExcepted(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    for (String word : value("no_proxy", true).toLowerCase(Locale.ROOT).split("[,\\s]+")) {
      String domain = word.startsWith(".") ? word.substring(1) : word;
      if (domain.equals("*")
          || (!domain.isEmpty() && (name.equals(domain) || name.endsWith("." + domain)))) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void connectFailed(URI address, SocketAddress proxy, IOException failure) {
    // The failed transfer tells it.
  }
}
