# Run by gdb: stops at the entry of each call named in TRAPLINE_CALLS (all when it is empty) and writes what gdb knows there to
# TRAPLINE_OUT, one JSON object a line: the thread, the call, the stack, and where errno is. With TRAPLINE_FIRST only the first
# thread is looked at.
import gdb
import json
import os

ARGUMENTS = ("rdi", "rsi", "rdx", "r10", "r8", "r9")
# What the kernel has in rax: before a call, and behind one that it will make again.
ENTERED = -38
RESTARTED = range(-514, -511)
MOST = int(os.environ["TRAPLINE_MOST"])


def setting(command):
    gdb.execute(command, to_string=True)


def number(expression):
    try:
        return int(gdb.parse_and_eval(expression))
    except gdb.error:
        return None


def frames():
    found = []
    frame = gdb.newest_frame()
    while frame is not None and len(found) < 300:
        sal = frame.find_sal()
        symtab = sal.symtab
        found.append({
            "pc": hex(frame.pc()),
            "function": frame.name() or "",
            "file": symtab.filename if symtab is not None else None,
            "line": sal.line if symtab is not None else None,
            "inlined": frame.type() == gdb.INLINE_FRAME,
            "signal": frame.type() == gdb.SIGTRAMP_FRAME,
            # Not on the stack any more: gdb concludes from call sites that it once was.
            "tailCall": frame.type() == gdb.TAILCALL_FRAME,
            "module": gdb.solib_name(frame.pc()) or "",
        })
        frame = frame.older()
    return found


def record(out):
    thread = gdb.selected_thread()
    base = number("(unsigned long) $fs_base")
    errno = number("(unsigned long) &errno")
    out.write(json.dumps({
        "pid": thread.ptid[0],
        "inferior": gdb.selected_inferior().num,
        "thread": thread.num,
        "call": number("$orig_rax"),
        "arguments": [number("(unsigned long) $" + name) for name in ARGUMENTS],
        "errno": None if errno is None or base is None else hex(errno - base),
        "frames": frames(),
    }) + "\n")


for each in ("pagination off", "confirm off", "width 0", "height 0", "startup-with-shell off",
             "backtrace past-main on", "backtrace limit 300", "print thread-events off",
             "print inferior-events off", "debuginfod enabled off"):
    try:
        setting("set " + each)
    except gdb.error:
        pass
setting("handle all nostop noprint pass")
setting("catch syscall " + os.environ["TRAPLINE_CALLS"])
with open(os.environ["TRAPLINE_OUT"], "w") as out:
    setting("run")
    inside = set()
    first = gdb.selected_thread().ptid if os.environ.get("TRAPLINE_FIRST") else None
    stops = 0
    again = {}
    while stops < MOST and gdb.selected_inferior().pid != 0:
        # gdb stops at the entry of a call and when it returns, in turn; a new thread begins with a
        # return.
        thread = gdb.selected_thread().ptid
        if first is not None and thread != first:
            setting("continue")
            continue
        stops += 1
        result = number("(long) $rax")
        if thread in inside or result != ENTERED:
            inside.discard(thread)
            # A stop of all threads interrupts a call, which is then made again.
            again[thread] = number("$orig_rax") if result in RESTARTED else None
        else:
            inside.add(thread)
            if number("$orig_rax") != again.get(thread):
                record(out)
        setting("continue")
