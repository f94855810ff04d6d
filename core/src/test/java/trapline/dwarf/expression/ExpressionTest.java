package trapline.dwarf.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import trapline.bytes.Bytes;
import trapline.model.MalformedBinary;
import trapline.model.RemoteMemory;

/// Each operation, with the result that DWARF 5, section 2.5, defines for it.
@Tag("unit")
final class ExpressionTest {
  /// A frame: register n holds 0x1000 + 16 n, but r5 and all from 17 on are not known. The memory
  /// from 0x2000 to 0x20ff holds in each byte the low byte of its address + 0x81.
  static final class Frame implements ExpressionContext {
    @Override
    public Input register(int number) {
      return number < 17 && number != 5
          ? Input.of(0x1000 + 16L * number)
          : Input.unknown("r" + number);
    }

    @Override
    public RemoteMemory memory() {
      return (address, into, offset, length) -> {
        int done = 0;
        while (done < length && address + done >= 0x2000 && address + done < 0x2100) {
          into[offset + done] = (byte) (address + done + 0x81);
          done++;
        }
        return done;
      };
    }

    @Override
    public Input cfa() {
      return Input.of(0x7000);
    }

    @Override
    public Input frameBase() {
      return Input.of(0x6000);
    }

    @Override
    public Input address(long linkAddress) {
      return Input.of(linkAddress + 0x10000);
    }

    @Override
    public Input addressTable(long index) {
      return index == 1 ? Input.of(0x4444) : Input.unknown("no entry " + index);
    }

    @Override
    public Input threadLocal(long offset) {
      return Input.of(0x9000 + offset);
    }

    @Override
    public Input objectAddress() {
      return Input.of(0x8000);
    }

    @Override
    public @Nullable Bytes procedure(long entry, boolean inUnit) {
      if (entry == 7) {
        return bytes("98 07 00"); // calls itself
      }
      return entry == 5 ? bytes("22 35") : null; // plus, lit5
    }

    @Override
    public @Nullable BaseType baseType(long entry) {
      return switch ((int) entry) {
        case 1 -> new BaseType(BaseType.SIGNED, 4);
        case 2 -> new BaseType(BaseType.FLOAT, 8);
        case 3 -> new BaseType(7, 1);
        case 4 -> new BaseType(BaseType.FLOAT, 4);
        case 5 -> new BaseType(BaseType.SIGNED, 8);
        case 6 -> new BaseType(BaseType.SIGNED, 16);
        case 8 -> new BaseType(7, 8);
        default -> null;
      };
    }
  }

