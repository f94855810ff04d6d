# Run inside gdb: prints the physical frames of every thread as gdb unwinds them, with the registers
# that a caller's frame keeps.
import gdb

gdb.execute("set backtrace past-main on")
gdb.execute("set backtrace past-entry on")
REGISTERS = ["rsp", "rbp", "rbx", "r12", "r13", "r14", "r15"]
MASK = (1 << 64) - 1


def show(frame, name):
    try:
        return "%x" % (int(frame.read_register(name)) & MASK)
    except (gdb.error, ValueError):
        return "?"


for thread in gdb.selected_inferior().threads():
    thread.switch()
    print("THREAD %d" % thread.ptid[1])
    frame = gdb.newest_frame()
    while frame is not None:
        if frame.type() not in (gdb.INLINE_FRAME, gdb.TAILCALL_FRAME):
            kind = "signal" if frame.type() == gdb.SIGTRAMP_FRAME else "normal"
            values = [show(frame, name) for name in REGISTERS]
            print("FRAME %x %s %s %s" % (frame.pc(), kind, frame.name() or "-", " ".join(values)))
        try:
            frame = frame.older()
        except gdb.error as error:
            print("STOP %s" % error)
            break
