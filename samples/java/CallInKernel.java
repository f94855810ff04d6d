import trapline.Trapline;
import trapline.kernel.SyscallDefinition;
import trapline.kernel.SyscallFacts;

/// Says which function of the kernel serves a system call, and where it is.
class CallInKernel {
  public static void main(String[] args) {
    SyscallFacts call = Trapline.syscall("6.12", args[0]).orElseThrow();
    System.out.println(call.row().number() + " " + call.symbol());
    for (SyscallDefinition definition : call.definitions()) {
      System.out.println(definition.place());
    }
  }
}
