package trapline.linux.debuginfod;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import trapline.bytes.Bytes;
import trapline.elf.ElfFile;
import trapline.elf.Section;
import trapline.linux.files.FileErrors;
import trapline.model.MalformedBinary;
import trapline.model.Unsupported;

/// Fetches debug information and source files from debuginfod's servers (debuginfod(8)) into the
/// cache of elfutils' client. Safe for use by many threads; one file is fetched at a time.
///
/// Bounded without any setting, too: a file has at most 2 GiB (source: 32 MiB), a transfer takes at
/// most 15 minutes, and a server that was silent is not asked again. What comes enters the cache
/// only when it is whole and its build-id is the one that was asked for.
public final class DebuginfodClient {
  private final DebuginfodSettings settings;
  private final @Nullable DebuginfodCache cache;
  private final FetchMonitor monitor;
  private final boolean asks;

  /// What servers did that are not asked again.
  private final Map<String, TransferFailure> gone = new HashMap<>();

  private @Nullable Transfer transfer;
  private boolean cleaned;

  private DebuginfodClient(DebuginfodSettings settings, FetchMonitor monitor, boolean asks) {
    this.settings = settings;
    this.cache = settings.cache() == null ? null : new DebuginfodCache(settings.cache());
    this.monitor = monitor;
    this.asks = asks && !settings.servers().isEmpty();
  }

  /// Asks the servers that the environment names (DEBUGINFOD_URLS and the other variables of
  /// debuginfod_find_debuginfo(3)).
  public static DebuginfodClient of(Map<String, String> environment, FetchMonitor monitor) {
    return new DebuginfodClient(DebuginfodSettings.of(environment), monitor, true);
  }

  /// Looks only at what somebody fetched before.
  public static DebuginfodClient ofCache(Map<String, String> environment) {
    return new DebuginfodClient(DebuginfodSettings.of(environment), FetchMonitor.SILENT, false);
  }

  /// The servers' addresses, in the order in which they are asked.
  public List<String> servers() {
    return settings.servers();
  }

  /// The directory of what was fetched.
  ///
  /// @return `null` when the user has no home
  public @Nullable Path cacheDirectory() {
    return settings.cache();
  }

  /// A file that was fetched before, by whomever. What is in it is not looked at.
  ///
  /// @return `null` when it was not
  public @Nullable Path cached(Artifact artifact) {
    return cache == null || !artifact.canBeAsked() ? null : cache.hit(artifact);
  }

  /// Looks into the cache, and asks the servers in turn. A debug file that was damaged in the cache
  /// is fetched again.
  public synchronized Fetch fetch(Artifact artifact) {
    Path hit = cached(artifact);
    if (hit != null && isRight(artifact, hit)) {
      return new Fetch.Found(hit);
    }
    DebuginfodCache folder = cache;
    Path place = folder == null || !artifact.canBeAsked() ? null : folder.place(artifact);
    if (!asks || folder == null || place == null) {
      return new Fetch.NotAsked();
    }
    try {
      if (!cleaned) {
        cleaned = true;
        folder.cleanWhenDue();
      }
      return folder.isKnownMiss(place) ? new Fetch.Absent() : ask(artifact, folder, place);
    } catch (IOException e) {
      return new Fetch.Failed(
          "debuginfod's cache cannot be used: " + FileErrors.line(e),
          "set DEBUGINFOD_CACHE_PATH to a directory that can be");
    } finally {
      monitor.ended();
    }
  }

  private Fetch ask(Artifact artifact, DebuginfodCache folder, Path place) throws IOException {
    StringJoiner reasons = new StringJoiner("; ");
    String remedy = "";
    for (String server : settings.servers()) {
      TransferFailure failure = gone.get(server);
      if (failure == null) {
        failure = get(server, artifact, folder, place);
        if (failure == null) {
          return new Fetch.Found(place);
        }
      }
      if (failure.kind() == TransferFailure.Kind.SERVER_GONE) {
        gone.put(server, failure);
      }
      if (failure.kind() != TransferFailure.Kind.ABSENT) {
        reasons.add(server + " " + failure.message());
        remedy = remedy.isEmpty() ? failure.remedy() : remedy;
      }
      if (failure.kind() == TransferFailure.Kind.CANCELLED) {
        break;
      }
    }
    if (reasons.length() > 0) {
      return new Fetch.Failed(reasons.toString(), remedy);
    }
    folder.rememberMiss(place);
    return new Fetch.Absent();
  }

  /// @return `null` when the file has come
  private @Nullable TransferFailure get(
      String server, Artifact artifact, DebuginfodCache folder, Path place) throws IOException {
    Transfer http = transfer;
    if (http == null) {
      http = new Transfer(settings, monitor);
      transfer = http;
    }
    for (int attempt = 0; ; attempt++) {
      Path temporary = folder.temporary(place);
      try {
        http.get(server, artifact, temporary);
        if (artifact.kind() == Artifact.Kind.DEBUGINFO) {
          check(artifact.buildId(), temporary);
        }
        folder.keep(temporary, place);
        return null;
      } catch (TransferFailure e) {
        if (e.kind() != TransferFailure.Kind.PASSING || attempt >= settings.retries()) {
          return e;
        }
      } finally {
        folder.discard(temporary);
      }
    }
  }

  private static boolean isRight(Artifact artifact, Path file) {
    try {
      if (artifact.kind() == Artifact.Kind.DEBUGINFO) {
        check(artifact.buildId(), file);
      }
      return true;
    } catch (IOException | TransferFailure e) {
      return false;
    }
  }

  private static void check(String buildId, Path file) throws IOException, TransferFailure {
    String found;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer contents = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
      ElfFile elf = ElfFile.of(Bytes.of("the file", contents));
      found = elf.buildId();
      // The table of sections stands at the end.
      if (elf.sections().isEmpty() || !isWhole(elf, channel.size())) {
        throw refused("sent an ELF file that is cut off");
      }
    } catch (MalformedBinary | Unsupported e) {
      throw refused("sent something else than an x86-64 ELF file: " + e.getMessage());
    }
    if (!found.equals(buildId)) {
      throw refused(
          "sent a file whose build-id is "
              + (found.isEmpty() ? "missing" : found)
              + ", not "
              + buildId);
    }
  }

  private static boolean isWhole(ElfFile elf, long size) {
    for (Section each : elf.sections()) {
      if (each.hasContents() && (each.offset() > size || each.size() > size - each.offset())) {
        return false;
      }
    }
    return true;
  }

  private static TransferFailure refused(String message) {
    return new TransferFailure(
        TransferFailure.Kind.REFUSED, message, "take that server out of DEBUGINFOD_URLS");
  }
}
