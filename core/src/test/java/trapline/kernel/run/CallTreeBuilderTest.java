package trapline.kernel.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import trapline.model.MalformedBinary;
import trapline.model.RanFunction;

@Tag("unit")
class CallTreeBuilderTest {
  @Test
  void callsAndReturns() {
    PretendKernel kernel = new PretendKernel("a", "b", "c", "after");
    kernel.call("a").push().in("a", 1).call("b").in("b", 4).ret(7, "a", 9);
    kernel.call("c").ret(-2, "a", 20).pop().in("a", 21).ret(5, "after", 3);
    assertThat(kernel.builder().isDone()).isTrue();
    assertThat(kernel.text()).isEqualTo("a=5(b=7 c=-2)");
    CallNode root = kernel.builder().finish().root();
    assertThat(root.cost()).isEqualTo(8);
    assertThat(root.calls().getFirst().cost()).isEqualTo(2);
    assertThat(root.address()).isEqualTo(PretendKernel.BASE);
  }

  @Test
  void tailCallsReturnWithWhoJumped() {
    PretendKernel kernel = new PretendKernel("a", "b", "c");
    kernel.call("a").push().in("a", 1).call("b").in("b", 5).in("c", 0).in("c", 3).ret(9, "a", 8);
    assertThat(kernel.text()).isEqualTo("a=?(b=9(>c=9))");
  }

  @Test
  void aRecordingThatEndsWithTheReturnInstruction() {
    PretendKernel kernel = new PretendKernel("a", "b");
    kernel.call("a").push().call("b").ret(1, "a", 8).set(Register.RAX, -5).pop().in("a", 9);
    assertThat(kernel.text()).isEqualTo("a=-5(b=1)");
  }

  @Test
  void loopToTheFirstInstructionIsNoCall() {
    PretendKernel kernel = new PretendKernel("a", "b");
    kernel
        .call("a")
        .in("a", 3)
        .in("a", 0)
        .in("a", 3)
        .push()
        .in("a", 7)
        .in("a", 0)
        .in("a", 3)
        .call("b");
    assertThat(kernel.text()).isEqualTo("a=?(b=?)");
  }

  @Test
  void recursionIsACall() {
    PretendKernel kernel = new PretendKernel("a");
    kernel.call("a").push().in("a", 1).call("a").push().in("a", 1).call("a");
    assertThat(kernel.text()).isEqualTo("a=?(a=?(a=?))");
  }

  @Test
  void coldPartsBelongToTheirFunction() {
    PretendKernel kernel = new PretendKernel("a", "b.isra.0", "b.isra.0.cold", "c", "b.cold");
    kernel.call("a").push().call("b.isra.0").push().in("b.isra.0", 2);
    kernel.in("b.isra.0.cold", 0).call("c").ret(3, "b.isra.0.cold", 9).in("b.isra.0", 12);
    kernel.pop().ret(4, "a", 6);
    assertThat(kernel.text()).isEqualTo("a=?(b=4(c=3))");
  }

  @Test
  void jumpPadsAndReturnThunksAreNoFunctions() {
    PretendKernel kernel =
        new PretendKernel("a", "__x86_indirect_thunk_rax", "b", "__x86_return_thunk");
    kernel.call("a").push().call("__x86_indirect_thunk_rax");
    // The pad calls itself past its own return address, and returns to the function.
    kernel.push().in("__x86_indirect_thunk_rax", 8).pop().in("b", 0).in("b", 2);
    kernel.in("__x86_return_thunk", 0).ret(6, "a", 9);
    assertThat(kernel.text()).isEqualTo("a=?(b=6)");
  }

  @Test
  void interruptsSayNothingOfTheCall() {
    PretendKernel kernel = new PretendKernel("a", "asm_sysvec_call_function", "handler", "b");
    kernel.call("a").push().in("a", 4);
    kernel.rsp -= 48;
    kernel
        .in("asm_sysvec_call_function", 0)
        .call("handler")
        .ret(-98, "asm_sysvec_call_function", 9);
    kernel.rsp += 48;
    kernel.in("a", 5).call("b").ret(1, "a", 8);
    assertThat(kernel.text()).isEqualTo("a=?(asm_sysvec_call_function=-98(handler=-98) b=1)");
    CallNode root = kernel.builder().finish().root();
    assertThat(root.calls().getFirst().isEvent).isTrue();
    RanFunction model = kernel.builder().finish().toModel(ReturnTypes.NONE, name -> List.of());
    assertThat(model.calls().getFirst().returned()).isNull();
  }

  @Test
  void anInterruptBeforeTheFirstInstruction() {
    PretendKernel kernel = new PretendKernel("a", "asm_common_interrupt", "b");
    kernel.rsp -= 56;
    kernel.in("asm_common_interrupt", 0).in("asm_common_interrupt", 4);
    kernel.rsp += 48;
    kernel.in("a", 0).push().call("b").ret(2, "a", 7);
    assertThat(kernel.text()).isEqualTo("a=?(b=2)");
    assertThat(kernel.builder().finish().notes().getFirst()).contains("2 instructions");
  }

