import java.nio.file.Path;
import trapline.Trapline;
import trapline.dwarf.DebugInfo;
import trapline.dwarf.SourceFrame;
import trapline.model.LinkAddress;

/// Says which source line an address of a program or library belongs to, with inlined calls.
class LineOfAddress {
  public static void main(String[] args) throws Exception {
    DebugInfo info = Trapline.debugInfo(Path.of(args[0])).orElseThrow();
    for (SourceFrame frame : info.framesAt(new LinkAddress(Long.decode(args[1])))) {
      System.out.println(frame.function().name() + " " + frame.place());
    }
  }
}