  private static Bytes bytes(String hex) {
    return Bytes.of("expression", HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          03 78 56 34 12 00 00 00 00       | memory 12355678
          a1 01                            | memory 14444
          a1 02                            | unavailable no entry 2
          fb 01                            | memory 14444
          a2 01                            | memory 4444
          fc 01                            | memory 4444
          0c 00 20 00 00 06                | memory 8887868584838281
          0c f9 20 00 00 06                | unavailable the memory at 0x20f9 is not readable
          0c 00 20 00 00 94 01             | memory 81
          0c 00 20 00 00 94 02             | memory 8281
          0c 00 20 00 00 94 04             | memory 84838281
          08 ff                            | memory ff
          09 ff                            | memory ffffffffffffffff
          0a 34 f2                         | memory f234
          0b 34 f2                         | memory fffffffffffff234
          0c ff ff ff ff                   | memory ffffffff
          0d ff ff ff ff                   | memory ffffffffffffffff
          0e 01 02 03 04 05 06 07 88       | memory 8807060504030201
          0f 01 02 03 04 05 06 07 88       | memory 8807060504030201
          10 80 01                         | memory 80
          11 80 7f                         | memory ffffffffffffff80
          30                               | memory 0
          4f                               | memory 1f
          35 12 22                         | memory a
          35 36 13                         | memory 5
          35 36 14                         | memory 5
          35 36 37 15 02                   | memory 5
          35 36 16                         | memory 5
          35 36 16 1c                      | memory 1
          31 32 33 17 1c 1c                | memory 4
          09 fb 19                         | memory 5
          3f 36 1a                         | memory 6
          09 f9 32 1b                      | memory fffffffffffffffd
          35 30 1b                         | unavailable the expression divides by zero
          35 37 1c                         | memory fffffffffffffffe
          3f 34 1d                         | memory 3
          35 30 1d                         | unavailable the expression divides by zero
          09 ff 37 1d                      | memory 1
          35 37 1e                         | memory 23
          35 1f                            | memory fffffffffffffffb
          35 20                            | memory fffffffffffffffa
          3a 35 21                         | memory f
          35 23 80 01                      | memory 85
          31 08 3f 24                      | memory 8000000000000000
          31 08 40 24                      | memory 0
          09 ff 08 3f 25                   | memory 1
          09 80 34 26                      | memory fffffffffffffff8
          09 80 08 7f 26                   | memory ffffffffffffffff
          3a 35 27                         | memory f
          31 28 01 00 33 34                | memory 4
          30 28 01 00 33 34 1c             | memory ffffffffffffffff
          35 35 29                         | memory 1
          09 ff 31 2a                      | memory 0
          09 ff 31 2b                      | memory 0
          09 ff 31 2c                      | memory 1
          09 ff 31 2d                      | memory 1
          35 35 2e                         | memory 0
          2f 01 00 33 34                   | memory 4
          50                               | register 0
          6f                               | register 31
          90 41                            | register 65
          70 7f                            | memory fff
          75 00                            | unavailable r5
          76 10 9f                         | value 1070 size 8
          92 06 10                         | memory 1070
          91 70                            | memory 5ff0
          9c                               | memory 7000
          97                               | memory 8000
          35 9b                            | memory 9005
          35 e0                            | memory 9005
          96 35                            | memory 5
          35 31 98 05 00                   | memory 5
          35 31 99 05 00 00 00             | memory 5
          35 31 9a 05 00 00 00             | memory 5
          98 09 00                         | unavailable needs the expression of another entry, at offset 0x9
          9e 03 01 02 03                   | implicit 010203
          35 9f                            | value 5 size 8
          a0 10 00 00 00 04                | implicit pointer 10 + 4
          f2 10 00 00 00 7c                | implicit pointer 10 + -4
          a3 01 55                         | unavailable needs a value from the time the function was entered
          f3 01 55 9f                      | unavailable needs a value from the time the function was entered
          fa 10 00 00 00                   | unavailable needs the value of a parameter at the call
          50 93 04 51 93 04                | pieces [register 0: 32 bits at 0] [register 1: 32 bits at 0]
          50 93 04 93 04                   | pieces [register 0: 32 bits at 0] [unavailable optimised out: 32 bits at 0]
          50 9d 03 02 35 9f 9d 05 00       | pieces [register 0: 3 bits at 2] [value 5 size 8: 5 bits at 0]
          75 00 9f 93 08 51 93 08          | pieces [unavailable r5: 64 bits at 0] [register 1: 64 bits at 0]
          a4 01 04 fe ff ff ff 9f          | value fffffffffffffffe size 4
          a4 03 01 fe 9f                   | value fe size 1
          a5 00 01 9f                      | value 1000 size 4
          f5 00 01 9f                      | value 1000 size 4
          0c 00 20 00 00 a6 04 01 9f       | value ffffffff84838281 size 4
          a4 01 04 fe ff ff ff a8 03 9f    | value fe size 1
          a4 01 04 fe ff ff ff a8 00 9f    | value fffffffffffffffe size 8
          a4 01 04 02 00 00 00 a8 02 9f    | value 4000000000000000 size 8
          a4 01 04 fe ff ff ff a8 02 a8 05 9f | value fffffffffffffffe size 8
          a4 02 08 00 00 00 00 00 00 00 40 a4 02 08 00 00 00 00 00 00 f8 3f 22 9f | value 400c000000000000 size 8
          a4 02 08 00 00 00 00 00 00 00 40 a8 04 9f | value 40000000 size 4
          a4 04 04 00 00 80 bf 19 9f       | value 3f800000 size 4
          a4 02 08 00 00 00 00 00 00 00 40 a9 05 9f | value 4000000000000000 size 8
          a4 03 01 80 a4 03 01 80 22 9f    | value 0 size 1
          a4 08 08 ff ff ff ff ff ff ff ff a4 08 08 02 00 00 00 00 00 00 00 1b 9f | value 7fffffffffffffff size 8
          a4 01 04 01 00 00 00 35 22 9f    | unavailable the expression mixes types
          a4 06 10 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 9f | unavailable a constant of a type
          a8 09                            | malformed
          35 a8 09                         | unavailable needs the base type at offset 0x9
          35 35 18                         | unavailable x86-64 has no address spaces
          ed                               | unavailable Trapline does not know the operation 0xed
          """)
  void operations(String expression, String expected) {
    String result;
    try {
      result = describe(Expression.evaluate(bytes(expression), new Frame()));
    } catch (MalformedBinary malformed) {
      result = "malformed";
    }
    if (expected.startsWith("unavailable")) {
      assertThat(result).startsWith(expected);
    } else {
      assertThat(result).isEqualTo(expected);
    }
  }

  private static String describe(Location location) {
    return switch (location) {
      case Location.Memory(long address) -> "memory " + Long.toHexString(address);
      case Location.Register(int number) -> "register " + number;
      case Location.Value(long bits, int size) ->
          "value " + Long.toHexString(bits) + " size " + size;
      case Location.Implicit(Bytes bytes) ->
          "implicit " + HexFormat.of().formatHex(bytes.copy(0, bytes.size()));
      case Location.ImplicitPointer(long entry, long offset) ->
          "implicit pointer " + Long.toHexString(entry) + " + " + offset;
      case Location.Pieces(var pieces) ->
          pieces.stream()
              .map(
                  piece ->
                      "["
                          + describe(piece.location())
                          + ": "
                          + piece.bits()
                          + " bits at "
                          + piece.bitOffset()
                          + "]")
              .collect(Collectors.joining(" ", "pieces ", ""));
      case Location.Unavailable(String reason) -> "unavailable " + reason;
    };
  }

  @Test
  void nothingIsOptimisedOut() {
    assertThat(Expression.evaluate(Bytes.empty(""), new Frame()))
        .isEqualTo(new Location.Unavailable("optimised out"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "03 01", // cut off
        "22", // takes two of none
        "35 22",
        "15 00",
        "35 15 01",
        "2f fd ff", // endless
        "31 2f fc ff", // endless and growing
        "2f 00 10", // beyond the end
        "2f 00 80", // before the start
        "98 07 00", // calls itself
        "9e ff ff ff ff 0f", // longer than the expression
        "50 35", // goes on after a location
        "90 ff ff ff ff ff ff ff ff 7f",
        "93 ff ff ff ff ff ff ff ff 7f",
        "10 ff ff ff ff ff ff ff ff ff ff ff ff ff 01",
        "9f",
        "06"
      })
  void nonsense(String expression) {
    assertThatThrownBy(() -> Expression.evaluate(bytes(expression), new Frame()))
        .isInstanceOf(MalformedBinary.class);
  }

  @Test
  void numbersWithAnInitialStack() {
    assertThat(Expression.number(bytes("23 08"), new Frame(), 0x100)).isEqualTo(Input.of(0x108));
    assertThat(Expression.number(bytes("1c"), new Frame(), 9, 4)).isEqualTo(Input.of(5));
    // The row of a procedure linkage table: rsp + 8 + ((rip & 15) >= 11) * 8.
    assertThat(Expression.number(bytes("77 08 80 00 3f 1a 3b 2a 33 24 22"), new Frame()))
        .isEqualTo(Input.of(0x1070 + 8));
  }

  @Test
  void frameBases() {
    assertThat(Expression.frameBase(bytes("9c"), new Frame())).isEqualTo(Input.of(0x7000));
    assertThat(Expression.frameBase(bytes("56"), new Frame())).isEqualTo(Input.of(0x1060));
    assertThat(Expression.frameBase(bytes("55"), new Frame())).isEqualTo(Input.unknown("r5"));
  }
}
