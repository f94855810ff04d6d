import java.util.HexFormat;
import trapline.Trapline;
import trapline.code.SymbolLookup;

/// Decodes machine code that is given in hexadecimal digits.
class Instructions {
  public static void main(String[] args) {
    byte[] code = HexFormat.of().parseHex(args[0]);
    Trapline.instructions(code, 0x1000)
        .map(instruction -> instruction.text(SymbolLookup.NONE))
        .forEach(System.out::println);
  }
}
