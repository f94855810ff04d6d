# Prints what expressions are worth right behind each system call of the program's own: for each
# stop one JSON object with the result that the function returned and the last value of each
# expression within some instructions, before the next call.
import json
import os

import gdb

INSTRUCTIONS = 12


def number(text):
    try:
        value = gdb.parse_and_eval(text)
        if value.is_optimized_out:
            return None
        if value.type.strip_typedefs().code == gdb.TYPE_CODE_REF:
            value = value.referenced_value()
        return int(value)
    except gdb.error:
        return None


gdb.execute("set pagination off")
gdb.execute("set startup-with-shell off")
gdb.execute("break main")
gdb.execute("run")
gdb.execute("catch syscall socket mmap")
with open(os.environ["TRAPLINE_NAMES"]) as names, open(os.environ["TRAPLINE_OUT"], "w") as out:
    for line in names:
        gdb.execute("continue")
        gdb.execute("continue")
        while gdb.solib_name(gdb.selected_frame().pc()) is not None:
            gdb.execute("finish")
        stop = {"result": int(gdb.parse_and_eval("(long) $rax")), "values": {}}
        for step in range(INSTRUCTIONS + 1):
            for name in json.loads(line):
                value = number(name)
                if value is not None:
                    stop["values"][name] = value
            if gdb.selected_frame().architecture().disassemble(
                    gdb.selected_frame().pc())[0]["asm"].startswith(("call", "ret")):
                break
            gdb.execute("stepi")
        out.write(json.dumps(stop) + "\n")
gdb.execute("kill")
