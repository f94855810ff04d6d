# Run by gdb: stops at the entry of each call named in TRAPLINE_CALLS (all when it is empty) and writes what gdb knows there to
# TRAPLINE_OUT, one JSON object a line: the thread, the call, the stack, and where errno is.
import gdb
import json
import os

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
    for _ in range(MOST):
        if gdb.selected_inferior().pid == 0:
            break
        # gdb stops at the entry of a call and when it returns, in turn.
        thread = gdb.selected_thread().ptid
        if thread in inside:
            inside.remove(thread)
        else:
            inside.add(thread)
            record(out)
        setting("continue")
