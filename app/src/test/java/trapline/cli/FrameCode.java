package trapline.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import trapline.testing.Command;

/// What objdump, readelf and Go's addr2line say of the code of frames, each of which is given by
/// its outermost level.
final class FrameCode {
  /// Lengths of calls and jumps, the usual ones first.
  private static final int[] LENGTHS = {5, 6, 2, 7, 3, 4, 8};

  private static final Pattern TRANSFER =
      Pattern.compile("(?:(?:bnd|notrack) )*(call|j\\w+)\\s+(.*)");
  private static final Pattern DIRECT = Pattern.compile("([0-9a-f]+) .*");
  private static final Pattern STUB = Pattern.compile(".*<([^<>]+)@plt>.*");

  /// Where Go's runtime enters a stack: nothing calls these on it. The return address of the main
  /// goroutine's function was put there by hand.
  private static final Set<String> GO_TOPS =
      Set.of(
          "runtime.rt0_go",
          "runtime.mcall",
          "runtime.systemstack",
          "runtime.asmcgocall",
          "runtime.mstart",
          "runtime.main",
          "runtime.goexit");

  private static final Map<String, String> KNOWN = new HashMap<>();

  private FrameCode() {}

  /// The first instruction at a link address.
  static String instruction(String module, long address) {
    return disassembled(module, address, address + 16).split("\n", 2)[0];
  }

  private static String disassembled(String module, long start, long end) {
    return known(
        "objdump",
        "-d",
        "--no-show-raw-insn",
        "--start-address=" + start,
        "--stop-address=" + end,
        module);
  }

  /// What a tool says, asked once; of objdump the instructions, without the first one's address.
  private static synchronized String known(String... command) {
    return KNOWN.computeIfAbsent(
        String.join(" ", command),
        key -> {
          String text = Command.run(command).out();
          int first = text.indexOf(":\t");
          return command[0].equals("objdump")
              ? first < 0 ? "" : text.substring(first + 2).strip()
              : text;
        });
  }

  /// What may be the call or jump that ends where a frame goes on, without its mnemonic's prefix.
  private static List<String> transfersBefore(JsonNode frame, String kind) {
    List<String> found = new ArrayList<>();
    long behind = Long.decode(frame.get("moduleOffset").asText());
    for (int length : LENGTHS) {
      String text = disassembled(frame.get("module").asText(), behind - length, behind);
      Matcher parts = TRANSFER.matcher(text);
      if (parts.matches() && parts.group(1).startsWith(kind)) {
        found.add(parts.group(2));
      }
    }
    return found;
  }

  /// Whether the code of a function that has left by a tail call says so: the jump is there and can
  /// lead to the frame inside it; where the jump is not known, the calling frame calls it.
  static boolean provesTailCall(JsonNode inner, JsonNode frame, @Nullable JsonNode caller) {
    if (frame.get("functionOffset").asLong(-1) == 0) {
      return caller != null
          && transfersBefore(caller, caller.get("tailCall").asBoolean() ? "j" : "call").stream()
              .anyMatch(each -> canReach(each, caller, frame));
    }
    return transfersBefore(frame, "j").stream().anyMatch(each -> canReach(each, frame, inner));
  }

  /// Whether a call or jump can lead to the start of the function of a frame: it does by address or
  /// by the name of its linkage stub, or goes through a register or memory.
  private static boolean canReach(String operand, JsonNode from, JsonNode to) {
    if (operand.startsWith("*")) {
      return true;
    }
    Matcher stub = STUB.matcher(operand);
    if (stub.matches()) {
      return isEntered(to, stub.group(1).replaceFirst("@.*", ""));
    }
    Matcher direct = DIRECT.matcher(operand);
    return direct.matches()
        && from.get("module").equals(to.get("module"))
        && (to.get("functionOffset").isNull()
            || Long.parseLong(direct.group(1), 16) == start(to)
            // A thunk for jumps through a register.
            || operand.contains("thunk"));
  }

  private static long start(JsonNode frame) {
    return Long.decode(frame.get("moduleOffset").asText()) - frame.get("functionOffset").asLong();
  }

  /// Whether a dynamic symbol is where the function of a frame starts, or is chosen when it runs.
  private static boolean isEntered(JsonNode frame, String symbol) {
    for (String line :
        known("readelf", "-W", "--dyn-syms", frame.get("module").asText()).split("\n", -1)) {
      String[] fields = line.strip().split("\\s+", -1);
      if (fields.length > 7
          && fields[7].replaceFirst("@.*", "").equals(symbol)
          && (fields[3].equals("IFUNC") || Long.parseLong(fields[1], 16) == start(frame))) {
        return true;
      }
    }
    return false;
  }

  /// Whether an object file has a table by which its frames are found.
  static boolean hasTable(String module) {
    return known("readelf", "-SW", module).matches("(?s).*\\.(eh|debug)_frame\\b.*");
  }

  /// Whether a frame of Go code follows a call of the function inside it.
  static boolean provesGoCall(JsonNode inner, JsonNode frame) {
    String module = frame.get("module").asText();
    for (String operand : transfersBefore(frame, "call")) {
      Matcher direct = DIRECT.matcher(operand);
      String called =
          direct.matches() ? goFunction(module, Long.parseLong(direct.group(1), 16)) : "";
      // That one jumps to what it is given when it is on the system's stack already.
      if (operand.startsWith("*")
          || called.equals("runtime.systemstack")
          || called.equals(goFunction(inner))) {
        return !goFunction(frame).equals("?");
      }
    }
    return false;
  }

  /// Whether a frame is where a stack of Go's ends.
  static boolean isGoTop(JsonNode frame) {
    return GO_TOPS.contains(goFunction(frame));
  }

  private static String goFunction(JsonNode frame) {
    return goFunction(
        frame.get("module").asText(), Long.decode(frame.get("moduleOffset").asText()) - 1);
  }

  private static String goFunction(String module, long address) {
    String command = "echo 0x" + Long.toHexString(address) + " | go tool addr2line " + module;
    return known("/bin/sh", "-c", command).split("\n", 2)[0];
  }
}