  /// What `do_softirq` does: it goes to the stack of interrupts, runs there, and comes back.
  @Test
  void softInterruptsRunOnAnotherStackForTheSameThread() {
    PretendKernel kernel = new PretendKernel("a", "do_softirq", "handle_softirqs", "c");
    kernel.call("a").push().call("do_softirq").push().in("do_softirq", 5);
    long thread = kernel.rsp;
    kernel.rsp = 0xffffc90000003ff8L;
    kernel.in("do_softirq", 8).call("handle_softirqs").push().call("c");
    kernel.ret(3, "handle_softirqs", 9).pop().ret(4, "do_softirq", 13);
    kernel.rsp = thread;
    kernel.in("do_softirq", 14).pop().ret(0, "a", 9);
    assertThat(kernel.text()).isEqualTo("a=?(do_softirq(handle_softirqs=4(c=3)))");
  }

  @Test
  void otherThreadsAreLeftOut() {
    PretendKernel kernel = new PretendKernel("a", "__switch_to_asm", "__switch_to", "x", "b");
    kernel.call("a").push().call("__switch_to_asm");
    for (int i = 1; i <= 6; i++) {
      kernel.push().in("__switch_to_asm", i);
    }
    long mine = kernel.rsp;
    kernel.rsp = PretendKernel.STACK + 0x10000 - 400;
    kernel.in("__switch_to_asm", 9).in("__switch_to", 0).in("x", 5).call("b").ret(-98, "x", 9);
    kernel.run(0x401000, 3).in("x", 30).in("__switch_to_asm", 0).in("__switch_to_asm", 6);
    kernel.rsp = mine;
    kernel.in("__switch_to_asm", 9);
    kernel.rsp += 48;
    kernel.in("__switch_to", 0).ret(8, "a", 9).call("b").ret(1, "a", 12);
    assertThat(kernel.text()).isEqualTo("a=?(__switch_to_asm=8(>__switch_to=8) b=1)");
    assertThat(kernel.builder().finish().notes())
        .containsExactly("The thread waited meanwhile; 9 instructions of others are left out.");
  }

  @Test
  void anInstructionThatWasBegunTwiceCountsOnce() {
    PretendKernel kernel = new PretendKernel("a", "b");
    kernel.call("a").in("a", 3).in("a", 3).in("a", 3).in("a", 7);
    assertThat(kernel.builder().finish().root().cost()).isEqualTo(3);
  }

  @Test
  void theReturnToTheProgramEndsIt() {
    PretendKernel kernel = new PretendKernel("a", "b");
    kernel.call("a").push().call("b").run(0x401000, 3);
    assertThat(kernel.builder().isDone()).isTrue();
    assertThat(kernel.in("b", 5).text()).isEqualTo("a=?(b=?)");
  }

  @Test
  void tooDeepIsCountedForTheDeepest() {
    PretendKernel kernel = new PretendKernel("a");
    for (int i = 0; i < 5000; i++) {
      kernel.call("a").push().in("a", 1);
    }
    CallTree tree = kernel.builder().finish();
    assertThat(tree.toModel(ReturnTypes.NONE, name -> List.of()).size())
        .isEqualTo(CallTreeBuilder.MAX_DEPTH);
    assertThat(tree.root().cost()).isEqualTo(10000);
    assertThat(tree.notes().getFirst()).contains("more than 1000 deep");
  }

  @Test
  void nothingKnownIsAnError() {
    PretendKernel kernel = new PretendKernel("a");
    kernel.run(0x1000, 0).run(PretendKernel.BASE + (2 << 20), 0);
    assertThatThrownBy(() -> kernel.builder().finish()).isInstanceOf(MalformedBinary.class);
  }

  /// A real run, with a timer interrupt before its first instruction and a switch to another thread
  /// and back in `lock_sock_nested`.
  @Test
  void aRealRun() throws IOException {
    CallTreeBuilder builder = new CallTreeBuilder(Recorded.symbols());
    try (InputStream log = Recorded.open("bind-taken.log.xz")) {
      ExecutionLog.Summary summary = ExecutionLog.read(log, builder);
      assertThat(summary).isEqualTo(new ExecutionLog.Summary(11062, 0, 1));
    }
    CallTree tree = builder.finish();
    assertThat(tree.notes())
        .containsExactly(
            "An interrupt came before the first instruction; its 4908 instructions are left out.",
            "The thread waited meanwhile; 3261 instructions of others are left out.");
    RanFunction bind = tree.toModel(Recorded.returns(), name -> List.of());
    assertThat(bind.name()).isEqualTo("__x64_sys_bind");
    // All but the emulator's two instructions that were begun twice, in the other thread.
    assertThat(bind.cost()).isEqualTo(11062 - 4908 - 3261 - 2);
    assertThat(bind.returned()).isEqualTo(-98);
    // net/socket.c, __sys_bind and __sys_bind_socket: what they call, in this order.
    assertThat(bind.calls().getFirst().calls())
        .extracting(RanFunction::name)
        .containsExactly("fdget", "move_addr_to_kernel", "security_socket_bind", "inet_bind");
    assertThat(find(bind, "inet_csk_get_port").calls())
        .extracting(RanFunction::name)
        .contains("inet_bind_bucket_match", "inet_bind2_bucket_find", "inet_csk_bind_conflict");
    assertThat(find(bind, "inet_csk_bind_conflict").returned()).isEqualTo(1);
    assertThat(find(bind, "_raw_spin_lock_bh").returned()).isNull();
  }

  private static RanFunction find(RanFunction in, String name) {
    if (in.name().equals(name)) {
      return in;
    }
    for (RanFunction call : in.calls()) {
      RanFunction found = find(call, name);
      if (found != null) {
        return found;
      }
    }
    return null;
  }
}
